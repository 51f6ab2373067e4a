/** Golden checks of samplers and the Meta Sampler; run by the golden test of the losses. */
import { describe, expect, test } from "vitest";
import {
  classBalanced,
  effectiveProbabilities,
  mixedProbabilities,
  powerProbabilities,
  progressiveShare,
} from "#engine/sampling/classProbabilities.ts";
import {
  drawInstances,
  gumbel,
  initialPsi,
  instanceRates,
  type MetaState,
  metaStep,
  newAdam,
} from "#engine/sampling/metaSampler.ts";
import { repeatFactors } from "#engine/sampling/repeatFactor.ts";
import { expectNear, golden, type Matrix } from "../losses/goldenFiles.ts";

interface Samplers {
  readonly classProbabilities: readonly {
    readonly id: string;
    readonly counts: readonly number[];
    readonly kind: string;
    readonly params: Readonly<Record<string, number>>;
    readonly expected: { readonly classProbabilities: readonly number[] };
  }[];
  readonly repeatFactors: readonly {
    readonly imageFrequency: readonly number[];
    readonly t: number;
    readonly expected: readonly number[];
  }[];
}

interface MetaExpected {
  readonly sampledIndices: readonly number[];
  readonly instanceRates: readonly number[];
  readonly softRow0: readonly number[];
  readonly innerLoss: number;
  readonly surrogateW: Matrix;
  readonly surrogateB: readonly number[];
  readonly metaLoss: number;
  readonly gradPsi: readonly number[];
  readonly psiNext: readonly number[];
  readonly WNext: Matrix;
  readonly bNext: readonly number[];
}

/** Five steps of the Meta Sampler with a linear head. */
export interface MetaCase {
  readonly id: string;
  readonly params: {
    readonly lr: number;
    readonly momentum: number;
    readonly weightDecay: number;
    readonly metaLr: number;
    readonly temperature: number;
    readonly initPow: number;
    readonly adam: { readonly beta1: number; readonly beta2: number; readonly eps: number };
  };
  readonly features: Matrix;
  readonly instanceLabels: readonly number[];
  readonly counts: readonly number[];
  readonly W0: Matrix;
  readonly b0: readonly number[];
  readonly psi0: readonly number[];
  readonly metaFeatures: Matrix;
  readonly metaLabels: readonly number[];
  readonly steps: readonly { readonly gumbel: Matrix; readonly expected: MetaExpected }[];
}

interface Meta {
  readonly cases: readonly MetaCase[];
  readonly gumbelFromUniform: { readonly u: readonly number[]; readonly expected: readonly number[] };
  readonly psiInit: readonly {
    readonly counts: readonly number[];
    readonly initPow: number;
    readonly expected: readonly number[];
  }[];
}

type Params = Readonly<Record<string, number>>;

const kinds: Readonly<Record<string, (counts: readonly number[], params: Params) => Float64Array>> = {
  instance: (counts) => powerProbabilities(counts, 1),
  class: (counts) => classBalanced(counts),
  sqrt: (counts) => powerProbabilities(counts, 0.5),
  power: (counts, params) => powerProbabilities(counts, params["q"]),
  effective: (counts, params) => effectiveProbabilities(counts, params["beta"]),
  progressive: (counts, params) =>
    mixedProbabilities(counts, progressiveShare(params["t"], params["T"], "code")),
  progressivePaper: (counts, params) =>
    mixedProbabilities(counts, progressiveShare(params["t"], params["T"], "paper")),
};

export function samplerCases(): void {
  const { classProbabilities, repeatFactors: factors } = golden<Samplers>("samplers.json");
  describe("samplers.json", () => {
    test.each(classProbabilities)("$id", ({ counts, kind, params, expected }) => {
      expectNear("probabilities", kinds[kind](counts, params), expected.classProbabilities);
    });
    test.each(factors)("repeat factors at $t", ({ imageFrequency, t, expected }) => {
      expectNear("factors", repeatFactors(imageFrequency, t), expected);
    });
  });
}

const flat = (matrix: Matrix): Float64Array => Float64Array.from(matrix.flat());

function checkMeta({
  params,
  features,
  instanceLabels,
  counts,
  metaFeatures,
  metaLabels,
  ...start
}: MetaCase): void {
  const labels = Int32Array.from(instanceLabels);
  const zero = { weights: flat(start.W0).fill(0), bias: new Float64Array(start.b0.length) };
  let state: MetaState = {
    psi: Float64Array.from(start.psi0),
    adam: newAdam(start.psi0.length),
    head: { weights: flat(start.W0), bias: Float64Array.from(start.b0) },
    velocity: zero,
  };
  expectNear("psi0", initialPsi(counts, params.initPow), start.psi0);
  const settings = {
    sgd: { learningRate: params.lr, momentum: params.momentum, weightDecay: params.weightDecay },
    adam: { learningRate: params.metaLr, ...params.adam },
    shift: Float64Array.from(counts, Math.log),
  };
  const meta = { features: flat(metaFeatures), labels: Int32Array.from(metaLabels) };
  for (const { gumbel: noise, expected } of start.steps) {
    const draw = drawInstances(state.psi, labels, noise.length, (b, i) => noise[b][i], params.temperature);
    expect([...draw.indices]).toEqual(expected.sampledIndices);
    expectNear("instanceRates", instanceRates(state.psi, labels), expected.instanceRates);
    expectNear("soft of draw 0", [draw.soft[0]], [expected.softRow0[draw.indices[0]]]);
    expectNear(
      "class sums of draw 0",
      draw.classSums.subarray(0, counts.length),
      sumsByClass(expected, labels, counts),
    );
    const batch = {
      features: Float64Array.from([...draw.indices].flatMap((i) => features[i])),
      labels: draw.classes,
    };
    const step = metaStep(state, draw, batch, meta, settings);
    state = step.state;
    expectNear("losses", [step.innerLoss, step.metaLoss], [expected.innerLoss, expected.metaLoss]);
    expectNear("gradPsi", step.gradient, expected.gradPsi);
    expectNear("psi", state.psi, expected.psiNext);
    expectNear("surrogate W", state.head.weights, flat(expected.surrogateW));
    expectNear("surrogate b", state.head.bias, expected.surrogateB);
    expectNear("W", state.head.weights, flat(expected.WNext));
    expectNear("b", state.head.bias, expected.bNext);
  }
}

function sumsByClass({ softRow0 }: MetaExpected, labels: Int32Array, counts: readonly number[]): number[] {
  return counts.map((_, k) => softRow0.reduce((sum, soft, i) => (labels[i] === k ? sum + soft : sum), 0));
}

export function metaSamplerCases(): void {
  const { cases, gumbelFromUniform, psiInit } = golden<Meta>("meta_sampler.json");
  describe("meta_sampler.json", () => {
    for (const example of cases) test(example.id, () => checkMeta(example));
    test("Gumbel noise from uniform numbers", () => {
      expectNear("gumbel", gumbelFromUniform.u.map(gumbel), gumbelFromUniform.expected);
    });
    test.each(psiInit)("psi starts from $counts to the power $initPow", ({ counts, initPow, expected }) => {
      expectNear("psi", initialPsi(counts, initPow), expected);
    });
  });
}
