/** Mistakes of one kind in few findings. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation } from "./manifest.ts";

/** So many mistakes of a kind get a finding each. */
const apart = 3;

/** A finding for each of the first mistakes and one for the rest, such as "12 more labels are below 0". */
export function firstOnes<T>(
  mistakes: readonly T[],
  tell: (mistake: T) => Observation,
  rest: string,
): readonly Observation[] {
  const found = mistakes.slice(0, apart).map(tell);
  const [first] = found;
  const more = mistakes.length - apart;
  if (!first || more <= 0) return found;
  return [
    ...found,
    { code: first.code, severity: first.severity, message: t`${formatCount(more)} more ${rest}.` },
  ];
}

/** A name or label that fits into a message. */
export function shortName(name: string): string {
  const characters = Array.from(name);
  return characters.length > 40 ? `${characters.slice(0, 39).join("")}…` : name;
}
