import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  betaFromVolume,
  classWeights,
  effectiveNumber,
  sigmoidBias,
  type WeightScheme,
} from "#engine/statistics/classWeights.ts";
import { longTailedSplit } from "#engine/statistics/longTailedSplit.ts";
import { shotGroup } from "#engine/statistics/shotGroups.ts";
import { deferReweighting, phaseAt, phasesOf } from "#engine/training/phases.ts";

const folder = resolve(
  process.env["EQUIPOISE_GOLDEN"] ?? fileURLToPath(new URL("../../golden", import.meta.url)),
);
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), "utf8")) as T;

interface WeightsFile {
  readonly classWeights: readonly {
    readonly id: string;
    readonly counts: readonly number[];
    readonly scheme: WeightScheme;
    readonly zero: "exclude" | "clamp1";
    readonly beta?: number;
    readonly expected: { readonly weights: readonly number[]; readonly effectiveNumber?: readonly number[] };
  }[];
  readonly sigmoidBias: readonly {
    readonly C: number;
    readonly prior: number | null;
    readonly expected: number;
  }[];
  readonly betaFromVolume: readonly { readonly N: number; readonly expected: number }[];
  readonly deferredReweighting: readonly {
    readonly epoch: number;
    readonly switchEpoch: number;
    readonly beta: number;
    readonly counts: readonly number[];
    readonly expected: { readonly beta: number; readonly weights: readonly number[] };
  }[];
}
interface SplitsFile {
  readonly splits: readonly {
    readonly C: number;
    readonly nMax: number;
    readonly imbalance: number;
    readonly kind: "exp" | "step";
    readonly expected: { readonly counts: number[]; readonly total: number; readonly groups: string[] };
  }[];
}

const weights = read<WeightsFile>("weights.json");
const splits = read<SplitsFile>("long_tail_splits.json");

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const allowed = relative * Math.abs(expected[i]!) + 1e-300;
    expect(
      Math.abs(actual[i]! - expected[i]!),
      `entry ${i}: ${actual[i]} for ${expected[i]}`,
    ).toBeLessThanOrEqual(allowed);
  }
}

test.each(weights.classWeights.map((each) => [each.id, each] as const))(
  "%s has the reference weights",
  (_, each) => {
    const { counts, scheme, zero, beta } = each;
    const relative = beta === 0.999999999999 ? 1e-6 : 1e-11;
    const options = { scheme, zero, ...(beta === undefined ? {} : { beta }) };
    expectClose(classWeights(counts, options), each.expected.weights, relative);
    if (each.expected.effectiveNumber && beta !== undefined) {
      const clamped = counts.map((count) => (zero === "clamp1" ? Math.max(1, count) : count));
      const numbers = clamped.map((count) => effectiveNumber(count, beta));
      expectClose(numbers, each.expected.effectiveNumber, relative);
    }
  },
);

test.skipIf(process.env["EQUIPOISE_GOLDEN"])(
  "our golden weights cover every scheme and both policies for absent classes",
  () => {
    const seen = new Set(weights.classWeights.map(({ scheme, zero }) => `${scheme} ${zero}`));
    expect(seen.size).toBe(8);
  },
);

test.each(weights.sigmoidBias)(
  "the bias of $C sigmoid classes starts at $expected",
  ({ C, prior, expected }) => {
    expectClose([sigmoidBias(C, prior ?? undefined)], [expected], 1e-11);
  },
);

test.each(weights.betaFromVolume)("a volume of $N gives beta $expected", ({ N, expected }) => {
  expectClose([betaFromVolume(N)], [expected], 1e-11);
});

test.each(weights.deferredReweighting)(
  "in epoch $epoch of a switch at $switchEpoch the weights are right",
  (each) => {
    // As training has it: the phase that the epoch belongs to.
    const choice = {
      loss: "class-balanced-softmax",
      parameters: { beta: each.beta },
      sampler: "instance-balanced",
    } as const;
    const epochs = Math.max(each.epoch, each.switchEpoch) + 1;
    const phases = phasesOf(deferReweighting(choice, each.switchEpoch), epochs);
    const { beta } = phaseAt(phases, each.epoch).parameters;
    expect(beta).toBe(each.expected.beta);
    expectClose(
      classWeights(each.counts, { scheme: "effective", beta: Number(beta) }),
      each.expected.weights,
      1e-11,
    );
  },
);

test.each(splits.splits)(
  "a $kind split of $C classes with factor $imbalance has the reference counts",
  (each) => {
    const kind = each.kind === "exp" ? "exponential" : "step";
    const counts = longTailedSplit(each.C, each.nMax, each.imbalance, kind);
    expect(counts).toEqual(each.expected.counts);
    expect(counts.map(shotGroup)).toEqual(each.expected.groups);
    expect(counts.reduce((a, b) => a + b)).toBe(each.expected.total);
  },
);
