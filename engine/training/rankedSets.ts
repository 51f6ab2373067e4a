/**
 * What is measured where samples have several labels: how well each class is ranked, and what each sample adds to that.
 * Logits are read in batches, several times, and not kept: of a million rows and a thousand classes they are gigabytes.
 * Only the scores of rows that have a class are, one a label; between those it is enough to count the others.
 */
import { classesOf, countSets, fillMultiHot, type LabelSets } from "#engine/manifest/labelSets.ts";
import type { RunResult } from "#protocol/training.ts";
import type { Link } from "./lossRows.ts";
import { calibrationGap, type Scores, scoresIn } from "./testLogits.ts";

/** Logits of test rows as the link takes them. */
export interface LogitBatches {
  /** The classes, and one more where there is an objectness. */
  readonly columns: number;
  readonly link: Link;
  /** All rows in order; each call begins with the first. */
  read(): AsyncIterable<LogitBatch>;
}

export interface LogitBatch {
  /** Of the first of its rows. */
  readonly start: number;
  readonly count: number;
  /** `[count, columns]`, for use before the next batch. */
  readonly logits: Float32Array;
}

export interface RankedSets {
  /**
   * `recall` holds average precisions, `balancedAccuracy` their mean over the tested classes and `accuracy` their mean by
   * labels; precision and F1 are those of probabilities above a half.
   */
  readonly result: RunResult;
  /**
   * Returns how much each test sample moves the mean of average precisions with these weights, `[samples]`, to first order:
   * the derivative by the sample's weight, whose squares sum to the variance (the infinitesimal jackknife: Efron 2014,
   * JASA 109). Reads the logits once more.
   */
  influence(weights: Float64Array): Promise<Float64Array>;
}

/**
 * The labels of all rows, class after class and in a class from the lowest score up; those of class k from `starts[k]` to
 * `starts[k + 1]`.
 */
interface Levels {
  readonly starts: Int32Array;
  readonly scores: Float32Array;
  /** Of each: the rows that score at least as much, and the share of them that has the class. */
  readonly above: Float64Array;
  readonly precisions: Float64Array;
}

/** Reads logits three times at most: here the scores of labels, then what lies between, and for `influence`. */
export async function rankSets(batches: LogitBatches, sets: LabelSets, classes: number): Promise<RankedSets> {
  const counts = countSets(sets, classes);
  const levels = await levelsOf(batches, sets, counts);
  const said = await countBetween(batches, sets, levels);
  const ranked = Float32Array.from(counts, (_, k) => rank(levels, k, said.between));
  const tested = counts.map((count) => Number(count > 0));
  const f1 = Float32Array.from(counts, (met, k) =>
    met === 0 ? Number.NaN : (2 * (said.right[k] as number)) / (met + (said.taken[k] as number)),
  );
  const balanced = weighted(ranked, tested);
  return {
    result: {
      accuracy: weighted(ranked, counts),
      balancedAccuracy: balanced,
      recall: ranked,
      precision: Float32Array.from(said.right, (right, k) => right / (said.taken[k] as number)),
      f1,
      macroF1: weighted(f1, tested),
      meanAveragePrecision: balanced,
      ...(said.calibrationError === undefined ? {} : { calibrationError: said.calibrationError }),
    },
    influence: (weights) => influenceOf(batches, sets, levels, weights),
  };
}

async function levelsOf(batches: LogitBatches, sets: LabelSets, counts: readonly number[]): Promise<Levels> {
  const starts = new Int32Array(counts.length + 1);
  for (const [k, count] of counts.entries()) starts[k + 1] = (starts[k] as number) + count;
  const labels = starts[counts.length] as number;
  const scores = new Float32Array(labels);
  const next = starts.slice();
  for await (const { start, count, logits } of batches.read()) {
    const scored = scoresIn({ ...batches, values: logits }, counts.length);
    for (let i = 0; i < count; i++)
      for (const label of classesOf(sets, start + i)) {
        const at = next[label] as number;
        scores[at] = scored.of(i, label);
        next[label] = at + 1;
      }
  }
  for (let k = 0; k < counts.length; k++) scores.subarray(starts[k], starts[k + 1]).sort();
  return { starts, scores, above: new Float64Array(labels), precisions: new Float64Array(labels) };
}

interface Between {
  /** Rows by the number of labels of a class that score no more, from 0 up; those of class k from `starts[k] + k` on. */
  readonly between: Float64Array;
  /** `[classes]`: rows whose probability is above a half, and those of them that have the class. */
  readonly taken: Float64Array;
  readonly right: Float64Array;
  readonly calibrationError: number | undefined;
}

