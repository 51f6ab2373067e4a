/** One training: a loss, a seed, and reports as it goes. */

import { countClasses, subsetOf } from "#engine/data/dataset.ts";
import { holdOut } from "#engine/data/heldOut.ts";
import type { TrainingData } from "#engine/data/inputs.ts";
import type { LossMemory } from "#engine/losses/memory.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import type { Classifier, NetworkState } from "#engine/models/network.ts";
import type { SamplerMemory } from "#engine/sampling/samplers.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { EpochReport, ExperimentPlan, GradientReport, LossChoice, RunId } from "#protocol/training.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import { addStep, copySums, createTally, isReported, type RunTally, startWindow } from "./gradientRatio.ts";
import { createPause, type Pause } from "./pause.ts";
import { phasesOf } from "./phases.ts";
import type { Trained } from "./recipes/recipe.ts";
import { checkRecipe, type PreparedRecipe, prepareRecipe } from "./recipes/recipes.ts";
import {
  createStage,
  headOf,
  preparePhases,
  type Stage,
  type StageArrays,
  type StepSettings,
} from "./stage.ts";

export type RunSettings = Pick<
  ExperimentPlan,
  | "model"
  | "epochs"
  | "batchSize"
  | "learningRate"
  | "rate"
  | "momentum"
  | "weightDecay"
  | "optimizer"
  | "augmentation"
>;

export interface RunTask {
  readonly id: RunId;
  readonly choice: LossChoice;
  readonly seed: number;
  readonly settings: RunSettings;
  readonly data: TrainingData;
  /** Whether the last evaluation has the logits and the figures that only they tell; absent: it has not. */
  readonly keepsLogits?: boolean;
  /** Steps that count as an epoch; absent: as many as draw every sample once. */
  readonly stepsPerEpoch?: number;
  /** Whether to measure and report at the end of an epoch (from 1) before the last; absent: at every one. */
  measuresAt?(epoch: number): boolean;
}

export type RunEvent =
  | { readonly kind: "step"; readonly epoch: number; readonly step: number }
  | { readonly kind: "gradient"; readonly gradient: GradientReport }
  | {
      readonly kind: "epoch";
      readonly report: EpochReport;
      readonly gradient: GradientReport;
      readonly learningRate: number;
      /** What the report is made of. */
      readonly evaluation: Evaluation;
    }
  | { readonly kind: "end"; readonly evaluation: Evaluation };

/** All that decides the next step, as plain data. */
export interface RunCheckpoint {
  readonly step: number;
  readonly epochsReported: number;
  /** Sum of the batch losses of the present epoch. */
  readonly lossSum: number;
  readonly network: NetworkState;
  /** Of the present stage and phase, as `sampler`. */
  readonly loss: LossMemory;
  readonly sampler: SamplerMemory;
  readonly tally: RunTally;
  /** What the second stage has learnt, once it has begun. */
  readonly second?: StageArrays;
}

export interface TrainingRun {
  /**
   * Trains and reports; goes on from the last checkpoint restored. After an abort it ends within one step, without
   * an `end` event. Throws `run/failed` where the loss is no longer a number.
   */
  events(signal?: AbortSignal): AsyncGenerator<RunEvent>;
  /** Steps done. */
  readonly step: number;
  save(): Promise<RunCheckpoint>;
  restore(checkpoint: RunCheckpoint): void;
  dispose(): void;
}

/** Returns rows of one batch: the batch size, or all rows where there are fewer. */
export function batchRows(settings: Pick<RunSettings, "batchSize">, samples: number): number {
  return Math.min(settings.batchSize, samples);
}

/** Returns steps of one epoch: every sample is drawn once, the last batch filled up from the next pass. */
export function stepsPerEpoch(settings: Pick<RunSettings, "batchSize">, samples: number): number {
  return Math.ceil(samples / batchRows(settings, samples));
}

/** Returns a run at its first step. Throws `settings/invalid` or `loss/unsuitable` where the loss does not fit. */
export function createRun(task: RunTask): TrainingRun {
  return new Training(task);
}

class Training implements TrainingRun {
  step = 0;
  private epochsReported = 0;
  private lossSum = 0;
  private readonly task: RunTask;
  private readonly prepared: PreparedRecipe;
  private readonly first: First;
  private readonly tally: RunTally;
  private readonly stepTally: RunTally["window"];
  private readonly perEpoch: number;
  private second: Stage | undefined;
  /** A second stage to go on with, once the features are there. */
  private waiting: RunCheckpoint | undefined;

