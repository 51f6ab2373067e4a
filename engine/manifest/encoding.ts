/** Bytes that are not UTF-8. */

import { isUtf8 } from "node:buffer";
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation } from "./manifest.ts";

const longestCharacter = 4;

/** Where the start of a content stops being UTF-8; undefined where it is, with a last character cut in two. */
export function notUtf8From(bytes: Uint8Array): number | undefined {
  for (let cut = 0; cut < longestCharacter && cut <= bytes.length; cut++)
    if (isUtf8(bytes.subarray(0, bytes.length - cut))) return undefined;
  let sound = 0;
  let broken = bytes.length;
  while (sound + 1 < broken) {
    const middle = (sound + broken) >> 1;
    // A cut inside a character is no fault; without it the part must be sound.
    if ([0, 1, 2, 3].some((cut) => cut <= middle && isUtf8(bytes.subarray(0, middle - cut)))) sound = middle;
    else broken = middle;
  }
  return Math.max(0, sound - longestCharacter);
}

/** The finding for a text whose start is not UTF-8. */
export function encodingObservation(name: string, bytes: Uint8Array): Observation | undefined {
  const start = notUtf8From(bytes);
  if (start === undefined) return undefined;
  return {
    code: "manifest/encoding",
    severity: "warning",
    message: ({ line }) =>
      t`${name} is not UTF-8 from line ${fixed(line, 0)} on. Such names are read as Windows-1252; save the file as UTF-8.`,
    span: { start, end: start + 1 },
  };
}
