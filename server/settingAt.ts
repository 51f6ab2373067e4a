/** Which setting of an equipoise.yaml the cursor is on. */
import type { Position, Range } from "vscode-languageserver";
import type { ParsedProject } from "#engine/project/parse.ts";
import type { Place } from "#protocol/analysis.ts";
import { toRange } from "./toLsp.ts";

/** The narrowest setting whose key or own value is at a position. */
export function settingAt(
  places: ParsedProject["places"],
  position: Position,
): { readonly setting: string; readonly range: Range } | undefined {
  const found = [...places].flatMap(([setting, { key, value }]) =>
    [key, value].filter((place) => holds(place, position)).map((place) => ({ setting, place })),
  );
  const narrowest = found.toSorted((a, b) => widthOf(a.place) - widthOf(b.place))[0];
  // A mapping as a whole is no answer to a question about a blank or a comment in it.
  if (!narrowest || narrowest.place.line !== narrowest.place.endLine) return undefined;
  return { setting: narrowest.setting, range: toRange(narrowest.place) };
}

function holds(place: Place, { line, character }: Position): boolean {
  const afterStart = line > place.line - 1 || (line === place.line - 1 && character >= place.column - 1);
  const beforeEnd =
    line < place.endLine - 1 || (line === place.endLine - 1 && character <= place.endColumn - 1);
  return afterStart && beforeEnd;
}

function widthOf({ line, column, endLine, endColumn }: Place): number {
  return (endLine - line) * 1_000_000 + endColumn - column;
}

/** The class that a setting such as `objective.prior.truck` gives the share of. */
export function priorClass(setting: string): string | undefined {
  return /^objective\.prior\.(.+)$/s.exec(setting)?.[1];
}
