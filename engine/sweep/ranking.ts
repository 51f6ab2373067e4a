/**
 * Which configuration is best, and how sure that is. A mean over seeds varies with the seeds and with the test samples;
 * the first is pooled over all configurations, since two or three seeds of one tell little, the second follows from the
 * recall of each class.
 */
import { countLabels } from "#engine/data/dataset.ts";
import { maskPixels } from "#engine/data/masks.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { readDescription } from "#engine/runs/runDescription.ts";
import { readPredictions } from "#engine/runs/runFolder.ts";
import { metricOf } from "#engine/statistics/metric.ts";
import { metricWeights } from "#engine/training/metric.ts";
import type {
  SweepFigure,
  SweepFile,
  SweepGroups,
  SweepLeader,
  SweepRanking,
  SweepStanding,
  TrialResult,
} from "#protocol/sweep.ts";
import { normalQuantile } from "./normal.ts";
import { type Outcomes, pairedError, pairedImageError } from "./pairedDifference.ts";

type Finished = TrialResult & { readonly state: "finished" };

const level = 0.95;
/** Configurations that are compared with the leader, sample by sample. */
const mostCompared = 20;
const groupNames = ["head", "middle", "tail", "many", "medium", "few"] as const;

/**
 * Returns the ranking of the results so far; `root` holds the runs, whose predictions are read of the leader and of those
 * close to it.
 */
export async function rankSweep(
  file: SweepFile,
  results: Iterable<TrialResult>,
  root: string,
): Promise<SweepRanking> {
  const all = [...results];
  const finished = byConfiguration(all.filter((result) => result.state === "finished"));
  const failed = byConfiguration(all.filter((result) => result.state === "failed"));
  const spread = pooledVariance(finished, ({ metrics }) => metrics.score);
  const spreads = Object.fromEntries(
    groupNames.map((group) => [group, pooledVariance(finished, ({ metrics }) => metrics.groups[group])]),
  ) as Record<keyof SweepGroups, number>;
  const standings = [...finished].map(
    ([configuration, trials]): SweepStanding => ({
      configuration,
      seeds: trials.length,
      failed: failed.get(configuration)?.length ?? 0,
      score: figure(
        trials,
        ({ metrics }) => metrics.score,
        ({ metrics }) => metrics.error,
        spread,
      ),
      accuracy: mean(trials.map(({ metrics }) => metrics.accuracy)),
      balancedAccuracy: mean(trials.map(({ metrics }) => metrics.balancedAccuracy)),
      groups: groupFigures(trials, spreads),
    }),
  );
  const whole = ({ seeds }: SweepStanding): boolean => seeds === file.seeds.length;
  standings.sort(
    (a, b) =>
      Number(whole(b)) - Number(whole(a)) || b.score.mean - a.score.mean || a.configuration - b.configuration,
  );
  const complete = standings.filter(whole);
  return {
    metric: metricOf(file.plan.objective),
    standings,
    bestByGroup: bestByGroup(complete),
    testSamples: all.find((result) => result.state === "finished")?.metrics.testSamples ?? 0,
    ...(complete.length > 0 ? { leader: await leaderOf(complete, finished, root, file, spread) } : {}),
  };
}

function byConfiguration<R extends TrialResult>(results: readonly R[]): Map<number, R[]> {
  const groups = new Map<number, R[]>();
  for (const result of results) {
    const group = groups.get(result.configuration);
    if (group) group.push(result);
    else groups.set(result.configuration, [result]);
  }
  return groups;
}

/** Variance of one seed about the mean of its configuration; NaN where no configuration has two seeds. */
function pooledVariance(
  finished: ReadonlyMap<number, readonly Finished[]>,
  value: (trial: Finished) => number | null,
): number {
  let squares = 0;
  let freedom = 0;
  for (const trials of finished.values()) {
    const values = trials.flatMap((trial) => value(trial) ?? []);
    if (values.length < 2) continue;
    const middle = mean(values);
    squares += values.reduce((sum, each) => sum + (each - middle) ** 2, 0);
    freedom += values.length - 1;
  }
  return squares / freedom;
}

function figure(
  trials: readonly Finished[],
  value: (trial: Finished) => number,
  error: (trial: Finished) => number | null,
  variance: number,
): SweepFigure {
  const middle = mean(trials.map(value));
  const errors = trials.flatMap((trial) => error(trial) ?? []);
  // All seeds are tested on the same samples: their noise does not average out.
  const samples = errors.length > 0 ? mean(errors) ** 2 : 0;
  const seeds = Number.isNaN(variance) ? 0 : variance / trials.length;
  if (errors.length === 0 && Number.isNaN(variance)) return { mean: middle };
  const half = normalQuantile((1 + level) / 2) * Math.sqrt(samples + seeds);
  return { mean: middle, interval: { low: Math.max(0, middle - half), high: Math.min(1, middle + half) } };
}

