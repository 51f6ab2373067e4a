/** Measured advice: losses race on validation splits of the user's own training data. */

import { startBackend } from "#engine/backends/backend.ts";
import { countClasses } from "#engine/data/dataset.ts";
import { loadInputs, type TrainingData } from "#engine/data/inputs.ts";
import { readParts } from "#engine/data/parts.ts";
import { requireSameKind } from "#engine/data/split.ts";
import { recommend } from "#engine/recommendation/recommend.ts";
import { metricOf } from "#engine/statistics/metric.ts";
import type { AdviceProgress, MeasuredAdvice } from "#protocol/advice.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { withDefaults } from "#protocol/losses.ts";
import type { ExperimentPlan, LossChoice, RateSchedule } from "#protocol/training.ts";
import { metricWeights } from "../metric.ts";
import { checkPlan } from "../plan.ts";
import { severalView, viewOf } from "../proposeLosses.ts";
import { createRun, type RunSettings, stepsPerEpoch } from "../run.ts";
import { searchCandidates, sigmoidCandidates } from "./candidates.ts";
import { decide } from "./decide.ts";
import { lookEpochs, mostAfter, race } from "./race.ts";
import { createRacer } from "./trialRacer.ts";
import { type ValidationSplits, validationSplits } from "./validationSplits.ts";

