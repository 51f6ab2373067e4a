/** A part of a run: what is trained in it, and on what. */

import { type Augmentation, augment } from "#engine/data/augmentation.ts";
import type { Dataset } from "#engine/data/dataset.ts";
import type { GradientTally, PreparedLoss } from "#engine/losses/loss.ts";
import type { LossMemory } from "#engine/losses/memory.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { background, type Targets } from "#engine/losses/targets.ts";
import { classesOf, fillMultiHot, type LabelSets } from "#engine/manifest/labelSets.ts";
import type { Batch, HeadKind, Network } from "#engine/models/network.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { createSampler, type Sampler, type SamplerMemory } from "#engine/sampling/samplers.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses } from "#protocol/losses.ts";
import type { OptimizerId, RateSchedule } from "#protocol/training.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import { type LossRows, lossRows, readingOf, withBackgroundClass } from "./lossRows.ts";
import type { Pause } from "./pause.ts";
import { type Phase, phaseAt } from "./phases.ts";
import { rateAt, type Stretch } from "./schedule.ts";

/** Arrays by name, as a checkpoint takes them. */
export type StageArrays = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array | Float64Array }>
>;

/** All that decides the next step of a stage, as plain data. */
export interface StageMemory {
  readonly arrays: StageArrays;
  readonly loss: LossMemory;
  readonly sampler: SamplerMemory;
}

export interface Stage {
  readonly stretch: Stretch;
  /** Trains step `step` of this stage (from 0), adds |gradient| of the logits to the tally; returns the loss. */
  train(step: number, tally: GradientTally): Promise<number>;
  rate(step: number): number;
  /** Measures on the test part; `keepsLogits` as in `EvaluationOptions`. */
  evaluate(pause: Pause, keepsLogits: boolean): Promise<Evaluation>;
  /** `step`: the next one. */
  save(step: number): Promise<StageMemory>;
  restore(memory: StageMemory, step: number): void;
  dispose(): void;
}

/** How steps are taken. */
export interface StepSettings {
  readonly rows: number;
  readonly learningRate: number;
  readonly rate: RateSchedule;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly optimizer: OptimizerId;
  readonly augmentation?: Augmentation;
}

export interface StageTask {
  readonly stretch: Stretch;
  readonly phases: readonly [PreparedPhase, ...PreparedPhase[]];
  readonly network: Network;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly classes: number;
  readonly settings: StepSettings;
}

/** A phase with its loss and sampler at their start. */
export interface PreparedPhase {
  readonly from: number;
  readonly loss: PreparedLoss;
  readonly sampler: Sampler;
  /** Of the rows to draw from, as the loss takes them: one a row, or one a pixel of each. */
  readonly labels: Int32Array;
}

/** What the phases of a stage are made for. */
export interface PhaseSetup {
  readonly counts: readonly number[];
  readonly labels: Int32Array;
  /** As in `Dataset`, as what follows. */
  readonly pixels?: number;
  readonly sets?: LabelSets;
  readonly seed: number;
  readonly epochs: number;
}

/** Returns phases with losses and samplers; a loss or sampler that goes on keeps what it has learnt. */
export function preparePhases(
  [first, ...later]: readonly [Phase, ...Phase[]],
  { counts, labels, pixels, sets, seed, epochs }: PhaseSetup,
): [PreparedPhase, ...PreparedPhase[]] {
  const lossOf = ({ loss, parameters }: Phase): Pick<PreparedPhase, "loss" | "labels"> => {
    const rows = sets ? { labels, counts } : lossRows(loss, labels, counts);
    const prepared = prepareLoss(loss, parameters, rows.counts);
    prepared.check(sets ? emptyRow(counts.length) : { labels: rows.labels });
    return { loss: prepared, labels: rows.labels };
  };
  const drawn = drawnRows(labels, counts, pixels, sets);
  const samplerOf = ({ sampler, from }: Phase): Sampler =>
    createSampler(
      sampler,
      drawn.labels,
      drawn.counts.length,
      createRandom(seed, ...(from > 0 ? [from] : [])),
      {
        epochs: epochs - from,
        ...(sets ? { classesOf: (sample: number) => classesOf(sets, sample) } : {}),
      },
    );
  const prepared: [PreparedPhase, ...PreparedPhase[]] = [
    { from: 0, ...lossOf(first), sampler: samplerOf(first) },
  ];
  let [before, last] = [first, prepared[0]];
  for (const phase of later) {
    const sameLoss =
      phase.loss === before.loss && JSON.stringify(phase.parameters) === JSON.stringify(before.parameters);
    const { loss, labels: own } = sameLoss ? last : lossOf(phase);
    requireSameHead(last.loss, loss);
    const sampler = phase.sampler === before.sampler ? last.sampler : samplerOf(phase);
    [before, last] = [phase, { from: phase.from, loss, labels: own, sampler }];
    prepared.push(last);
  }
  return prepared;
}

/** What samplers draw from: an image with a label for each pixel is of no one class. */
function drawnRows(
  labels: Int32Array,
  counts: readonly number[],
  pixels: number | undefined,
  sets: LabelSets | undefined,
): LossRows {
  if (sets) return { labels, counts };
  if (pixels === undefined) return withBackgroundClass(labels, counts);
  return { labels: new Int32Array(labels.length / pixels), counts: [labels.length / pixels] };
}