async function countBetween(batches: LogitBatches, sets: LabelSets, levels: Levels): Promise<Between> {
  const classes = levels.starts.length - 1;
  const between = new Float64Array(levels.scores.length + classes);
  const [taken, right] = [new Float64Array(classes), new Float64Array(classes)];
  const gap = calibrationGap();
  await eachClass(batches, sets, levels, (k, { count, has, scores, places }, probability) => {
    const from = (levels.starts[k] as number) + k;
    for (let i = 0; i < count; i++) {
      const at = from + (places[i] as number);
      between[at] = (between[at] as number) + 1;
      const own = has[i * classes + k] as number;
      const share = probability(scores[i] as number);
      gap.add(share, own === 1);
      if (!(share > 0.5)) continue;
      taken[k] = (taken[k] as number) + 1;
      right[k] = (right[k] as number) + own;
    }
  });
  return { between, taken, right, calibrationError: gap.value() };
}

/**
 * Returns the average precision of a class, the mean over its rows of the precision among all that score at least as much,
 * and fills in that of each level. Rows with equal scores are taken together. NaN without rows of it.
 */
function rank({ starts, scores, above, precisions }: Levels, label: number, between: Float64Array): number {
  const from = starts[label] as number;
  const to = starts[label + 1] as number;
  let [sum, all] = [0, 0];
  for (let end = to; end > from; ) {
    let first = end - 1;
    while (first > from && scores[first - 1] === scores[end - 1]) first--;
    for (let level = first; level < end; level++) all += between[level + label + 1] as number;
    const precision = (to - first) / all;
    above.fill(all, first, end);
    precisions.fill(precision, first, end);
    sum += (end - first) * precision;
    end = first;
  }
  return sum / (to - from);
}

async function influenceOf(
  batches: LogitBatches,
  sets: LabelSets,
  levels: Levels,
  weights: Float64Array,
): Promise<Float64Array> {
  const { starts, precisions } = levels;
  const { gains, costs } = changesOf(levels);
  const influence = new Float64Array(sets.starts.length - 1);
  const means = Float64Array.from(weights, (_, k) => meanOf(precisions.subarray(starts[k], starts[k + 1])));
  await eachClass(batches, sets, levels, (k, { start, count, has, places }) => {
    const from = starts[k] as number;
    const labels = (starts[k + 1] as number) - from;
    const weight = weights[k] as number;
    if (!(weight > 0) || labels === 0) return;
    for (let i = 0; i < count; i++) {
      const place = places[i] as number;
      const at = from + k + place;
      // A row lowers the precision of every label that scores no more, and one that has the class raises it, too.
      let move = -(costs[at] as number);
      if (has[i * weights.length + k] === 1)
        move += (precisions[from + place - 1] as number) - (means[k] as number) + (gains[at] as number);
      influence[start + i] = (influence[start + i] as number) + (weight / labels) * move;
    }
  });
  return influence;
}

/** Sums over the lowest labels of a class, laid out as `between`: of 1 / above, and of precision / above. */
function changesOf({ starts, above, precisions }: Levels): {
  readonly gains: Float64Array;
  readonly costs: Float64Array;
} {
  const classes = starts.length - 1;
  const gains = new Float64Array(above.length + classes);
  const costs = new Float64Array(above.length + classes);
  for (let k = 0; k < classes; k++)
    for (let level = starts[k] as number; level < (starts[k + 1] as number); level++) {
      const at = level + k;
      gains[at + 1] = (gains[at] as number) + 1 / (above[level] as number);
      costs[at + 1] = (costs[at] as number) + (precisions[level] as number) / (above[level] as number);
    }
  return { gains, costs };
}

/** A batch as one class sees it. */
interface ClassOfBatch extends Pick<LogitBatch, "start" | "count"> {
  /** `[count, classes]`: 1 where a row has a class. */
  readonly has: Uint8Array;
  /** `[count]`: of the class, and how many of its levels are no higher. */
  readonly scores: Float32Array;
  readonly places: Int32Array;
}

async function eachClass(
  batches: LogitBatches,
  sets: LabelSets,
  { starts, scores: levels }: Levels,
  tell: (k: number, batch: ClassOfBatch, probability: Scores["probability"]) => void,
): Promise<void> {
  const classes = starts.length - 1;
  for await (const { start, count, logits } of batches.read()) {
    const scored = scoresIn({ ...batches, values: logits }, classes);
    const rows = Int32Array.from({ length: count }, (_, i) => start + i);
    const has = new Uint8Array(count * classes);
    fillMultiHot(sets, rows, classes, has);
    const scores = new Float32Array(count);
    const places = new Int32Array(count);
    for (let k = 0; k < classes; k++) {
      for (let i = 0; i < count; i++) {
        scores[i] = scored.of(i, k);
        places[i] = placeOf(levels, starts[k] as number, starts[k + 1] as number, scores[i] as number);
      }
      tell(k, { start, count, has, scores, places }, scored.probability);
    }
  }
}

/** Returns how many of the ascending scores from `from` to `to` are no higher than a value. */
function placeOf(scores: Float32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  // Most rows of a rare class score less than any that has it.
  if (low < high && !((scores[low] as number) <= value)) return 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - from;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
