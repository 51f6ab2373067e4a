/** Which loss is better, and whether that is more than luck. */
import type { Predictions } from "#engine/runs/runFolder.ts";
import type {
  Comparison,
  CorrectedDifference,
  Difference,
  Interval,
  LossResult,
  RunResult,
  Verdict,
} from "#protocol/training.ts";
import { bootstrapScores, percentileInterval } from "./bootstrap.ts";
import { score } from "./evaluation.ts";
import { bootstrapImageScores } from "./imageBootstrap.ts";
import { weightedRecall } from "./metric.ts";
import type { LogitFigures } from "./testLogits.ts";

/** With fewer seeds the spread over seeds cannot be told. */
export const seedsForVerdict = 3;
const draws = 4000;
const level = 0.95;

/** A finished run. */
export interface FinishedRun {
  /** Index into the plan's losses; 0 is the baseline. */
  readonly choice: number;
  readonly seed: number;
  readonly predicted: Int32Array;
  /** What its logits told; absent: nothing. */
  readonly figures?: LogitFigures;
}

export interface ComparisonInput {
  readonly truth: Predictions["truth"];
  readonly classes: number;
  /** Weight of each class's recall in what decides: `metricWeights`. */
  readonly weights: Float64Array;
  /** Losses that take part; one whose runs failed is left out. */
  readonly choices: readonly number[];
  readonly finished: readonly FinishedRun[];
  /** Test samples that are one image; absent: each stands alone. */
  readonly pixels?: number;
}

/** A loss and its finished runs. */
interface Contender {
  readonly choice: number;
  /** By seed. */
  readonly runs: ReadonlyMap<number, { readonly predicted: Int32Array; readonly result: RunResult }>;
}

/**
 * Returns results and verdict of the runs finished so far; undefined where there are none. Intervals and
 * differences are those of the weighted recall; they come from a paired bootstrap over seeds and test samples
 * within class (4,000 draws, always the same ones) over the seeds that every loss has finished.
 */
export async function compare(
  input: ComparisonInput,
  pause: () => Promise<void> = async () => {},
): Promise<Comparison | undefined> {
  const contenders = input.choices
    .map((choice) => contender(input, choice))
    .filter(({ runs }) => runs.size > 0);
  if (contenders.length === 0) return undefined;
  const seeds = commonSeeds(contenders);
  const ranked = contenders
    .map((each) => ({ ...each, score: meanScore(input, each, seeds) }))
    .sort((a, b) => b.score - a.score || a.choice - b.choice);
  const enough = contenders.length === input.choices.length && seeds.length >= seedsForVerdict;
  const scores = enough ? await draw(input, ranked, seeds, pause) : undefined;
  const results = ranked.map((each, rank) => ({
    ...lossResult(input, each),
    score: each.score,
    ...(scores ? { interval: percentileInterval(scores[rank] as Float64Array, level) } : {}),
    ...differenceFromBaseline(ranked, rank, scores),
  }));
  return { results, verdict: verdict(ranked, scores, seeds.length) };
}

type Ranked = Contender & { readonly score: number };

function contender(input: ComparisonInput, choice: number): Contender {
  const runs = input.finished
    .filter((run) => run.choice === choice)
    .map(({ seed, predicted, figures }) => {
      const result = { ...figures, ...score(predicted, input.truth, input.classes) };
      return [seed, { predicted, result }] as const;
    });
  return { choice, runs: new Map(runs) };
}

function commonSeeds(contenders: readonly Contender[]): number[] {
  const [first, ...others] = contenders;
  return [...(first?.runs.keys() ?? [])]
    .filter((seed) => others.every(({ runs }) => runs.has(seed)))
    .sort((a, b) => a - b);
}

/** Over the seeds that all share, so that losses are compared like with like; else over its own. */
function meanScore({ weights }: ComparisonInput, { runs }: Contender, seeds: readonly number[]): number {
  const shared = seeds.length > 0 ? seeds : [...runs.keys()];
  const scores = shared.map((seed) =>
    weightedRecall(runs.get(seed)?.result.recall ?? new Float32Array(), weights),
  );
  return mean(scores);
}

function draw(
  { truth, classes, weights, pixels }: ComparisonInput,
  ranked: readonly Ranked[],
  seeds: readonly number[],
  pause: () => Promise<void>,
): Promise<Float64Array[]> {
  const predicted = ranked.flatMap(({ runs }) =>
    seeds.map((seed) => runs.get(seed)?.predicted ?? new Int32Array()),
  );
  const outcomes = { losses: ranked.length, seeds: seeds.length, truth, classes, predicted, weights };
  return pixels === undefined
    ? bootstrapScores(outcomes, draws, pause)
    : bootstrapImageScores(outcomes, pixels, draws, pause);
}

