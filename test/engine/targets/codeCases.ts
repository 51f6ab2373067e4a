/** The golden vectors as cases for generated code: its source, and batches with what they must give. */
import { type LossId, lossIds } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { choiceOf, type GoldenParameters } from "../losses/goldenChoices.ts";
import { type ExpectedStep, golden, type Input, type Matrix } from "../losses/goldenFiles.ts";

export interface Step {
  readonly logits: Matrix;
  readonly labels?: readonly number[];
  readonly targets?: Matrix;
  readonly quality?: readonly number[];
  readonly mask?: Matrix;
  readonly expected: ExpectedStep;
}
export interface Case {
  readonly id: string;
  readonly loss: LossId;
  readonly source: string;
  readonly logitScale: number;
  readonly bits: 32 | 64;
  readonly steps: readonly Step[];
}

/** Writes the code of a loss. */
export type LossAsCode = (
  choice: LossChoice,
  classes: readonly string[],
  counts: readonly number[],
) => string;

const stateless = [
  "ce",
  "bce",
  "focal",
  "class_balanced",
  "balanced_softmax",
  "logit_adjustment",
  "ldam",
  "eql_v1",
];
const sequences = ["eql_v2", "softmax_eql", "efl", "eqfl", "seesaw"];

/** Every golden vector of every loss, for code in that many bits. */
export function goldenCases(write: LossAsCode, bits: 32 | 64): readonly Case[] {
  return [
    ...stateless.flatMap((file) => statelessCases(file, write, bits)),
    ...sequences.flatMap((file) => sequenceCases(file, write, bits)),
  ];
}

function sourceOf(
  write: LossAsCode,
  loss: LossId,
  parameters: Record<string, number | string | boolean>,
  counts: readonly number[],
): string {
  const names = counts.map((_, index) => `c${index}`);
  return write({ loss, parameters, sampler: "instance-balanced" }, names, counts);
}

function statelessCases(file: string, write: LossAsCode, bits: 32 | 64): Case[] {
  interface Record {
    readonly id: string;
    readonly loss: string;
    readonly input: string;
    readonly params: GoldenParameters;
    readonly labels?: readonly number[];
    readonly targets?: Matrix;
    readonly expected: ExpectedStep;
  }
  const { inputs } = golden<{ inputs: Readonly<{ [name: string]: Input }> }>("inputs.json");
  return golden<{ cases: readonly Record[] }>(`${file}.json`).cases.flatMap((each) => {
    const choice = choiceOf(each.loss, each.params);
    const input = inputs[each.input]!;
    if (!choice) return [];
    const mask = each.params["betaMask"] as Matrix | undefined;
    const step: Step = {
      logits: input.logits,
      labels: each.labels ?? input.labels,
      ...(each.targets ? { targets: each.targets } : {}),
      ...(mask ? { mask } : {}),
      expected: each.expected,
    };
    const logitScale = Number(each.params["logitScale"] ?? 1);
    return [
      {
        id: each.id,
        loss: choice[0],
        source: sourceOf(write, ...choice, input.counts),
        logitScale,
        bits,
        steps: [step],
      },
    ];
  });
}

function sequenceCases(file: string, write: LossAsCode, bits: 32 | 64): Case[] {
  interface Sequence {
    readonly id: string;
    readonly loss: string;
    readonly params: GoldenParameters;
    readonly steps?: readonly Step[];
  }
  return golden<{ sequences: readonly Sequence[] }>(`${file}.json`).sequences.flatMap(
    ({ id, loss, params, steps }) => {
      const choice = choiceOf(loss, params);
      if (!choice || !steps) return [];
      const columns = steps[0]!.logits[0]!.length;
      const counts = new Array<number>(columns - (params["objectness"] === true ? 1 : 0)).fill(1);
      return [
        { id, loss: choice[0], source: sourceOf(write, ...choice, counts), logitScale: 1, bits, steps },
      ];
    },
  );
}

/** Logits up to 10,000, in 32 bits, over two steps. */
export function extremeCases(write: LossAsCode): Case[] {
  const logits = [
    [1e4, -1e4, 0],
    [-1e4, 1e4, 1e4],
    [88.9, -88.9, 104],
    [0, 0, 0],
  ];
  return lossIds.map((loss) => {
    const step: Step = {
      logits,
      labels: [0, 0, 1, 2],
      ...(loss === "equalized-quality-focal" ? { quality: [1, 0.5, 0, 0.3] } : {}),
      expected: { loss: 0 },
    };
    return {
      id: `${loss} stays finite for logits of 10,000 in 32 bits`,
      loss,
      source: sourceOf(write, loss, {}, [5000, 3, 1]),
      logitScale: 1,
      bits: 32,
      steps: [step, step],
    };
  });
}

/** A batch of ignored rows alone, then an ordinary one. */
export function ignoredCases(write: LossAsCode, bits: 32 | 64): Case[] {
  const logits = [
    [1, 0, -1],
    [0.5, 2, 0],
  ];
  return lossIds.map((loss) => {
    const step = (labels: readonly number[]): Step => ({
      logits,
      labels,
      ...(loss === "equalized-quality-focal" ? { quality: [1, 0.5] } : {}),
      expected: { loss: 0 },
    });
    return {
      id: `${loss} takes a batch of ignored rows for nothing`,
      loss,
      source: sourceOf(write, loss, {}, [5000, 3, 1]),
      logitScale: 1,
      bits,
      steps: [step([-100, -100]), step([0, 2])],
    };
  });
}
