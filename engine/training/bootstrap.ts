/** Resampling of a comparison: how much of a difference is luck of the seeds and of the test samples. */
import type { Interval } from "#protocol/training.ts";

/** Who got which test sample right. */
export interface Outcomes {
  readonly losses: number;
  readonly seeds: number;
  /** Class of each test sample. */
  readonly truth: Int32Array;
  readonly classes: number;
  /** Predicted classes of loss l with seed s, at `l * seeds + s`. */
  readonly predicted: readonly Int32Array[];
  /** Weight of each class's recall. */
  readonly weights: Float64Array;
}

/**
 * Returns the score of every loss in every draw: `scores[l][draw]`. A draw takes seeds and, within each class,
 * test samples with replacement, the same ones for all losses, so that differences between losses keep only what
 * they do not share. `pause` is awaited now and then.
 */
export async function bootstrapScores(
  outcomes: Outcomes,
  draws: number,
  pause: () => Promise<void> = async () => {},
): Promise<Float64Array[]> {
  const { losses, seeds, weights } = outcomes;
  const groups = patternGroups(outcomes);
  const scores = Array.from({ length: losses }, () => new Float64Array(draws));
  const below = generator(0x9e3779b9);
  const times = new Float64Array(seeds);
  for (let draw = 0; draw < draws; draw++) {
    if (draw % 64 === 0) await pause();
    times.fill(0);
    for (let s = 0; s < seeds; s++) add(times, below(seeds), 1 / seeds);
    for (const group of groups) {
      const share = (weights[group.label] as number) / group.samples.length;
      drawSamples(group, below);
      for (let l = 0; l < losses; l++) add(scores[l] as Float64Array, draw, share * hits(group, l, times));
    }
  }
  return scores;
}

/** Returns the interval that holds `level` of the values, equal parts left out on both sides. */
export function percentileInterval(values: Float64Array, level: number): Interval {
  const sorted = values.slice().sort();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Test samples of one class, those with the same outcomes under every loss and seed taken together. */
interface Group {
  readonly label: number;
  /** Pattern of each sample. */
  readonly samples: Int32Array;
  readonly patterns: number;
  /** Whether loss l with seed s is right on pattern k, at `(l * seeds + s) * patterns + k`. */
  readonly right: Uint8Array;
  /** How often each pattern was drawn. */
  readonly drawn: Int32Array;
}

function patternGroups(outcomes: Outcomes): Group[] {
  const members: number[][] = Array.from({ length: outcomes.classes }, () => []);
  for (const [i, label] of outcomes.truth.entries()) members[label]?.push(i);
  return [...members.entries()]
    .filter(([label, rows]) => rows.length > 0 && (outcomes.weights[label] as number) > 0)
    .map(([label, rows]) => patternGroup(outcomes, label, rows));
}

/** Refines one pattern run by run: two samples part where one of them is right and the other is not. */
function patternGroup({ predicted }: Outcomes, label: number, rows: readonly number[]): Group {
  const samples = new Int32Array(rows.length);
  let patterns = 1;
  for (const run of predicted) {
    const finer = new Map<number, number>();
    for (const [i, row] of rows.entries()) {
      const key = 2 * (samples[i] as number) + (run[row] === label ? 1 : 0);
      const known = finer.get(key);
      samples[i] = known ?? finer.size;
      if (known === undefined) finer.set(key, finer.size);
    }
    patterns = finer.size;
  }
  const right = new Uint8Array(predicted.length * patterns);
  for (const [r, run] of predicted.entries()) {
    for (const [i, row] of rows.entries()) {
      right[r * patterns + (samples[i] as number)] = run[row] === label ? 1 : 0;
    }
  }
  return { label, samples, patterns, right, drawn: new Int32Array(patterns) };
}

function drawSamples(group: Group, below: (end: number) => number): void {
  const { samples, drawn } = group;
  drawn.fill(0);
  for (let i = 0; i < samples.length; i++) {
    const pattern = samples[below(samples.length)] as number;
    drawn[pattern] = (drawn[pattern] as number) + 1;
  }
}

/** Drawn samples that a loss gets right, averaged over the drawn seeds. */
function hits({ patterns, right, drawn }: Group, loss: number, times: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < times.length; s++) {
    const weight = times[s] as number;
    if (weight === 0) continue;
    const from = (loss * times.length + s) * patterns;
    let count = 0;
    for (let k = 0; k < patterns; k++) count += (right[from + k] as number) * (drawn[k] as number);
    sum += weight * count;
  }
  return sum;
}

function add(to: Float64Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value;
}

/**
 * Returns integers from 0 to `end - 1`. Tens of millions are drawn for one comparison, so this is a 32-bit generator
 * (splitmix32) and not the one of the samplers, which is better and three times slower.
 */
export function generator(seed: number): (end: number) => number {
  let state = seed | 0;
  return (end) => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return Math.floor((((word ^ (word >>> 15)) >>> 0) / 4_294_967_296) * end);
  };
}
