import * as tf from "@tensorflow/tfjs";
import { expect, test, vi } from "vitest";
import { samplerAsCode } from "#engine/targets/code.ts";
import { pythonHas, runPython } from "./codeSuite.ts";
import { generatedModule } from "./generatedModule.ts";
import {
  type MetaAnswers,
  type MetaQuestion,
  type MetaRun,
  metaSamplerSuite,
  type Shares,
  type SharesQuestion,
} from "./metaSamplerSuite.ts";

const torch = pythonHas("torch", "the Meta Sampler in PyTorch was not run");
metaSamplerSuite(
  "pytorch",
  "PyTorch",
  64,
  torch ? (questions) => runPython<MetaAnswers>("runMetaSampler.py", questions) : undefined,
);

const keras = pythonHas("keras, tensorflow", "the Meta Sampler for Keras was not run");
metaSamplerSuite(
  "keras",
  "Keras",
  64,
  keras ? (questions) => runPython<MetaAnswers>("runMetaSamplerKeras.py", questions) : undefined,
);

metaSamplerSuite("tensorflowjs", "TensorFlow.js", 32, async ({ cases, shares }) => {
  await tf.setBackend("cpu");
  const runs: MetaRun[] = [];
  for (const each of cases) runs.push(await runCase(each));
  return { cases: runs, shares: await sharesOf(shares), refusals: await refusalsOf(shares) };
});

type Criterion = (logits: tf.Tensor, labels: tf.Tensor) => tf.Scalar;

/** What the tests use of the generated sampler. */
interface Running {
  readonly psi: readonly number[];
  readonly gradient: readonly number[];
  draw(size: number, noise?: (draw: number, at: number) => number): Int32Array;
  step(
    head: tf.layers.Layer,
    optimizer: tf.Optimizer,
    criterion: Criterion,
    ...given: readonly tf.Tensor[]
  ): Promise<[number, number]>;
  probabilities(): number[];
  state(): unknown;
  restore(state: unknown): void;
}
type Sampler = new (labels: readonly number[], options?: object) => Running;

async function exported<T>(source: string, name: string): Promise<T> {
  return (await generatedModule(source))[name] as T;
}

const samplerIn = (source: string): Promise<Sampler> => exported<Sampler>(source, "MetaSampler");
const matrix = (rows: readonly (readonly number[])[]): tf.Tensor2D =>
  tf.tensor2d(rows.map((row) => [...row]));
const integers = (values: Iterable<number>): tf.Tensor1D => tf.tensor1d([...values], "int32");

function headOf({ W0, b0, params }: MetaQuestion): tf.layers.Layer {
  // The decay of the golden vectors is a gradient, as that of a regulariser is.
  const decay = tf.regularizers.l2({ l2: params.weightDecay / 2 });
  const head = tf.layers.dense({ units: b0.length, kernelRegularizer: decay, biasRegularizer: decay });
  head.build([null, W0[0]!.length]);
  head.setWeights([matrix(W0).transpose(), tf.tensor1d([...b0])]);
  return head;
}

async function runCase(each: MetaQuestion): Promise<MetaRun> {
  const { params, instanceLabels, features, metaFeatures, metaLabels } = each;
  const Sampler = await samplerIn(each.source);
  const criterion = await exported<Criterion>(each.criterion, "balancedSoftmaxLoss");
  const { initPow, temperature, metaLr } = params;
  const started = (): Running =>
    new Sampler(instanceLabels, { power: initPow, temperature, learningRate: metaLr, unit: "instance" });
  const sampler = started();
  const head = headOf(each);
  const optimizer = tf.train.momentum(params.lr, params.momentum);
  const psi0 = [...sampler.psi];
  const steps: MetaRun["steps"][number][] = [];
  let resumed: MetaRun["resumed"] = [false, []];
  for (const [at, { gumbel }] of each.steps.entries()) {
    const rows = [...sampler.draw(gumbel.length, (draw, i) => gumbel[draw]![i]!)];
    const x = matrix(rows.map((row) => features[row]!));
    const y = integers(rows.map((row) => instanceLabels[row]!));
    const meta = [matrix(metaFeatures), integers(metaLabels)] as const;
    const [innerLoss, metaLoss] = await sampler.step(head, optimizer, criterion, x, y, ...meta);
    const [kernel, bias] = head.getWeights() as [tf.Tensor2D, tf.Tensor1D];
    const [gradPsi, psi] = [[...sampler.gradient], [...sampler.psi]];
    const weight = await kernel.transpose<tf.Tensor2D>().array();
    steps.push({ rows, innerLoss, metaLoss, gradPsi, psi, weight, bias: await bias.array() });
    if (at > 0) continue;
    // Stop and go on: another sampler with the state of this one draws the same.
    const again = started();
    again.restore(JSON.parse(JSON.stringify(sampler.state())));
    resumed = [String(again.draw(20)) === String(sampler.draw(20)), again.psi];
  }
  return { psi0, steps, resumed };
}

