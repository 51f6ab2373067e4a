/** Figures that logits tell and predictions do not: how far a probability can be believed, and how a class is ranked. */
import { softplus } from "#engine/losses/rows.ts";
import { background, ignored } from "#engine/losses/targets.ts";
import type { RunResult } from "#protocol/training.ts";
import type { Link } from "./lossRows.ts";

/** Where rows times columns are more, logits are not kept: 64 MB in 32 bits. */
export const mostLogits: number = 1 << 24;
/** Of equal width: Guo et al. 2017, arXiv 1706.04599, section 4. */
const bins = 15;

export interface TestLogits {
  /** `[rows, columns]`, row by row, as the link takes them. */
  readonly values: Float32Array;
  /** The classes, and one more where background is a class or there is an objectness. */
  readonly columns: number;
  readonly link: Link;
}

export type LogitFigures = Pick<RunResult, "calibrationError" | "meanAveragePrecision">;

/** Returns the figures among others, without those that are not known. */
export function figuresAmong({ calibrationError, meanAveragePrecision }: LogitFigures): LogitFigures {
  return {
    ...(calibrationError === undefined ? {} : { calibrationError }),
    ...(meanAveragePrecision === undefined ? {} : { meanAveragePrecision }),
  };
}

/** Returns both figures of predictions, `[rows]`, against labels, `[rows]`. `pause` is awaited before each class. */
export async function figuresOf(
  logits: TestLogits,
  predictions: Int32Array,
  labels: Int32Array,
  classes: number,
  pause: () => Promise<void> = async () => {},
): Promise<LogitFigures> {
  const others = offsets(logits, classes);
  const calibration = calibrationError(logits, predictions, labels, classes, others);
  const precisions: number[] = [];
  for (let k = 0; k < classes; k++) {
    await pause();
    const precision = averagePrecision(scoresOf(logits, others, k), labels, k);
    if (!Number.isNaN(precision)) precisions.push(precision);
  }
  const mean = precisions.reduce((sum, each) => sum + each, 0) / precisions.length;
  return {
    ...(calibration === undefined ? {} : { calibrationError: calibration }),
    ...(precisions.length > 0 ? { meanAveragePrecision: mean } : {}),
  };
}

/**
 * Returns the expected calibration error, 0 to 1: the distance between the probability of the predicted class and how
 * often it is right, mean over 15 bins of probability weighed by their rows. Rows that are taken for background count
 * nowhere. Undefined where no row is left.
 * @param others what `offsets` returns, where it is known.
 */
export function calibrationError(
  logits: TestLogits,
  predictions: Int32Array,
  labels: Int32Array,
  classes: number,
  others: Float64Array = offsets(logits, classes),
): number | undefined {
  const gap = calibrationGap();
  for (let i = 0; i < labels.length; i++) {
    const predicted = predictions[i] as number;
    if (labels[i] === ignored || predicted === background) continue;
    gap.add(Math.exp(logProbability(logits, others, i, predicted)), predicted === labels[i]);
  }
  return gap.value();
}

/** Collects probabilities and whether they came true; `value` is undefined before the first. */
export function calibrationGap(): {
  add(probability: number, isRight: boolean): void;
  value(): number | undefined;
} {
  const [sure, right] = [new Float64Array(bins), new Float64Array(bins)];
  let all = 0;
  return {
    add(probability, isRight) {
      const bin = Math.min(bins - 1, Math.floor(probability * bins));
      sure[bin] = (sure[bin] as number) + probability;
      right[bin] = (right[bin] as number) + Number(isRight);
      all++;
    },
    value: () =>
      all === 0
        ? undefined
        : sure.reduce((sum, confidence, bin) => sum + Math.abs(confidence - (right[bin] as number)), 0) / all,
  };
}

/** What a class is ranked by: the logs of its probability or, where those follow from logits alone, the logits themselves. */
export interface Scores {
  /** In 32 bits; the lowest where a logit is no number. */
  of(row: number, label: number): number;
  probability(score: number): number;
}

export function scoresIn(logits: TestLogits, classes: number): Scores {
  const { values, columns, link } = logits;
  const known = (score: number): number => (Number.isNaN(score) ? -Infinity : score);
  if (link === "sigmoid" && columns === classes) {
    return {
      of: (row, label) => known(values[row * columns + label] as number),
      probability: (score) => 1 / (1 + Math.exp(-score)),
    };
  }
  const others = offsets(logits, classes);
  return {
    of: (row, label) => known(Math.fround(logProbability(logits, others, row, label))),
    probability: Math.exp,
  };
}

/**
 * Returns the average precision of a class, 0 to 1: the mean over its rows of the precision among all that score at least
 * as much, which is the area below the curve without interpolation. Ties are taken together. NaN without rows of it.
 * @param scores `[rows]`, of the class
 */
export function averagePrecision(scores: Float32Array, labels: ArrayLike<number>, label: number): number {
  const own = chosen(scores, labels, (each) => each === label).sort();
  const all = chosen(scores, labels, (each) => each !== ignored).sort();
  let sum = 0;
  let above = all.length;
  for (let i = own.length - 1; i >= 0; ) {
    let first = i;
    while (first > 0 && own[first - 1] === own[i]) first--;
    while (above > 0 && (all[above - 1] as number) >= (own[i] as number)) above--;
    sum += ((i - first + 1) * (own.length - first)) / (all.length - above);
    i = first - 1;
  }
  return sum / own.length;
}

/**
 * What a row's logits are less their logs of probability: of a softmax the log of the sum, of a sigmoid with objectness
 * what the log of 1 - sigmoid(objectness) takes off. `[rows]`.
 */
function offsets({ values, columns, link }: TestLogits, classes: number): Float64Array {
  const rows = new Float64Array(values.length / columns);
  for (let row = 0; row < rows.length; row++) {
    const from = row * columns;
    if (link === "softmax") rows[row] = logSum(values, from, columns);
    else if (columns > classes) rows[row] = softplus(values[from + classes] as number);
  }
  return rows;
}

function logProbability(
  { values, columns, link }: TestLogits,
  others: Float64Array,
  row: number,
  column: number,
): number {
  const logit = values[row * columns + column] as number;
  return (link === "softmax" ? logit : -softplus(-logit)) - (others[row] as number);
}

function scoresOf(logits: TestLogits, others: Float64Array, column: number): Float32Array {
  const scores = new Float32Array(others.length);
  for (let row = 0; row < scores.length; row++) scores[row] = logProbability(logits, others, row, column);
  return scores;
}

function chosen(
  scores: Float32Array,
  labels: ArrayLike<number>,
  takes: (label: number) => boolean,
): Float32Array {
  const taken = new Float32Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++)
    if (takes(labels[i] as number)) taken[count++] = scores[i] as number;
  return taken.subarray(0, count);
}

function logSum(values: Float32Array, from: number, columns: number): number {
  let largest = -Infinity;
  for (let k = from; k < from + columns; k++) largest = Math.max(largest, values[k] as number);
  let sum = 0;
  for (let k = from; k < from + columns; k++) sum += Math.exp((values[k] as number) - largest);
  return largest + Math.log(sum);
}
