/** What the JSON scanner met, as observations. */

import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation } from "../manifest.ts";
import type { JsonScanner } from "./json.ts";

/** The scanner's problem and the first number that is not JSON. */
export function jsonObservations({ problem, nonFinite }: JsonScanner): Observation[] {
  const found: Observation[] = [];
  if (problem) {
    found.push({
      code: "manifest/broken",
      severity: "error",
      message: ({ line, column }) =>
        t`${problem.message} Counts cover what stands before line ${fixed(line, 0)}, column ${fixed(column, 0)}.`,
      span: { start: problem.offset, end: problem.offset + 1 },
    });
  }
  return [...found, ...nonFiniteNumber(nonFinite)];
}

/** What to say about the first number that is not JSON, where there is one. */
export function nonFiniteNumber(start: number | undefined): Observation[] {
  if (start === undefined) return [];
  const message = t`NaN and Infinity are not JSON, and most parsers stop here. Write null or a number.`;
  const span = { start, end: start + 3 };
  return [{ code: "manifest/invalid-number", severity: "warning", message, span }];
}