export interface MeasureOptions {
  /** Absent: as long as the epochs of the plan take. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  progress?(progress: AdviceProgress): void;
}

/** Steps timed before the epochs are fixed, and the most seconds that this may take. */
const timed = { steps: 12, seconds: 3 };
/** Part of the time that is planned; the rest is for evaluation and for a machine with other work. */
const planned = 0.8;
/** Fewer candidates than this are no search. */
const leastCandidates = 4;
/** Equal parts of a training, between which a race looks: within an epoch where there are few. */
const parts = 36;

/**
 * Returns which loss, parameters and sampler do best on validation splits of the plan's training part; the plan's test
 * part is not looked at. Its losses and seeds do not count. Throws `settings/invalid` for crops and masks, and what
 * reading the data throws; an abort throws the signal's reason.
 */
export async function measureAdvice(
  plan: ExperimentPlan,
  options: MeasureOptions = {},
): Promise<MeasuredAdvice> {
  const began = performance.now();
  checkPlan({ ...plan, losses: [baselineOf(plan)] });
  requireSamples(plan);
  options.progress?.({ message: t`Reading inputs`, share: 0 });
  const split = await readParts(plan);
  requireSameKind(plan, split);
  const data = await loadInputs(
    plan,
    split,
    (message) => options.progress?.({ message, share: 0 }),
    options.signal,
  );
  await startBackend(plan.backend);
  return measureOn(data, plan, options, began);
}

/** As `measureAdvice`, on data that are read already. */
export async function measureOn(
  data: TrainingData,
  plan: ExperimentPlan,
  { seconds, signal, progress }: MeasureOptions,
  began: number = performance.now(),
): Promise<MeasuredAdvice> {
  const validation = validationSplits(data);
  const [first] = validation.splits;
  const weights = metricWeights(
    plan.objective,
    data.classes,
    validationCounts(validation, data.classes.length),
  );
  const { choices: all, isGainExpected } = candidatesFor(data, plan);
  const extent = await extentOf(all, plan, validation, seconds, began, signal);
  let steps = extent.steps;
  const settings = { ...plan, epochs: extent.parts, rate: stretched(plan, extent.parts) };
  const perEpoch = stepsPerEpoch(plan, first?.train.rows ?? 1);
  const epochsOf = (count: number): number => Math.round((10 * count * extent.length) / perEpoch) / 10;
  const choices = all.slice(0, extent.candidates);
  const racers = choices.map((choice) =>
    createRacer({
      choice,
      settings,
      stepsPerEpoch: extent.length,
      splits: validation.splits,
      weights,
      ...(signal ? { signal } : {}),
      stepped: () => steps++,
    }),
  );
  let cutShort = false;
  try {
    const standings = await race(racers, {
      epochs: settings.epochs,
      weights,
      timeIsUp() {
        cutShort = seconds !== undefined && performance.now() - began > 1000 * seconds;
        return cutShort;
      },
      progress: (done, of) =>
        progress?.({ message: t`Trying ${choices.length} losses and settings`, share: done / of }),
    });
    const told = standings.map((standing) => ({ ...standing, epochs: epochsOf(standing.epochs) }));
    return {
      ...decide({
        choices,
        standings: told,
        weights,
        validation,
        metric: metricOf(plan),
        cutShort,
        isGainExpected,
      }),
      baseline: choices[0] as LossChoice,
      epochs: epochsOf(extent.parts),
      splits: validation.splits.length,
      smallest: validation.smallest,
      steps,
      allSteps: choices.length * validation.splits.length * extent.parts * extent.length,
      seconds: (performance.now() - began) / 1000,
      cutShort,
    };
  } finally {
    for (const racer of racers) racer.dispose();
  }
}

/** What every loss is measured against. */
function baselineOf({ isMultiLabel }: ExperimentPlan): LossChoice {
  const loss = isMultiLabel ? "binary-cross-entropy" : "cross-entropy";
  return { loss, parameters: withDefaults(loss, {}), sampler: "instance-balanced" };
}

/** Of several labels a sample no public measurement says that a loss helps, so that nothing is expected there. */
function candidatesFor(
  { classes, counts, train }: TrainingData,
  { inputs, objective }: ExperimentPlan,
): { readonly choices: readonly LossChoice[]; readonly isGainExpected: boolean } {
  if (train.sets) {
    const advised = recommend(severalView(classes, counts, train.rows), objective);
    return { choices: sigmoidCandidates(counts, advised), isGainExpected: false };
  }
  const advised = recommend(viewOf(classes, counts, inputs), objective);
  return {
    choices: searchCandidates(counts, advised),
    isGainExpected: advised !== undefined && advised.loss !== "cross-entropy",
  };
}

function requireSamples({ inputs }: ExperimentPlan): void {
  if (inputs === "embeddings" || inputs === "images") return;
  throw new EquipoiseError(
    "settings/invalid",
    t`Advice is measured on whole samples, and these are ${inputs}. Compare losses instead: equipoise compare.`,
  );
}

function validationCounts({ splits }: ValidationSplits, classes: number): number[] {
  const parts = splits.map(({ test }) => countClasses(test, classes));
  return Array.from({ length: classes }, (_, k) => parts.reduce((sum, counts) => sum + (counts[k] ?? 0), 0));
}

interface Extent {
  /** Parts of a training to the end, and steps of each. */
  readonly parts: number;
  readonly length: number;
  readonly candidates: number;
  /** Steps taken to find out. */
  readonly steps: number;
}

/** Length of a training to the end, and how many candidates there is time for: the first ones are believed in most. */
async function extentOf(
  choices: readonly LossChoice[],
  plan: RunSettings,
  { splits }: ValidationSplits,
  seconds: number | undefined,
  began: number,
  signal: AbortSignal | undefined,
): Promise<Extent> {
  const [data] = splits;
  const [baseline] = choices;
  const perEpoch = stepsPerEpoch(plan, data?.train.rows ?? 1);
  const most = divided(Math.ceil((plan.epochs * perEpoch) / splits.length));
  if (seconds === undefined || !data || !baseline) return { ...most, candidates: choices.length, steps: 0 };
  const pace = await timeSteps(baseline, plan, data, signal);
  const left = planned * seconds - (performance.now() - began) / 1000;
  const fits = (candidates: number, { parts: count, length }: typeof most): boolean =>
    raceCost(candidates, count) * length * splits.length * pace.seconds <= left;
  for (let total = most.parts * most.length; total >= parts; total = Math.floor(total * 0.9)) {
    const extent = divided(total);
    if (fits(choices.length, extent)) return { ...extent, candidates: choices.length, steps: pace.steps };
  }
  const least = divided(Math.min(parts, most.parts * most.length));
  let candidates = choices.length;
  while (candidates > leastCandidates && !fits(candidates, least)) candidates--;
  return { ...least, candidates, steps: pace.steps };
}

function divided(steps: number): { readonly parts: number; readonly length: number } {
  const length = Math.max(1, Math.round(steps / parts));
  return { parts: Math.max(1, Math.round(steps / length)), length };
}

/** The course of the learning rate over the whole training, told in parts of a shorter one instead of its epochs. */
function stretched({ rate, epochs }: ExperimentPlan, count: number): RateSchedule {
  const { kind, warmup = 0, steps = [] }: RateSchedule = rate ?? { kind: "cosine" };
  const share = count / epochs;
  return {
    kind,
    warmup: warmup * share,
    steps: steps.map(({ epoch, factor }) => ({ epoch: epoch * share, factor })),
  };
}

/** Returns parts of a training that a race takes on one split, at most. */
export function raceCost(candidates: number, epochs: number): number {
  let alive = candidates;
  let before = 0;
  let sum = 0;
  for (const epoch of lookEpochs(epochs)) {
    sum += alive * (epoch - before);
    before = epoch;
    // The baseline may go on beside the best.
    alive = Math.min(alive, mostAfter(epoch, epochs, alive) + 1);
  }
  return sum;
}

async function timeSteps(
  choice: LossChoice,
  settings: RunSettings,
  data: TrainingData,
  signal: AbortSignal | undefined,
): Promise<{ readonly seconds: number; readonly steps: number }> {
  const run = createRun({ id: "pace", choice, seed: 1, settings, data });
  try {
    let start = performance.now();
    let steps = 0;
    for await (const { kind } of run.events(signal)) {
      if (kind !== "step") continue;
      // The first step compiles kernels and allocates.
      if (++steps === 1) start = performance.now();
      const spent = (performance.now() - start) / 1000;
      if (steps > timed.steps || (steps > 1 && spent > timed.seconds))
        return { seconds: spent / (steps - 1), steps };
    }
    signal?.throwIfAborted();
    return { seconds: (performance.now() - start) / 1000 / Math.max(1, steps - 1), steps };
  } finally {
    run.dispose();
  }
}
