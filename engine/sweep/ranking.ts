/**
 * How configurations stand. A mean over seeds varies with the seeds and with the test samples; the first is pooled over all
 * configurations, since two or three seeds of one tell little, the second follows from the recall of each class.
 */
import { metricOf } from "#engine/statistics/metric.ts";
import { level } from "#engine/training/verdict.ts";
import {
  isAhead,
  type SweepFigure,
  type SweepFile,
  type SweepGroupBest,
  type SweepLeader,
  type SweepRanking,
  type SweepStanding,
  type SweepVerdict,
  type TrialResult,
} from "#protocol/sweep.ts";
import { type Complete, leaderOf } from "./leader.ts";
import {
  errorIn,
  evidenceIn,
  type Figured,
  type Finished,
  type GroupName,
  groupNames,
  many,
  mean,
  quantile,
  valueIn,
} from "./sweepNoise.ts";

/** Of one seed about the mean of its configuration, over all configurations. */
interface Spread {
  readonly variance: number;
  readonly freedom: number;
}

/** Who leads among the configurations that have every seed, with the noise that says how surely. */
export interface Leaders {
  /** These configurations, best first. */
  readonly among: readonly number[];
  readonly score?: SweepLeader;
  readonly groups: ReadonlyMap<GroupName, SweepLeader>;
}

/**
 * Returns the ranking of the results so far; `root` holds the runs, whose predictions are read of leaders and of those
 * close to them.
 */
export async function rankSweep(
  file: SweepFile,
  results: Iterable<TrialResult>,
  root: string,
): Promise<SweepRanking> {
  return (await rankOn(file, results, root)).ranking;
}

/** As `rankSweep`, with the leaders: what takes long about them is done again only where another configuration is complete. */
export async function rankOn(
  file: SweepFile,
  results: Iterable<TrialResult>,
  root: string,
  before?: Leaders,
): Promise<{ readonly ranking: SweepRanking; readonly leaders: Leaders }> {
  const all = [...results];
  const finished = byConfiguration(all.filter((result) => result.state === "finished"));
  const failed = byConfiguration(all.filter((result) => result.state === "failed"));
  const spread = spreadOf(finished, "score");
  const spreads = Object.fromEntries(groupNames.map((group) => [group, spreadOf(finished, group)])) as Record<
    GroupName,
    Spread
  >;
  const standings = [...finished].map(
    ([configuration, trials]): SweepStanding => ({
      configuration,
      seeds: trials.length,
      failed: failed.get(configuration)?.length ?? 0,
      score: figure(trials, "score", spread),
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
  const among = complete.map(({ configuration }) => configuration);
  const isSame = among.join() === before?.among.join();
  const leaders = before && isSame ? before : await findLeaders(file, root, among, finished);
  const ranking = {
    metric: metricOf(file.plan),
    standings,
    bestByGroup: bestByGroup(complete, leaders),
    testSamples: all.find((result) => result.state === "finished")?.metrics.testSamples ?? 0,
    ...(leaders.score ? { leader: leaders.score } : {}),
  };
  return { ranking, leaders };
}

async function findLeaders(
  file: SweepFile,
  root: string,
  among: readonly number[],
  finished: ReadonlyMap<number, readonly Finished[]>,
): Promise<Leaders> {
  const evidence = evidenceIn(root, file);
  const contenders = among.map((configuration): Complete => {
    const trials = finished.get(configuration) ?? [];
    return {
      configuration,
      trials: [...trials].sort((a, b) => file.seeds.indexOf(a.seed) - file.seeds.indexOf(b.seed)),
    };
  });
  const score = await leaderOf(contenders, "score", evidence);
  const groups = new Map<GroupName, SweepLeader>();
  for (const group of groupNames) {
    const leader = await leaderOf(contenders, group, evidence);
    if (leader) groups.set(group, leader);
  }
  return { among, ...(score ? { score } : {}), groups };
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

function spreadOf(finished: ReadonlyMap<number, readonly Finished[]>, of: Figured): Spread {
  let squares = 0;
  let freedom = 0;
  for (const trials of finished.values()) {
    const values = trials.flatMap((trial) => valueIn(trial, of) ?? []);
    if (values.length < 2) continue;
    const middle = mean(values);
    squares += values.reduce((sum, each) => sum + (each - middle) ** 2, 0);
    freedom += values.length - 1;
  }
  return { variance: freedom > 0 ? squares / freedom : 0, freedom };
}

function figure(trials: readonly Finished[], of: Figured, { variance, freedom }: Spread): SweepFigure {
  const middle = mean(trials.map((trial) => valueIn(trial, of) as number));
  const errors = trials.flatMap((trial) => errorIn(trial, of) ?? []);
  if (errors.length === 0 && freedom === 0) return { mean: middle };
  // All seeds are tested on the same samples: their noise does not average out.
  const samples = errors.length > 0 ? (mean(errors) * quantile(level, many)) ** 2 : 0;
  const seeds = freedom > 0 ? (variance / trials.length) * quantile(level, freedom) ** 2 : 0;
  const half = Math.sqrt(samples + seeds);
  return { mean: middle, interval: { low: Math.max(0, middle - half), high: Math.min(1, middle + half) } };
}

function groupFigures(
  trials: readonly Finished[],
  spreads: Readonly<Record<GroupName, Spread>>,
): SweepStanding["groups"] {
  return Object.fromEntries(
    groupNames.map((group) => [
      group,
      trials.some(({ metrics }) => metrics.groups[group] === null)
        ? null
        : figure(trials, group, spreads[group]),
    ]),
  ) as Record<GroupName, SweepFigure | null>;
}

function bestByGroup(complete: readonly SweepStanding[], { groups }: Leaders): SweepGroupBest[] {
  const found: SweepGroupBest[] = [];
  for (const group of groupNames) {
    const leader = groups.get(group);
    const recallOf = (configuration: number): SweepFigure | null | undefined =>
      complete.find((standing) => standing.configuration === configuration)?.groups[group];
    const recall = leader && recallOf(leader.configuration);
    if (!leader || !recall) continue;
    const baseline = recallOf(0);
    found.push({
      group,
      recall,
      ...(baseline ? { baseline } : {}),
      ...(recall.mean > 0 && isAhead(leader.verdict)
        ? { configuration: leader.configuration }
        : { none: recall.mean > 0 ? noneOf(leader.verdict) : "nothing-found" }),
    });
  }
  return found;
}

function noneOf(verdict: SweepVerdict): NonNullable<SweepGroupBest["none"]> {
  return verdict === "baseline" || verdict === "too-few-seeds" ? verdict : "within-noise";
}
