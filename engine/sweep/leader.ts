/** Which configuration leads a sweep, in what decides or in a group of classes, and how sure that is. */
import { type Lead, level, levelOfEach, seedsForVerdict, verdictOn } from "#engine/training/verdict.ts";
import type { SweepFigure, SweepLeader } from "#protocol/sweep.ts";
import {
  type Evidence,
  type Figured,
  type Finished,
  mean,
  pooledSeeds,
  sweepNoise,
  valueIn,
} from "./sweepNoise.ts";

/** Configurations that are compared with the leader by their predictions; those further behind by their results. */
const mostCompared = 20;

/** A configuration with a result of every seed, in the order of the seeds. */
export interface Complete {
  readonly configuration: number;
  readonly trials: readonly Finished[];
}

/**
 * Returns the leader among configurations, by the rule of comparisons: `verdictOn`. Where others are within the noise of the
 * leader, it may still be ahead of the baseline, configuration 0: by an interval that holds for all configurations at once.
 * Undefined where none has the figure.
 */
export async function leaderOf(
  complete: readonly Complete[],
  of: Figured,
  evidence: Evidence,
): Promise<SweepLeader | undefined> {
  const ranked = complete
    .filter(({ trials }) => trials.every((trial) => valueIn(trial, of) !== null))
    .map((each) => ({ ...each, value: mean(each.trials.map((trial) => valueIn(trial, of) as number)) }))
    .sort((a, b) => b.value - a.value || a.configuration - b.configuration);
  const [leader, ...others] = ranked;
  if (!leader) return undefined;
  const { configuration } = leader;
  const seeds = leader.trials.length;
  const none = { configuration, comparisons: others.length, tied: [] };
  if (seeds < seedsForVerdict) return { ...none, verdict: "too-few-seeds" };
  if (configuration === 0) return { ...none, verdict: "baseline" };
  const pooled = pooledSeeds(
    ranked.map(({ trials }) => trials),
    of,
  );
  const noise = sweepNoise(of, evidence, pooled);
  const leads: Lead[] = [];
  // One after the other: side by side each would read the predictions of the leader for itself, and hold its own.
  for (const [rank, { configuration: choice, trials, value }] of others.entries()) {
    const isClose = rank < mostCompared || choice === 0;
    const half = isClose
      ? await noise.halfWidth(level, leader.trials, trials)
      : noise.roughHalfWidth(level, leader.trials, trials);
    leads.push({ choice, ...around(leader.value - value, half) });
  }
  const verdict = verdictOn(configuration, leads, seeds);
  const tied = leads
    .slice(0, mostCompared)
    .flatMap(({ choice, interval }) => (choice !== 0 && interval.low <= 0 ? [choice] : []));
  const baseline = others.find((other) => other.configuration === 0);
  const lead = leads.find(({ choice }) => choice === 0);
  if (!baseline || !lead) return { ...none, verdict: "within-noise", tied };
  if (verdict.kind === "winner") {
    const { mean: gain, interval } = lead;
    return { configuration, overBaseline: { mean: gain, interval }, comparisons: 1, verdict: "winner", tied };
  }
  const each = levelOfEach(others.length);
  const half = await noise.halfWidth(each, leader.trials, baseline.trials, pooled);
  const overBaseline = around(lead.mean, half);
  const isAhead = overBaseline.interval.low > 0;
  return { ...none, overBaseline, verdict: isAhead ? "ahead" : "within-noise", tied };
}

function around(middle: number, half: number): Required<SweepFigure> {
  return { mean: middle, interval: { low: middle - half, high: middle + half } };
}
