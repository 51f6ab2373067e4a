/** Which loss is better, and whether that is more than luck. */
import type { Predictions } from "#engine/runs/runFolder.ts";
import type { Comparison, Difference, Interval, LossResult, RunResult, Verdict } from "#protocol/training.ts";
import { bootstrapScores, type Outcomes, percentileInterval } from "./bootstrap.ts";
import { score } from "./evaluation.ts";
import { bootstrapImageScores } from "./imageBootstrap.ts";
import { weightedRecall } from "./metric.ts";
import { type Noise, noiseOf, noiseOfRankings, untested } from "./noise.ts";
import type { LogitFigures } from "./testLogits.ts";
import { level, seedsForVerdict, verdictOn } from "./verdict.ts";

const draws = 2000;

/** A finished run. */
export interface FinishedRun {
  /** Index into the plan's losses; 0 is the baseline. */
  readonly choice: number;
  readonly seed: number;
  readonly predicted: Int32Array;
  /** Of what was predicted, where not all runs have the same test samples, with the number of each sample. */
  readonly truth?: Int32Array;
  readonly tested?: Int32Array;
  /** What its logits told; absent: nothing. */
  readonly figures?: LogitFigures;
  /** Where samples have several labels, in place of predictions, which are then empty. */
  readonly ranked?: RankedRun;
}

/** A finished run on samples with several labels. */
export interface RankedRun {
  readonly result: RunResult;
  /** `[samples]`: what each moves the metric by, `influenceOf`. */
  readonly influence: Float64Array;
  /** `[classes]`: test samples. */
  readonly counts: readonly number[];
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
  readonly runs: ReadonlyMap<number, { readonly run: FinishedRun; readonly result: RunResult }>;
}

/**
 * Returns results and verdict of the runs finished so far; undefined where there are none. Intervals and
 * differences are those of the weighted recall, over the seeds that every loss has finished. Their shape is that of a paired
 * bootstrap over seeds and test samples within class (2,000 draws, always the same ones), their width what so few seeds
 * and samples can tell: `noiseOf`. Drawing from three seeds alone would tell too little of other seeds, and count twice what
 * seeds and samples do together.
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
  const drawn = enough ? await draw(input, ranked, seeds, pause) : undefined;
  const results = ranked.map((each, rank) => ({
    ...lossResult(input, each),
    score: each.score,
    ...(drawn ? { interval: within(intervalOf(drawn, ranked, rank), 0, 1) } : {}),
    ...differenceFromBaseline(ranked, rank, drawn),
  }));
  return { results, verdict: verdict(ranked, drawn, seeds.length) };
}

/** Scores of every loss, best first, in every draw, and how wide their intervals are. */
interface Drawn {
  /** Absent where every seed has test samples of its own, and draws of the same ones cannot be had. */
  readonly scores?: readonly Float64Array[];
  readonly noise: Noise;
}

type Ranked = Contender & { readonly score: number };