function lossResult({ classes }: ComparisonInput, { choice, runs }: Contender): LossResult {
  const results = [...runs.values()].map(({ result }) => result);
  const balanced = results.map((result) => result.balancedAccuracy);
  const calibration = results.flatMap(({ calibrationError }) => calibrationError ?? []);
  const precisions = results.flatMap(({ meanAveragePrecision }) => meanAveragePrecision ?? []);
  const backgrounds = results.flatMap(({ background }) => background ?? []);
  const meanOf = (part: (result: RunResult) => Float32Array | undefined): Float32Array =>
    Float32Array.from({ length: classes }, (_, k) =>
      mean(results.map((result) => part(result)?.[k] ?? Number.NaN)),
    );
  return {
    choice,
    seeds: results.length,
    balancedAccuracy: mean(balanced),
    accuracy: mean(results.map((result) => result.accuracy)),
    ...(results.length > 1 ? { seedDeviation: deviation(balanced) } : {}),
    recall: meanOf(({ recall }) => recall),
    worstRecall: mean(results.map(({ recall }) => worstOf(recall))),
    precision: meanOf(({ precision }) => precision),
    f1: meanOf(({ f1 }) => f1),
    macroF1: mean(results.map(({ macroF1 = Number.NaN }) => macroF1)),
    overlap: meanOf(({ overlap }) => overlap),
    ...(calibration.length > 0 ? { calibrationError: mean(calibration) } : {}),
    ...(precisions.length > 0 ? { meanAveragePrecision: mean(precisions) } : {}),
    ...(backgrounds.length > 0
      ? {
          background: {
            recall: mean(backgrounds.map(({ recall }) => recall)),
            precision: mean(backgrounds.map(({ precision }) => precision)),
          },
        }
      : {}),
  };
}

function worstOf(recall: Float32Array): number {
  const tested = recall.filter((value) => !Number.isNaN(value));
  return tested.reduce((worst, value) => Math.min(worst, value), 1);
}

function differenceFromBaseline(
  ranked: readonly Ranked[],
  rank: number,
  scores: readonly Float64Array[] | undefined,
): { difference?: Difference } {
  const baseline = ranked.findIndex(({ choice }) => choice === 0);
  if (baseline < 0 || baseline === rank) return {};
  const between = difference(ranked, rank, baseline);
  return {
    difference: {
      mean: between,
      ...(scores ? { interval: differenceInterval(scores, rank, baseline, level) } : {}),
    },
  };
}

function verdict(
  ranked: readonly Ranked[],
  scores: readonly Float64Array[] | undefined,
  seeds: number,
): Verdict {
  const leader = ranked[0]?.choice ?? 0;
  if (!scores) return { kind: "too-few-seeds", leader, seeds };
  const others = ranked.slice(1).map((_, i) => leadOver(ranked, i + 1, scores));
  if (leader === 0) {
    const [best] = others;
    return best ? { kind: "baseline-best", best } : { kind: "baseline-best" };
  }
  const second = others.find(({ interval }) => interval.low <= 0);
  if (second) return { kind: "no-winner", leader, second };
  // Its lead over the baseline stands in the results; this one tells how close the next remedy comes.
  const overSecond = others.find(({ choice }) => choice !== 0);
  return overSecond ? { kind: "winner", leader, overSecond } : { kind: "winner", leader };
}

/** The leader against the loss at a rank, with room for having asked several questions at once (Bonferroni). */
function leadOver(
  ranked: readonly Ranked[],
  rank: number,
  scores: readonly Float64Array[],
): CorrectedDifference {
  const comparisons = ranked.length - 1;
  return {
    choice: ranked[rank]?.choice ?? 0,
    mean: difference(ranked, 0, rank),
    interval: differenceInterval(scores, 0, rank, 1 - (1 - level) / comparisons),
    comparisons,
  };
}

function difference(ranked: readonly Ranked[], a: number, b: number): number {
  return (ranked[a]?.score ?? Number.NaN) - (ranked[b]?.score ?? Number.NaN);
}

function differenceInterval(scores: readonly Float64Array[], a: number, b: number, share: number): Interval {
  const minus = scores[b] as Float64Array;
  return percentileInterval(
    (scores[a] as Float64Array).map((value, i) => value - (minus[i] as number)),
    share,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by one less than its size. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
