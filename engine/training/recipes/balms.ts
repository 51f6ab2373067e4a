/** Balanced meta-softmax: Ren et al. 2020, arXiv 2007.10740, section 3.3, as a second stage on frozen features. */
import { type Dataset, rowsOf } from "#engine/data/dataset.ts";
import type { GradientTally } from "#engine/losses/loss.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import type { Classifier } from "#engine/models/network.ts";
import type { LabelledRows, LinearHead } from "#engine/sampling/linearHead.ts";
import { classMembers, type Members } from "#engine/sampling/members.ts";
import {
  drawClasses,
  drawInstances,
  gumbel,
  initialPsi,
  type MetaDraw,
  type MetaState,
  metaStep,
  newAdam,
} from "#engine/sampling/metaSampler.ts";
import { createRandom, type Random } from "#engine/sampling/random.ts";
import { createSampler, type Sampler } from "#engine/sampling/samplers.ts";
import { type Evaluation, evaluate } from "../evaluation.ts";
import type { Pause } from "../pause.ts";
import { rateAt, type Stretch } from "../schedule.ts";
import type { Stage, StageArrays, StageMemory, StepSettings } from "../stage.ts";
import { featureData, featuresOf, products } from "./features.ts";
import { secondSeed, secondSettings } from "./newHead.ts";
import type { Recipe, Trained } from "./recipe.ts";

/** Above this many instances their Gumbel noise costs seconds a step. */
const mostInstances = 50_000;
/** Keeps the noise of the draws apart from other streams of the seed. */
const noiseStream = 0x67756d;

export const balms: Recipe = {
  validates: (values) => values.choice("metaSet") === "validation",
  async second(trained, stretch) {
    const { settings, values, seed, validation } = trained;
    const { train, test, columns, factor } = await featureData(trained);
    const meta = validation ? await metaRows(trained, validation, factor) : train;
    const unit = values.choice("unit");
    return new MetaStage({
      stretch,
      train,
      test,
      meta,
      columns,
      counts: trained.counts,
      seed: secondSeed(seed),
      byClass: unit === "class" || (unit === "auto" && train.rows > mostInstances),
      metaRate: values.number("metaRate"),
      power: values.number("power"),
      settings: secondSettings(settings, values.number("stageRate")),
    });
  },
};

async function metaRows(
  { network, bare, pause }: Trained,
  validation: Dataset,
  factor: number,
): Promise<Dataset> {
  if (bare) return validation;
  const features = await featuresOf(network, validation, pause);
  return rowsOf(
    features.map((value) => value * factor),
    network.featureSize,
    validation.labels,
  );
}

interface MetaTask {
  readonly stretch: Stretch;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly meta: Dataset;
  readonly columns: number;
  readonly counts: readonly number[];
  readonly seed: number;
  readonly byClass: boolean;
  readonly metaRate: number;
  readonly power: number;
  readonly settings: StepSettings;
}

/** All in 64 bits, apart from the tensor library: the head is small and its gradient has a closed form. */
class MetaStage implements Stage {
  readonly stretch: Stretch;
  private readonly task: MetaTask;
  private readonly members: Members;
  private readonly metaSampler: Sampler;
  private readonly wanted: Int32Array;
  private readonly shift: Float64Array;
  private state: MetaState;

  constructor(task: MetaTask) {
    const { train, meta, counts, seed, columns, settings, power } = task;
    const classes = counts.length;
    this.task = task;
    this.stretch = task.stretch;
    this.members = classMembers(train.labels, classes);
    this.metaSampler = createSampler("class-aware", meta.labels, classes, createRandom(seed), {
      perClass: 1,
    });
    this.wanted = new Int32Array(settings.rows);
    this.shift = Float64Array.from(counts, Math.log);
    this.state = {
      psi: initialPsi(counts, power),
      adam: newAdam(classes),
      head: zeroHead(classes, columns),
      velocity: zeroHead(classes, columns),
    };
  }