function contender(input: ComparisonInput, choice: number): Contender {
  const runs = input.finished
    .filter((run) => run.choice === choice)
    .map((run) => {
      const { seed, predicted, truth = input.truth, figures, ranked } = run;
      const result = ranked?.result ?? { ...figures, ...score(predicted, truth, input.classes) };
      return [seed, { run, result }] as const;
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

async function draw(
  { truth, classes, weights, pixels }: ComparisonInput,
  ranked: readonly Ranked[],
  seeds: readonly number[],
  pause: () => Promise<void>,
): Promise<Drawn> {
  const runs = ranked.flatMap((each) => seeds.map((seed) => each.runs.get(seed)?.run as FinishedRun));
  const facts = { losses: ranked.length, seeds: seeds.length, classes, weights };
  if (runs.some((run) => run.ranked)) return { noise: rankingNoise(facts, runs) };
  if (runs.some(({ tested }) => tested))
    return { noise: noiseOf({ ...facts, ...onAllSamples(runs, truth) }) };
  const outcomes = { ...facts, truth, predicted: runs.map(({ predicted }) => predicted) };
  const scores =
    pixels === undefined
      ? await bootstrapScores(outcomes, draws, pause)
      : await bootstrapImageScores(outcomes, pixels, draws, pause);
  return { scores, noise: noiseOf(outcomes, pixels) };
}

function rankingNoise(
  facts: Pick<Outcomes, "losses" | "seeds" | "weights">,
  runs: readonly FinishedRun[],
): Noise {
  const counts = runs[0]?.ranked?.counts ?? [];
  const places = new Map<number, number>();
  for (const { tested = [] } of runs)
    for (const sample of tested) if (!places.has(sample)) places.set(sample, places.size);
  const influence = runs.map(({ ranked, tested }) => {
    const own = ranked?.influence ?? new Float64Array();
    if (!tested) return own;
    const all = new Float64Array(places.size);
    for (const [i, sample] of tested.entries()) all[places.get(sample) as number] = own[i] as number;
    return all;
  });
  const values = runs.map(({ ranked }) => weightedRecall(ranked?.result.recall ?? [], facts.weights));
  return noiseOfRankings({ ...facts, values, influence, tested: counts });
}

/** Returns truth and predictions over the samples that any run tests; `untested` where one does not. */
function onAllSamples(
  runs: readonly FinishedRun[],
  shared: Int32Array,
): Pick<Outcomes, "truth" | "predicted"> {
  const places = new Map<number, number>();
  const labels: number[] = [];
  for (const { tested = [], truth = shared } of runs) {
    for (const [i, sample] of tested.entries()) {
      if (places.has(sample)) continue;
      places.set(sample, labels.length);
      labels.push(truth[i] as number);
    }
  }
  const predicted = runs.map(({ predicted: own, tested = [] }) => {
    const all = new Int32Array(labels.length).fill(untested);
    for (const [i, sample] of tested.entries()) all[places.get(sample) as number] = own[i] as number;
    return all;
  });
  return { truth: Int32Array.from(labels), predicted };
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
  drawn: Drawn | undefined,
): { difference?: Difference } {
  const baseline = ranked.findIndex(({ choice }) => choice === 0);
  if (baseline < 0 || baseline === rank) return {};
  const between = difference(ranked, rank, baseline);
  return {
    difference: {
      mean: between,
      ...(drawn ? { interval: intervalOf(drawn, ranked, rank, baseline) } : {}),
    },
  };
}

function verdict(ranked: readonly Ranked[], drawn: Drawn | undefined, seeds: number): Verdict {
  const leader = ranked[0]?.choice ?? 0;
  if (!drawn) return { kind: "too-few-seeds", leader, seeds };
  const leads = ranked.slice(1).map(({ choice }, i) => ({
    choice,
    mean: difference(ranked, 0, i + 1),
    interval: intervalOf(drawn, ranked, 0, i + 1),
  }));
  return verdictOn(leader, leads, seeds);
}

function difference(ranked: readonly Ranked[], a: number, b: number): number {
  return (ranked[a]?.score ?? Number.NaN) - (ranked[b]?.score ?? Number.NaN);
}

/** The interval of a score, or of its difference to that of another loss: drawn, then made as wide as it must be. */
function intervalOf({ scores, noise }: Drawn, ranked: readonly Ranked[], a: number, b?: number): Interval {
  const found = b === undefined ? (ranked[a]?.score ?? Number.NaN) : difference(ranked, a, b);
  const half = noise.halfWidth(level, a, b);
  const drawn = scores && drawnValues(scores, a, b);
  const { low, high } = drawn ? percentileInterval(drawn, level) : { low: 0, high: 0 };
  if (!drawn || !(high > low)) return { low: found - half, high: found + half };
  const middle = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const wider = (2 * half) / (high - low);
  return { low: found - wider * (middle - low), high: found + wider * (high - middle) };
}

function drawnValues(scores: readonly Float64Array[], a: number, b: number | undefined): Float64Array {
  const own = scores[a] as Float64Array;
  const other = b === undefined ? undefined : (scores[b] as Float64Array);
  return other ? own.map((value, i) => value - (other[i] as number)) : own;
}

function within({ low, high }: Interval, least: number, most: number): Interval {
  return { low: Math.max(least, low), high: Math.min(most, high) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by one less than its size. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
