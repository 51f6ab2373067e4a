/** What is measured where samples have several labels: how well each class is ranked, and what each sample adds to that. */
import { classesOf, countSets, type LabelSets } from "#engine/manifest/labelSets.ts";
import type { RunResult } from "#protocol/training.ts";
import { averagePrecision, calibrationGap, classScores, type TestLogits } from "./testLogits.ts";

/** A class is said to be there where its probability is above a half. */
const half = Math.log(0.5);

/**
 * Returns the figures of test logits against the sets of labels. `recall` holds average precisions, `balancedAccuracy`
 * their mean over the tested classes and `accuracy` their mean by labels; precision and F1 are those of probabilities above
 * a half. `pause` is awaited before each class.
 */
export async function scoreSets(
  logits: TestLogits,
  sets: LabelSets,
  classes: number,
  pause: () => Promise<void> = async () => {},
): Promise<RunResult> {
  const counts = countSets(sets, classes);
  const ranked = new Float32Array(classes).fill(Number.NaN);
  const precision = new Float32Array(classes).fill(Number.NaN);
  const f1 = new Float32Array(classes).fill(Number.NaN);
  const gap = calibrationGap();
  for (let k = 0; k < classes; k++) {
    await pause();
    const scores = classScores(logits, classes, k);
    const has = flagsOf(sets, k);
    let [taken, hits] = [0, 0];
    for (const [row, score] of scores.entries()) {
      gap.add(Math.exp(score), has[row] === 1);
      if (!(score > half)) continue;
      taken++;
      hits += has[row] as number;
    }
    precision[k] = hits / taken;
    const met = counts[k] as number;
    if (met === 0) continue;
    f1[k] = (2 * hits) / (met + taken);
    ranked[k] = averagePrecision(scores, has, 1);
  }
  const tested = counts.map((count) => Number(count > 0));
  const calibrationError = gap.value();
  const balanced = weighted(ranked, tested);
  return {
    accuracy: weighted(ranked, counts),
    balancedAccuracy: balanced,
    recall: ranked,
    precision,
    f1,
    macroF1: weighted(f1, tested),
    meanAveragePrecision: balanced,
    ...(calibrationError === undefined ? {} : { calibrationError }),
  };
}

/**
 * Returns how much each test sample moves the weighted mean of average precisions, `[samples]`, to first order: the
 * derivative by the sample's weight, whose squares sum to the variance (the infinitesimal jackknife: Efron 2014, JASA 109).
 */
export function influenceOf(logits: TestLogits, sets: LabelSets, weights: Float64Array): Float64Array {
  const influence = new Float64Array(sets.starts.length - 1);
  for (const [k, weight] of weights.entries()) {
    if (!(weight > 0)) continue;
    const { moves } = rankingOf(classScores(logits, weights.length, k), flagsOf(sets, k));
    for (let row = 0; row < influence.length; row++)
      influence[row] = (influence[row] as number) + weight * (moves[row] as number);
  }
  return influence;
}

/**
 * Returns the average precision of a class, the mean over its rows of the precision among all that score at least as much,
 * and the derivative by the weight of each row. Rows with equal scores are taken together.
 * @param has `[rows]`: 1 where a row has the class, 0 elsewhere; at least one has it
 */
export function rankingOf(
  scores: Float32Array,
  has: Uint8Array,
): { readonly averagePrecision: number; readonly moves: Float64Array } {
  const order = Array.from(scores, (_, row) => row).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number),
  );
  const rows = order.length;
  /** By place: where a group of equal scores ends, and the precision there. */
  const ends = new Int32Array(rows);
  const precisions = new Float64Array(rows);
  let [positives, sum] = [0, 0];
  for (let from = 0; from < rows; ) {
    let end = from + 1;
    while (end < rows && scores[order[end] as number] === scores[order[from] as number]) end++;
    let own = 0;
    for (let i = from; i < end; i++) own += has[order[i] as number] as number;
    positives += own;
    const precision = positives / end;
    sum += own * precision;
    ends.fill(end, from, end);
    precisions.fill(precision, from, end);
    from = end;
  }
  const averagePrecision = sum / positives;
  const moves = new Float64Array(rows);
  // From the lowest up: what a row adds to the precision of every positive that scores no more than it.
  let [gain, cost] = [0, 0];
  for (let end = rows; end > 0; ) {
    let from = end - 1;
    while (from > 0 && ends[from - 1] === end) from--;
    const precision = precisions[from] as number;
    for (let i = from; i < end; i++) {
      if (has[order[i] as number] !== 1) continue;
      gain += 1 / end;
      cost += precision / end;
    }
    for (let i = from; i < end; i++) {
      const row = order[i] as number;
      const own = has[row] === 1 ? precision - averagePrecision + gain : 0;
      moves[row] = (own - cost) / positives;
    }
    end = from;
  }
  return { averagePrecision, moves };
}

function flagsOf(sets: LabelSets, label: number): Uint8Array {
  const flags = new Uint8Array(sets.starts.length - 1);
  for (let row = 0; row < flags.length; row++) flags[row] = Number(classesOf(sets, row).includes(label));
  return flags;
}

function weighted(values: Float32Array, weights: readonly number[]): number {
  let [sum, whole] = [0, 0];
  for (const [k, weight] of weights.entries()) {
    if (weight === 0) continue;
    sum += weight * (values[k] as number);
    whole += weight;
  }
  return sum / whole;
}