  async train(step: number, tally: GradientTally): Promise<number> {
    const { settings, metaRate, train, meta } = this.task;
    const draw = this.draw(step);
    this.metaSampler.fill(this.wanted);
    const next = metaStep(this.state, draw, rowsAt(train, draw.indices), rowsAt(meta, this.wanted), {
      sgd: {
        learningRate: this.rate(step),
        momentum: settings.momentum,
        weightDecay: settings.weightDecay,
      },
      adam: { learningRate: metaRate, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
      shift: this.shift,
    });
    addResiduals(next.residuals, draw.classes, tally);
    this.state = next.state;
    return next.innerLoss;
  }

  rate(step: number): number {
    const { settings, stretch } = this.task;
    return rateAt(settings.rate, settings.learningRate, step, stretch);
  }

  evaluate(pause: Pause, keepsLogits: boolean): Promise<Evaluation> {
    const { test, counts } = this.task;
    return evaluate(classifierOf(this.state.head), test, counts.length, pause, { keepsLogits });
  }

  async save(): Promise<StageMemory> {
    const { psi, adam, head, velocity } = this.state;
    const arrays = {
      psi,
      "adam/first": adam.first,
      "adam/second": adam.second,
      "head/weights": head.weights,
      "head/bias": head.bias,
      "velocity/weights": velocity.weights,
      "velocity/bias": velocity.bias,
    };
    return {
      arrays: Object.fromEntries(
        Object.entries(arrays).map(([name, values]) => [name, { shape: [values.length], values }]),
      ),
      loss: prepareLoss("balanced-softmax", {}, this.task.counts).save(),
      sampler: this.metaSampler.save(),
    };
  }

  restore({ arrays, sampler }: StageMemory, step: number): void {
    const { psi, head } = this.state;
    const read = (name: string, like: Float64Array): Float64Array => savedArray(arrays, name, like.length);
    this.state = {
      psi: read("psi", psi),
      adam: { steps: step, first: read("adam/first", psi), second: read("adam/second", psi) },
      head: { weights: read("head/weights", head.weights), bias: read("head/bias", head.bias) },
      velocity: { weights: read("velocity/weights", head.weights), bias: read("velocity/bias", head.bias) },
    };
    this.metaSampler.restore(sampler);
  }

  dispose(): void {}

  /** The noise of a step follows from seed and step. */
  private draw(step: number): MetaDraw {
    const { train, counts, seed, byClass, settings } = this.task;
    const random = createRandom(seed, noiseStream, step);
    const noise = (): number => gumbel(openUnit(random));
    const { psi } = this.state;
    if (!byClass) return drawInstances(psi, train.labels, settings.rows, noise);
    const { members, starts } = this.members;
    const instanceOf = (k: number): number => {
      const [from = 0, to = 0] = [starts[k], starts[k + 1]];
      return members[from + random.integer(to - from)] as number;
    };
    return drawClasses(psi, counts, settings.rows, noise, instanceOf);
  }
}

/** A number above 0 and below 1. */
function openUnit(random: Random): number {
  for (;;) {
    const value = random.next();
    if (value > 0) return value;
  }
}

function zeroHead(classes: number, columns: number): LinearHead {
  return { weights: new Float64Array(classes * columns), bias: new Float64Array(classes) };
}

function rowsAt(data: Dataset, indices: Int32Array): LabelledRows {
  const columns = data.inputShape.reduce((product, length) => product * length, 1);
  const inputs = new Float32Array(indices.length * columns);
  data.gather(indices, inputs);
  return {
    features: Float64Array.from(inputs),
    labels: indices.map((index) => data.labels[index] as number),
  };
}

/** Adds |gradient| of the mean over the drawn rows. */
function addResiduals(residuals: Float64Array, labels: Int32Array, tally: GradientTally): void {
  const classes = residuals.length / labels.length;
  for (let i = 0; i < residuals.length; i++) {
    const k = i % classes;
    const side = labels[Math.floor(i / classes)] === k ? tally.positive : tally.negative;
    side[k] = (side[k] as number) + Math.abs(residuals[i] as number) / labels.length;
  }
}

function classifierOf({ weights, bias }: LinearHead): Classifier {
  const classes = bias.length;
  return {
    classes,
    async logits({ inputs }) {
      const logits = products(inputs, weights, classes);
      return logits.map((value, i) => value + (bias[i % classes] as number));
    },
  };
}

function savedArray(arrays: StageArrays, name: string, length: number): Float64Array {
  const values = arrays[name]?.values;
  if (values instanceof Float64Array && values.length === length) return values.slice();
  throw new Error(`expected ${name} [${length}] in the checkpoint, got [${values?.length ?? 0}]`);
}