/** A row without labels: whether a loss takes sets of labels at all. */
function emptyRow(classes: number): Targets {
  return { labels: new Int32Array(1), multiHot: new Uint8Array(classes) };
}

/** LDAM takes cosines; all others take logits of any size. */
export function headOf(loss: LossId): HeadKind {
  return loss === "ldam" ? "cosine" : "linear";
}

/** Throws `settings/invalid` where one network cannot be trained with both losses. */
export function requireSameHead(a: PreparedLoss, b: PreparedLoss): void {
  if (a.columns === b.columns && headOf(a.id) === headOf(b.id)) return;
  throw new EquipoiseError(
    "settings/invalid",
    t`${losses[a.id].title} cannot give way to ${losses[b.id].title} within a run: they need different heads. Choose two losses with the same head.`,
  );
}

/** Returns a stage that trains a network by gradients of its logits. */
export function createStage(task: StageTask): Stage {
  return new NetworkStage(task);
}

class NetworkStage implements Stage {
  readonly stretch: Stretch;
  private readonly task: StageTask;
  private readonly wanted: Int32Array;
  private readonly labels: Int32Array;
  private readonly quality: Float32Array | undefined;
  private readonly multiHot: Uint8Array | undefined;
  private readonly batch: Batch;
  private readonly gradient: Float32Array;
  /** Of the step trained last: what its logits mean. */
  private lastLoss: PreparedLoss;

  constructor(task: StageTask) {
    const { train, settings, network } = task;
    this.task = task;
    this.stretch = task.stretch;
    const { rows } = settings;
    const width = train.inputShape.reduce((product, length) => product * length, 1);
    this.wanted = new Int32Array(rows);
    const { pixels = 1 } = train;
    this.labels = new Int32Array(rows * pixels);
    this.quality = train.quality && new Float32Array(rows);
    this.multiHot = train.sets && new Uint8Array(rows * task.classes);
    this.batch = { inputs: new Float32Array(rows * width), rows };
    this.gradient = new Float32Array(rows * pixels * network.classes);
    this.lastLoss = task.phases[0].loss;
  }

  async train(step: number, tally: GradientTally): Promise<number> {
    const { train, network, settings } = this.task;
    const phase = this.phase(step);
    const { loss, sampler } = phase;
    this.lastLoss = loss;
    sampler.fill(this.wanted);
    train.gather(this.wanted, this.batch.inputs);
    if (settings.augmentation) augment(this.batch.inputs, step, settings.augmentation);
    const targets = this.targetsOf(phase);
    let value = Number.NaN;
    await network.step(
      this.batch,
      (logits) => {
        value = loss.step(logits, targets, this.gradient, tally);
        return this.gradient;
      },
      {
        learningRate: this.rate(step),
        momentum: settings.momentum,
        weightDecay: settings.weightDecay,
        ...(settings.optimizer === "adam" ? { adamStep: step + 1 } : {}),
      },
    );
    return value;
  }

  /** What the drawn rows are; overwritten by the next step. */
  private targetsOf({ loss, labels }: PreparedPhase): Targets {
    const { train, classes } = this.task;
    const { pixels = 1, quality, sets } = train;
    if (sets && this.multiHot) {
      fillMultiHot(sets, this.wanted, classes, this.multiHot);
      return { labels: this.labels, multiHot: this.multiHot };
    }
    for (const [i, row] of this.wanted.entries()) {
      if (pixels === 1) this.labels[i] = labels[row] as number;
      else this.labels.set(labels.subarray(row * pixels, (row + 1) * pixels), i * pixels);
      if (this.quality) this.quality[i] = quality?.[row] ?? 1;
    }
    const { quality: drawn } = this;
    return { labels: this.labels, ...(drawn && loss.takesQuality ? { quality: drawn } : {}) };
  }

  rate(step: number): number {
    const { settings, stretch } = this.task;
    return rateAt(settings.rate, settings.learningRate, step, stretch);
  }

  evaluate(pause: Pause, keepsLogits: boolean): Promise<Evaluation> {
    const { network, train, test, classes } = this.task;
    const reading = readingOf(this.lastLoss, classes, train.labels.includes(background));
    return evaluate(network, test, classes, pause, { reading, keepsLogits });
  }

  async save(step: number): Promise<StageMemory> {
    const { loss, sampler } = this.phase(step);
    return { arrays: await this.task.network.save(), loss: loss.save(), sampler: sampler.save() };
  }

  restore({ arrays, loss, sampler }: StageMemory, step: number): void {
    const phase = this.phase(step);
    this.lastLoss = this.phase(Math.max(0, step - 1)).loss;
    this.task.network.restore(arrays as Parameters<Network["restore"]>[0]);
    phase.loss.restore(loss);
    phase.sampler.restore(sampler);
  }

  dispose(): void {
    this.task.network.dispose();
  }

  private phase(step: number): PreparedPhase {
    const { phases, stretch } = this.task;
    return phaseAt(phases, Math.floor(step / stretch.perEpoch));
  }
}