  constructor(task: RunTask) {
    const { classes } = task.data;
    this.task = task;
    this.perEpoch = task.stepsPerEpoch ?? stepsPerEpoch(task.settings, task.data.train.rows);
    this.prepared = prepareRecipe(task.choice, task.settings.epochs);
    this.first = createFirst(task, this.prepared, this.perEpoch);
    this.tally = createTally(classes.length);
    this.stepTally = createTally(classes.length).window;
  }

  async *events(signal?: AbortSignal): AsyncGenerator<RunEvent> {
    try {
      yield* this.train(createPause(signal));
    } catch (problem) {
      if (!signal?.aborted) throw problem;
    }
  }

  private async *train(pause: Pause): AsyncGenerator<RunEvent> {
    const total = this.task.settings.epochs * this.perEpoch;
    let evaluation: Evaluation | undefined;
    await this.takeUp(pause);
    for (;;) {
      if (this.step > 0 && this.step % this.perEpoch === 0 && this.epochsReported < this.epoch) {
        if (this.step === total || (this.task.measuresAt?.(this.epoch) ?? true)) {
          evaluation = await this.evaluate(pause, this.step === total);
          yield this.endEpoch(evaluation);
        } else this.epochsReported = this.epoch;
      }
      if (this.step === total) break;
      await pause();
      if (this.step >= this.secondFrom) await this.enterSecond(pause);
      await this.trainStep();
      const { epoch, step } = this;
      yield { kind: "step", epoch, step };
      if (step < this.perEpoch && isReported(step))
        yield { kind: "gradient", gradient: this.gradientReport() };
    }
    yield { kind: "end", evaluation: evaluation ?? (await this.evaluate(pause, true)) };
  }

  /** From 1; of the last step done. */
  private get epoch(): number {
    return Math.max(1, Math.ceil(this.step / this.perEpoch));
  }

  /** The first step of the second stage. */
  private get secondFrom(): number {
    return this.prepared.secondEpochs > 0 ? this.prepared.firstEpochs * this.perEpoch : Infinity;
  }

  private async trainStep(): Promise<void> {
    if (this.step % this.perEpoch === 0) {
      startWindow(this.tally);
      this.lossSum = 0;
    }
    const value = this.second
      ? await this.second.train(this.step - this.secondFrom, this.stepTally)
      : await this.first.stage.train(this.step, this.stepTally);
    this.step++;
    if (!Number.isFinite(value)) throw diverged(this.step, this.task.settings.learningRate);
    addStep(this.tally, this.stepTally);
    this.lossSum += value;
  }

  /** What the recipe makes of the network predicts at the end, the network itself before. */
  private async evaluate(pause: Pause, last: boolean): Promise<Evaluation> {
    const { data, keepsLogits: wanted = false } = this.task;
    const keepsLogits = wanted && last;
    const finish = last ? this.prepared.recipe.finish : undefined;
    if (!finish) return (this.second ?? this.first.stage).evaluate(pause, keepsLogits);
    const classifier: Classifier = await finish(this.trained(pause));
    return evaluate(classifier, data.test, data.classes.length, pause, { keepsLogits });
  }

  private trained(pause: Pause): Trained {
    const { task, first, prepared } = this;
    return {
      ...first,
      bare: task.settings.model === "linear",
      test: task.data.test,
      seed: task.seed,
      values: prepared.values,
      pause,
    };
  }

  private async enterSecond(pause: Pause): Promise<void> {
    const { recipe, secondEpochs } = this.prepared;
    const stretch = { epochs: secondEpochs, perEpoch: this.perEpoch };
    this.second ??= await recipe.second?.(this.trained(pause), stretch);
  }

  /** Goes on with a second stage that was saved: its features are computed anew, from the same network. */
  private async takeUp(pause: Pause): Promise<void> {
    const { waiting } = this;
    this.waiting = undefined;
    if (!waiting?.second) return;
    await this.enterSecond(pause);
    const { second: arrays, loss, sampler, step } = waiting;
    this.second?.restore({ arrays, loss, sampler }, step - this.secondFrom);
  }

  private endEpoch(evaluation: Evaluation): RunEvent {
    const { epoch, step } = this;
    this.epochsReported = epoch;
    const { accuracy, balancedAccuracy, recall } = evaluation;
    const loss = this.lossSum / this.perEpoch;
    return {
      kind: "epoch",
      report: { run: this.task.id, epoch, step, loss, accuracy, balancedAccuracy, recall },
      gradient: this.gradientReport(),
      evaluation,
      learningRate: this.second
        ? this.second.rate(step - 1 - this.secondFrom)
        : this.first.stage.rate(step - 1),
    };
  }

