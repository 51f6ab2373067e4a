/** The last line of a file that we wrote: whether a person has changed it since. */
import { fnv } from "#engine/project/countsTrace.ts";

const words = "Equipoise writes this file anew as long as nobody changes it";
const pattern = new RegExp(`(?:#|//) ${words}: ([0-9a-f]{8})\\s*$`);

/** The text of a file with the mark at its end. */
export function marked(text: string, comment: "#" | "//"): string {
  return `${text.trimEnd()}\n\n${comment} ${words}: ${hashOf(text)}\n`;
}

/** Whether a file is as we wrote it; false for every file without a mark. */
export function isUntouched(text: string): boolean {
  const mark = pattern.exec(text);
  return mark !== null && hashOf(text.slice(0, mark.index)) === mark[1];
}

/** Line endings and space at the end are no change of a person's. */
function hashOf(text: string): string {
  const hash = fnv(text.replaceAll("\r\n", "\n").trimEnd());
  return hash.toString(16).padStart(8, "0");
}
