/** Ranges of numbers, checked and put in words alike wherever a setting is read. */

export interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether the bound itself is left out. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
}

/** Whether a finite number lies in a range. */
export function isInRange(value: number, range: NumberRange): boolean {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = range;
  if (!Number.isFinite(value)) return false;
  if (range.exclusiveMinimum ? value <= minimum : value < minimum) return false;
  return range.exclusiveMaximum ? value < maximum : value <= maximum;
}

/** Returns a range in words, such as "at least 0 and below 1". */
export function rangeWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberRange): string {
  const low = minimum === undefined ? "" : `${exclusiveMinimum ? "above" : "at least"} ${minimum}`;
  const high = maximum === undefined ? "" : `${exclusiveMaximum ? "below" : "at most"} ${maximum}`;
  return [low, high].filter((part) => part !== "").join(" and ") || "a finite number";
}