  private gradientReport(): GradientReport {
    return {
      run: this.task.id,
      epoch: this.epoch,
      step: this.step,
      window: copySums(this.tally.window),
      accumulated: copySums(this.tally.accumulated),
    };
  }

  async save(): Promise<RunCheckpoint> {
    // Nothing was trained since this was restored.
    if (this.waiting) return this.waiting;
    const { step, epochsReported, lossSum } = this;
    const second = await this.second?.save(step - this.secondFrom);
    const { loss, sampler } = second ?? (await this.first.stage.save(step));
    return {
      step,
      epochsReported,
      lossSum,
      network: await this.first.network.save(),
      loss,
      sampler,
      tally: { window: copySums(this.tally.window), accumulated: copySums(this.tally.accumulated) },
      ...(second ? { second: second.arrays } : {}),
    };
  }

  restore(checkpoint: RunCheckpoint): void {
    checkClasses(checkpoint, this.task.data.classes.length);
    this.step = checkpoint.step;
    this.epochsReported = checkpoint.epochsReported;
    this.lossSum = checkpoint.lossSum;
    const { network, loss, sampler, second } = checkpoint;
    if (second) {
      this.first.network.restore(network);
      this.waiting = checkpoint;
    } else this.first.stage.restore({ arrays: network, loss, sampler }, this.step);
    for (const part of ["window", "accumulated"] as const) {
      this.tally[part].positive.set(checkpoint.tally[part].positive);
      this.tally[part].negative.set(checkpoint.tally[part].negative);
    }
  }

  dispose(): void {
    this.first.stage.dispose();
    this.second?.dispose();
  }
}

/** The stage that trains the network, and what it trains on. */
type First = Pick<Trained, "network" | "train" | "validation" | "counts" | "settings"> & {
  readonly stage: Stage;
};

function createFirst(task: RunTask, prepared: PreparedRecipe, perEpoch: number): First {
  const { choice, seed, settings, data } = task;
  const classes = data.classes.length;
  const held = prepared.validates ? holdOut(data.train.labels, classes) : undefined;
  const train = held ? subsetOf(data.train, held.train) : data.train;
  const counts = held ? countClasses(train, classes) : data.counts;
  const epochs = prepared.firstEpochs;
  const { labels, pixels, sets } = train;
  const setup = {
    counts,
    labels,
    seed,
    epochs,
    ...(pixels === undefined ? {} : { pixels }),
    ...(sets ? { sets } : {}),
  };
  const phases = preparePhases(phasesOf(choice, epochs), setup);
  const [{ loss }] = phases;
  checkRecipe(choice, settings.epochs, loss.columns, data.counts);
  const network = createNetwork({
    model: settings.model,
    inputShape: train.inputShape,
    classes: loss.columns,
    seed,
    ...(loss.biasStart === undefined ? {} : { biasStart: loss.biasStart }),
    decayBias: loss.decayBias,
    head: headOf(loss.id),
  });
  const steps = stepSettings(task, batchRows(settings, data.train.rows));
  const stretch = { epochs, perEpoch };
  return {
    network,
    train,
    validation: held && subsetOf(data.train, held.test),
    counts,
    settings: steps,
    stage: createStage({ stretch, phases, network, train, test: data.test, classes, settings: steps }),
  };
}

function stepSettings({ settings, data, seed }: RunTask, rows: number): StepSettings {
  const { learningRate, momentum, weightDecay, rate, optimizer = "sgd", augmentation = [] } = settings;
  const { inputShape, zero } = data.train;
  const black = zero?.subarray(0, inputShape[2] ?? 0) ?? new Float32Array(inputShape[2] ?? 0);
  return {
    rows,
    learningRate,
    rate: rate ?? { kind: "cosine" },
    momentum,
    weightDecay,
    optimizer,
    ...(augmentation.length > 0
      ? { augmentation: { kinds: augmentation, shape: inputShape, black, seed } }
      : {}),
  };
}

function checkClasses({ tally }: RunCheckpoint, classes: number): void {
  const saved = tally.accumulated.positive.length;
  if (saved === classes) return;
  throw new EquipoiseError(
    "run/failed",
    t`The saved state has ${saved} classes, the data ${classes}. Start the run anew.`,
  );
}

function diverged(step: number, learningRate: number): EquipoiseError {
  return new EquipoiseError(
    "run/failed",
    t`Training diverged: the loss is not a number at step ${step.toLocaleString("en")}. Lower the learning rate (now ${learningRate}).`,
  );
}
