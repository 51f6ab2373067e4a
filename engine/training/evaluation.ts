/** What a network gets right on the test part. */
import type { Dataset } from "#engine/data/dataset.ts";
import { background, ignored } from "#engine/losses/targets.ts";
import type { LabelSets } from "#engine/manifest/labelSets.ts";
import type { Classifier } from "#engine/models/network.ts";
import type { RunResult } from "#protocol/training.ts";
import { plainReading, type Reading } from "./lossRows.ts";
import type { Pause } from "./pause.ts";
import { type LogitBatch, rankSets } from "./rankedSets.ts";
import { figuresOf, mostLogits, type TestLogits } from "./testLogits.ts";

/** Above this many classes a confusion matrix is too large to send and to draw. */
const mostConfused = 200;
/** Values of one batch of inputs: few enough that a stop request does not wait long for a deep net. */
const batchValues = 1 << 20;

export interface Evaluation extends RunResult {
  /** The predicted class of each test row; empty where rows have sets of labels. */
  readonly predictions: Int32Array;
  /** Where they were to be kept and are few enough; where rows have sets of labels, wherever they are few enough. */
  readonly logits?: TestLogits;
  /** As `RankedSets` has it, where rows have sets of labels; to be asked before the network changes. */
  readonly influence?: (weights: Float64Array) => Promise<Float64Array>;
}

export interface EvaluationOptions {
  /** Absent: the class with the largest logit is predicted, and a softmax makes probabilities. */
  readonly reading?: Reading;
  /** Whether the logits are kept, where there are at most `mostLogits`, with the figures that they alone tell. */
  readonly keepsLogits?: boolean;
}

/**
 * Returns accuracy, balanced accuracy, recall and confusion on a dataset, or what `rankSets` does. Throws what the pause
 * throws where it was aborted.
 */
export async function evaluate(
  network: Classifier,
  data: Dataset,
  classes: number,
  pause: Pause,
  { reading = plainReading(classes), keepsLogits = false }: EvaluationOptions = {},
): Promise<Evaluation> {
  if (data.sets) return evaluateSets(network, data, data.sets, classes, pause, reading);
  const size = data.labels.length * network.classes;
  const kept = keepsLogits && size <= mostLogits ? new Float32Array(size) : undefined;
  const predictions = await predict(network, data, pause, reading, kept);
  const result = { ...score(predictions, data.labels, classes), predictions };
  if (!kept) return result;
  const logits: TestLogits = { values: kept, columns: network.classes, link: reading.link };
  return { ...result, ...(await figuresOf(logits, predictions, data.labels, classes, pause)), logits };
}

async function evaluateSets(
  network: Classifier,
  data: Dataset,
  sets: LabelSets,
  classes: number,
  pause: Pause,
  { link }: Reading,
): Promise<Evaluation> {
  const { classes: columns } = network;
  const values = data.rows * columns <= mostLogits ? await logitsOf(network, data, pause) : undefined;
  const read = (): AsyncGenerator<LogitBatch> =>
    values ? batchesOf(values, columns, pause) : logitBatches(network, data, pause);
  const { result, influence } = await rankSets({ columns, link, read }, sets, classes);
  const logits = values ? { logits: { values, columns, link } } : {};
  return { ...result, predictions: new Int32Array(), influence, ...logits };
}

async function predict(
  network: Classifier,
  data: Dataset,
  pause: Pause,
  { decide, scale }: Reading,
  kept: Float32Array | undefined,
): Promise<Int32Array> {
  const { pixels = 1 } = data;
  const predictions = new Int32Array(data.rows * pixels);
  for await (const { start, count, logits } of logitBatches(network, data, pause)) {
    for (let i = 0; i < count * pixels; i++)
      predictions[start * pixels + i] = decide(logits, i * network.classes);
    const at = start * pixels * network.classes;
    for (let i = 0; kept && i < count * pixels * network.classes; i++)
      kept[at + i] = scale * (logits[i] as number);
  }
  return predictions;
}