function groupFigures(
  trials: readonly Finished[],
  spreads: Readonly<Record<keyof SweepGroups, number>>,
): SweepStanding["groups"] {
  return Object.fromEntries(
    groupNames.map((group) => [
      group,
      trials.some(({ metrics }) => metrics.groups[group] === null)
        ? null
        : figure(
            trials,
            ({ metrics }) => metrics.groups[group] as number,
            ({ metrics }) => metrics.groupErrors[group],
            spreads[group],
          ),
    ]),
  ) as SweepStanding["groups"];
}

function bestByGroup(complete: readonly SweepStanding[]): SweepRanking["bestByGroup"] {
  const baseline = complete.find(({ configuration }) => configuration === 0);
  return groupNames.flatMap((group) => {
    const measured = complete.flatMap(({ configuration, groups }) => {
      const recall = groups[group];
      return recall ? [{ configuration, recall }] : [];
    });
    const [first, ...others] = measured;
    if (!first) return [];
    const best = others.reduce((top, each) => (each.recall.mean > top.recall.mean ? each : top), first);
    const base = baseline?.groups[group];
    return [{ group, ...best, ...(base ? { baseline: base } : {}) }];
  });
}

async function leaderOf(
  complete: readonly SweepStanding[],
  finished: ReadonlyMap<number, readonly Finished[]>,
  root: string,
  file: SweepFile,
  spread: number,
): Promise<SweepLeader> {
  const [leader, ...others] = complete as [SweepStanding, ...SweepStanding[]];
  const comparisons = others.length;
  const { configuration } = leader;
  const z = normalQuantile(1 - (1 - level) / 2 / Math.max(1, comparisons));
  const seeds = Number.isNaN(spread) ? 0 : (2 * spread) / file.seeds.length;
  const errorTo = await sampleErrors(finished.get(configuration) ?? [], root, file);
  const over = async (other: SweepStanding): Promise<SweepFigure & { readonly isNoise: boolean }> => {
    const mean = leader.score.mean - other.score.mean;
    // Without predictions the two count as independent, which overstates the noise.
    const error = (await errorTo(finished.get(other.configuration) ?? [])) ?? independentError(leader, other);
    const half = z * Math.sqrt(error ** 2 + seeds);
    return { mean, interval: { low: mean - half, high: mean + half }, isNoise: mean <= half };
  };
  const tied: number[] = [];
  for (const other of others.slice(0, mostCompared)) {
    if (other.configuration !== 0 && (await over(other)).isNoise) tied.push(other.configuration);
  }
  const baseline = others.find((other) => other.configuration === 0);
  if (!baseline) {
    return { configuration, comparisons, verdict: configuration === 0 ? "baseline" : "within-noise", tied };
  }
  const { isNoise, ...overBaseline } = await over(baseline);
  return { configuration, overBaseline, comparisons, verdict: isNoise ? "within-noise" : "ahead", tied };
}

/** Returns the standard error, from the test samples alone, of the leader's lead over others, where predictions are there. */
async function sampleErrors(
  leader: readonly Finished[],
  root: string,
  { plan }: SweepFile,
): Promise<(other: readonly Finished[]) => Promise<number | undefined>> {
  const ours = await outcomesOf(leader, root);
  const description = await readDescription(runFolderOf(root, leader[0]?.run ?? ""));
  if (!ours || !description) return async () => undefined;
  const { classes } = description;
  const weights = metricWeights(plan.objective, classes, countLabels(ours.truth, classes.length));
  return async (other) => {
    const theirs = await outcomesOf(other, root);
    if (!theirs) return undefined;
    return plan.inputs === "masks"
      ? pairedImageError(ours, theirs, weights, maskPixels)
      : pairedError(ours, theirs, weights);
  };
}

function independentError(a: SweepStanding, b: SweepStanding): number {
  const half = ({ score }: SweepStanding): number =>
    score.interval ? (score.interval.high - score.interval.low) / 2 / normalQuantile((1 + level) / 2) : 0;
  return Math.hypot(half(a), half(b));
}

/** Predictions of every seed; undefined where one is not there, as where results came without their runs. */
async function outcomesOf(trials: readonly Finished[], root: string): Promise<Outcomes | undefined> {
  const read = await Promise.all(trials.map(({ run }) => readPredictions(runFolderOf(root, run))));
  const whole = read.filter((each) => each !== undefined);
  const [first] = whole;
  if (!first || whole.length < read.length) return undefined;
  return { truth: first.truth, predicted: whole.map(({ predicted }) => predicted) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
