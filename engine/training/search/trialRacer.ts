/** A loss in a race: one run on each validation split, which goes on where it was. */
import { countClasses } from "#engine/data/dataset.ts";
import type { TrainingData } from "#engine/data/inputs.ts";
import type { LossChoice } from "#protocol/training.ts";
import type { Evaluation } from "../evaluation.ts";
import { weightedRecall } from "../metric.ts";
import type { RankedSets } from "../rankedSets.ts";
import { createRun, type RunEvent, type RunSettings, type TrainingRun } from "../run.ts";
import { lookEpochs, type Racer } from "./race.ts";
import type { SplitScore } from "./splitScore.ts";

export interface RacerTask {
  readonly choice: LossChoice;
  /** `epochs` counts parts of the training, all of the same length. */
  readonly settings: RunSettings;
  /** Steps of a part. */
  readonly stepsPerEpoch: number;
  /** `test` is the validation part. */
  readonly splits: readonly TrainingData[];
  readonly weights: Float64Array;
  readonly signal?: AbortSignal;
  /** Told after each step. */
  stepped?(): void;
}

/** Recall is averaged over this share of the epochs before a look: at a high learning rate it jumps from epoch to epoch. */
const averaged = 1 / 3;

/** Epochs at whose end recall is measured for a look. */
function measuredFor(look: number): number {
  return Math.ceil(look * averaged);
}

/** A run on a split, and the recall of its latest epochs. */
interface Heat {
  readonly run: TrainingRun;
  readonly events: AsyncGenerator<RunEvent>;
  readonly data: TrainingData;
  readonly recalls: Float32Array[];
  /** Where samples have several labels: of the same epochs. */
  readonly influences: Float64Array[];
}

/**
 * Returns a racer at its start; the same task gives the same scores. A loss with a deferred phase scores as its base does
 * until the switch and would be dropped blindly; so it is trained anew for each look before the last, with the switch at
 * the same share of these epochs and the rate that the others have then.
 */
export function createRacer(task: RacerTask): Racer {
  const { choice, settings } = task;
  const heats = new Map<number, Heat>();
  return {
    async advance(epoch) {
      if (choice.schedule && epoch < settings.epochs) return rehearse(task, epoch);
      const scores: SplitScore[] = [];
      for (const split of task.splits.keys()) {
        const heat = heats.get(split) ?? open(task, split);
        heats.set(split, heat);
        scores.push(await advance(heat, epoch, task));
      }
      if (epoch === settings.epochs) dispose(heats);
      return scores;
    },
    dispose: () => dispose(heats),
    isRehearsed: choice.schedule !== undefined,
  };
}

/** The whole run in few epochs: two at least, as each phase needs one. */
async function rehearse(task: RacerTask, epoch: number): Promise<readonly SplitScore[]> {
  const epochs = Math.max(2, epoch);
  const short = createRacer({ ...task, settings: { ...task.settings, epochs, rate: { kind: "constant" } } });
  try {
    const scores = await short.advance(epochs);
    return scores.map(({ outcome: _, ...score }) => score);
  } finally {
    short.dispose();
  }
}

function open(task: RacerTask, split: number): Heat {
  const { choice, settings, splits, signal, stepsPerEpoch } = task;
  const data = splits[split] as TrainingData;
  const looks = lookEpochs(settings.epochs);
  const run = createRun({
    id: `split ${split}`,
    choice,
    seed: split + 1,
    settings,
    data,
    stepsPerEpoch,
    // Before the first look each part, to know who still rises.
    measuresAt: (epoch) =>
      epoch <= (looks[0] ?? 0) || looks.some((look) => epoch <= look && epoch > look - measuredFor(look)),
  });
  return { run, events: run.events(signal), data, recalls: [], influences: [] };
}

function dispose(heats: Map<number, Heat>): void {
  for (const { run } of heats.values()) run.dispose();
  heats.clear();
}

async function advance(heat: Heat, epoch: number, task: RacerTask): Promise<SplitScore> {
  const { run, events, data, recalls, influences } = heat;
  const last = epoch === task.settings.epochs;
  for (;;) {
    const { value: event, done } = await events.next();
    if (done) {
      task.signal?.throwIfAborted();
      throw new Error(`expected epoch ${epoch}, the run ended at step ${run.step}`);
    }
    if (event.kind === "step") task.stepped?.();
    if (event.kind === "end") return scoreAtEnd(event.evaluation, data, task.weights);
    if (event.kind !== "epoch") continue;
    recalls.push(event.report.recall);
    if (data.test.sets) influences.push(await moves(event.evaluation, task.weights));
    if (!last && event.report.epoch === epoch) return scoreAtLook(heat, epoch, task.weights);
  }
}

async function scoreAtEnd(
  evaluation: Evaluation,
  { test, classes }: TrainingData,
  weights: Float64Array,
): Promise<SplitScore> {
  const { predictions: predicted, recall } = evaluation;
  const score = {
    score: weightedRecall(recall, weights),
    recall,
    rows: countClasses(test, classes.length),
  };
  return test.sets
    ? { ...score, influence: await moves(evaluation, weights) }
    : { ...score, outcome: { truth: test.labels, predicted } };
}

function scoreAtLook({ data, recalls, influences }: Heat, epoch: number, weights: Float64Array): SplitScore {
  const recall = meanOf(recalls.slice(-measuredFor(epoch)));
  const [before, now] = recalls.slice(-2).map((each) => weightedRecall(each, weights));
  return {
    score: weightedRecall(recall, weights),
    recall,
    rows: countClasses(data.test, data.classes.length),
    ...(before === undefined || now === undefined ? {} : { rise: now - before }),
    ...(data.test.sets ? { influence: meanOf(influences.slice(-measuredFor(epoch))) } : {}),
  };
}

function moves({ influence }: Evaluation, weights: Float64Array): Promise<Float64Array> {
  return (influence as RankedSets["influence"])(weights);
}

function meanOf(recalls: readonly (Float32Array | Float64Array)[]): Float64Array {
  const [first] = recalls;
  return Float64Array.from(first ?? [], (_, k) =>
    recalls.reduce((sum, recall) => sum + (recall[k] as number) / recalls.length, 0),
  );
}