/** Returns the logits of every row, `[rows, columns]`. */
async function logitsOf(network: Classifier, data: Dataset, pause: Pause): Promise<Float32Array> {
  const all = new Float32Array(data.rows * network.classes);
  for await (const { start, logits } of logitBatches(network, data, pause))
    all.set(logits, start * network.classes);
  return all;
}

/** Yields logits that are kept, as `logitBatches` does. */
async function* batchesOf(values: Float32Array, columns: number, pause: Pause): AsyncGenerator<LogitBatch> {
  const [all, rows] = [values.length / columns, rowsOfBatch(columns)];
  for (let start = 0; start < all; start += rows) {
    await pause();
    const count = Math.min(rows, all - start);
    yield { start, count, logits: values.subarray(start * columns, (start + count) * columns) };
  }
}

/** Yields the logits of `count` rows from `start` on, for use before the next; the pause is awaited before each batch. */
async function* logitBatches(network: Classifier, data: Dataset, pause: Pause): AsyncGenerator<LogitBatch> {
  const columns = data.inputShape.reduce((product, length) => product * length, 1);
  const rows = rowsOfBatch(Math.max(columns, network.classes));
  for (let start = 0; start < data.rows; start += rows) {
    await pause();
    const count = Math.min(rows, data.rows - start);
    yield { start, count, logits: await network.logits({ inputs: data.range(start, count), rows: count }) };
  }
}

function rowsOfBatch(columns: number): number {
  return Math.max(1, Math.min(1024, Math.floor(batchValues / columns)));
}

/**
 * Returns the figures of predicted classes against true ones. Balanced accuracy is over classes; accuracy counts
 * background too. Pixels without a class count nowhere.
 */
export function score(predictions: ArrayLike<number>, labels: Int32Array, classes: number): RunResult {
  const confusion = new Uint32Array(classes <= mostConfused ? classes * classes : 0);
  const right = new Float64Array(classes);
  const met = new Float64Array(classes);
  const taken = new Float64Array(classes);
  const empty = { right: 0, met: 0, taken: 0 };
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    const predicted = predictions[i] as number;
    if (label === ignored) continue;
    if (predicted === background) empty.taken++;
    else taken[predicted] = (taken[predicted] as number) + 1;
    if (label === background) {
      empty.met++;
      if (predicted === background) empty.right++;
      continue;
    }
    met[label] = (met[label] as number) + 1;
    if (predicted === label) right[label] = (right[label] as number) + 1;
    if (confusion.length > 0 && predicted !== background) {
      const cell = label * classes + predicted;
      confusion[cell] = (confusion[cell] as number) + 1;
    }
  }
  const recall = Float32Array.from(right, (hits, k) => hits / (met[k] as number));
  const shares = Array.from(right, (hits, k) => hits / (met[k] as number)).filter(
    (share) => !Number.isNaN(share),
  );
  // A class that is tested and never predicted has F1 0; its precision is unknown.
  const f1 = Float32Array.from(right, (hits, k) =>
    (met[k] as number) > 0 ? (2 * hits) / ((met[k] as number) + (taken[k] as number)) : Number.NaN,
  );
  const tested = f1.filter((value) => !Number.isNaN(value));
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return {
    accuracy: (sum(right) + empty.right) / (sum(met) + empty.met),
    balancedAccuracy: shares.reduce((total, share) => total + share, 0) / shares.length,
    recall,
    precision: Float32Array.from(right, (hits, k) => hits / (taken[k] as number)),
    f1,
    macroF1: tested.reduce((total, value) => total + value, 0) / tested.length,
    overlap: Float32Array.from(right, (hits, k) => hits / ((met[k] as number) + (taken[k] as number) - hits)),
    ...(empty.met > 0
      ? { background: { recall: empty.right / empty.met, precision: empty.right / empty.taken } }
      : {}),
    ...(confusion.length > 0 ? { confusion } : {}),
  };
}
