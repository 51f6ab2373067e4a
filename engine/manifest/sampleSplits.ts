/** Which samples are in several splits, found with at most 16 bytes a sample and split. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span, SplitOverlap } from "./manifest.ts";
import { hashBytes, NumberSet } from "./numberSet.ts";

/** Above this no further sample is remembered, and the check says so. */
export const sampleLimit = 3_000_000;
/** Splits that are told apart; the last bits of a number say which. */
export const mostSplits = 8;

interface Pair {
  count: number;
  readonly example: string;
  readonly span: Span | undefined;
}

const encoder = new TextEncoder();

export class SampleSplits {
  readonly #seen = new NumberSet();
  readonly #pairs = new Map<number, Pair>();
  #beyond = false;

  /** Takes the sample of a split, both as numbers; the sample's is that of `sampleHash`. */
  add(split: number, sample: number, example: string, span?: Span): void {
    if (split >= mostSplits) return;
    if (this.#seen.size >= sampleLimit) {
      this.#beyond = true;
      return;
    }
    if (!this.#seen.add(inSplit(sample, split))) return;
    for (let other = 0; other < mostSplits; other++)
      if (other !== split && this.#seen.has(inSplit(sample, other))) this.#count(other, split, example, span);
  }

  /** Samples were left out, as there are too many. */
  leaveOut(): void {
    this.#beyond = true;
  }

  #count(first: number, second: number, example: string, span: Span | undefined): void {
    const key = Math.min(first, second) * mostSplits + Math.max(first, second);
    const pair = this.#pairs.get(key);
    if (pair) pair.count++;
    else this.#pairs.set(key, { count: 1, example, span });
  }

  /** `names` are those of the splits. */
  overlaps(names: readonly string[]): SplitOverlap[] {
    const sorted = [...this.#pairs].sort(([a], [b]) => a - b);
    return sorted.map(([key, { count, example, span }]) => ({
      splits: [names[Math.floor(key / mostSplits)] ?? "", names[key % mostSplits] ?? ""],
      count,
      example,
      ...(span ? { span } : {}),
    }));
  }

  /** That not all was checked, where that is so. */
  observations(): Observation[] {
    if (!this.#beyond) return [];
    const message = t`Samples in two splits were not looked for beyond the first ${formatCount(sampleLimit)}.`;
    return [{ code: "split/overlap", severity: "information", message }];
  }
}

/** The number of a sample with its split in the last bits. */
export function inSplit(sample: number, split: number): number {
  return sample - (sample % mostSplits) + split;
}

/** Whether a set of such numbers has the sample in another split. */
export function inOthers(numbers: NumberSet, sample: number, split: number): boolean {
  for (let other = 0; other < mostSplits; other++)
    if (other !== split && numbers.has(inSplit(sample, other))) return true;
  return false;
}

/** A number for a sample that is known by a name or text. */
export function sampleHash(name: string): number {
  const bytes = encoder.encode(name);
  return hashBytes(bytes, 0, bytes.length);
}