async function sharesOf({ source, labels, classes }: SharesQuestion): Promise<Shares> {
  const Sampler = await samplerIn(source);
  const by = (unit: string): readonly number[] => {
    const drawn = [...new Sampler(labels, { power: 0.5, unit, seed: 3 }).draw(4000)].map(
      (row) => labels[row],
    );
    return Array.from({ length: classes }, (_, k) => drawn.filter((label) => label === k).length / 4000);
  };
  const [first, same, other] = [3, 3, 4].map((seed) => String(new Sampler(labels, { seed }).draw(50)));
  const said = new Sampler(labels, { power: 0.5 }).probabilities();
  return { instance: by("instance"), class: by("class"), said, seeded: [first === same, first !== other] };
}

async function refusalsOf({ source, labels, classes }: SharesQuestion): Promise<readonly string[]> {
  const sampler = new (await samplerIn(source))(labels);
  const given = [tf.ones([8, 2]), integers(sampler.draw(8)).mul(tf.scalar(0, "int32"))] as const;
  const told: string[] = [];
  for (const [activation, optimizer] of [
    ["softmax", tf.train.sgd(0.1)],
    ["linear", tf.train.momentum(0.1, 0.9, true)],
    ["linear", tf.train.adam(0.1)],
  ] as const) {
    const head = tf.layers.dense({ units: classes, activation });
    const asked = sampler.step(head, optimizer, (logits) => logits.sum(), ...given, ...given);
    told.push(await asked.then(() => "nothing", String));
  }
  return told;
}

test("the Meta Sampler as TensorFlow.js leaves no tensor behind, with a head without bias", async () => {
  await tf.setBackend("cpu");
  const labels = [0, 0, 0, 0, 1, 1];
  const sampler = new (await samplerIn(samplerAsCode("tensorflowjs", "meta", ["a", "b"], [4, 2])))(labels);
  const head = tf.layers.dense({ units: 2, useBias: false });
  const optimizer = tf.train.momentum(0.1, 0.9);
  const [features, all] = [tf.randomNormal([6, 3], 0, 1, "float32", 1), integers(labels)];
  const criterion: Criterion = (logits, y) => tf.losses.softmaxCrossEntropy(tf.oneHot(y, 2), logits);
  const step = async (): Promise<void> => {
    const rows = integers(sampler.draw(8));
    const [x, y] = [features.gather(rows), all.gather(rows)];
    const losses = await sampler.step(head, optimizer, criterion, x, y, features, all);
    expect(losses.every(Number.isFinite)).toBe(true);
    tf.dispose([rows, x, y]);
  };
  await step();
  const { numTensors } = tf.memory();
  for (let n = 0; n < 5; n++) await step();
  expect(tf.memory().numTensors).toBe(numTensors);
});

test("the Meta Sampler as TensorFlow.js names wrong labels, options, batches and states", async () => {
  const Sampler = await samplerIn(samplerAsCode("tensorflowjs", "meta", ["a", "b", "c"], [2, 1, 0]));
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    expect(() => new Sampler([0, 3])).toThrow("sample 1 has label 3, outside 0 to 2");
    expect(() => new Sampler([])).toThrow("there is no sample");
    expect(() => new Sampler([0, 0, 1], { unit: "row" })).toThrow('unit is row: give "class" or "instance"');
    expect(() => new Sampler([0, 0, 1], { temperature: 0 })).toThrow("temperature is 0: give more than 0");
    expect(warn).not.toHaveBeenCalled();
    const sampler = new Sampler([0, 0, 0, 1]);
    expect(warn).toHaveBeenCalledWith("a has 3 samples, this file was made for 2: the labels decide");
    // Class c has no sample: it is never drawn, and nothing becomes NaN.
    expect(Math.max(...sampler.draw(200))).toBe(3);
    const short = [tf.ones([5, 2]), integers([0, 0, 0, 0, 0])] as const;
    const step = sampler.step(
      tf.layers.dense({ units: 3 }),
      tf.train.sgd(1),
      (z) => z.sum(),
      ...short,
      ...short,
    );
    await expect(step).rejects.toThrow("the last draw has 200 rows, and these are 5");
    expect(() => sampler.restore({ psi: [0], first: [0], second: [0], steps: 1, draws: 1 })).toThrow(
      "the state is of 1 classes, and there are 3",
    );
  } finally {
    warn.mockRestore();
  }
});
