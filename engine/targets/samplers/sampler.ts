/** What the code of a sampler is called and which options it has, the same in every language. */
import type { SamplerId } from "#protocol/losses.ts";

/** Names are those of Python; other languages write them in their own way. */
export interface SamplerParts {
  /** Name of the class. */
  readonly name: string;
  /** Options with default and what they are; no default where one has to be given. */
  readonly options: readonly SamplerOption[];
}

export interface SamplerOption {
  readonly name: string;
  readonly type: "int" | "float" | "form";
  readonly value?: string;
  readonly about: string;
  /** Smallest and largest value; Infinity where there is no largest. */
  readonly range?: readonly [low: number, high: number];
}

/** The options and defaults are those of the engine's samplers. */
export const samplerParts: Readonly<Record<SamplerId, SamplerParts>> = {
  "instance-balanced": { name: "InstanceBalancedSampler", options: [] },
  "class-balanced": { name: "ClassBalancedSampler", options: [] },
  "square-root": { name: "SquareRootSampler", options: [] },
  power: {
    name: "PowerSampler",
    options: [
      {
        name: "power",
        type: "float",
        value: "0.5",
        about: "exponent q of the counts: 1 is instance-balanced, 0 class-balanced",
        range: [0, 1],
      },
    ],
  },
  progressive: {
    name: "ProgressiveSampler",
    options: [
      { name: "epochs", type: "int", about: "epochs of the whole training", range: [1, Infinity] },
      {
        name: "progress",
        type: "form",
        value: '"code"',
        about: '"code" is class-balanced in the last epoch, "paper" would be in the one after',
      },
    ],
  },
  "effective-number": {
    name: "EffectiveNumberSampler",
    options: [
      {
        name: "beta",
        type: "float",
        value: "0.9999",
        about: "0 draws classes by their size, towards 1 all alike",
        range: [0, 1],
      },
    ],
  },
  "class-aware": {
    name: "ClassAwareSampler",
    options: [
      {
        name: "per_class",
        type: "int",
        value: "4",
        about: "samples of a class before the next class has its turn",
        range: [1, Infinity],
      },
    ],
  },
  "repeat-factor": {
    name: "RepeatFactorSampler",
    options: [
      {
        name: "threshold",
        type: "float",
        value: "0.001",
        about: "share of the samples below which a class is repeated",
        range: [0, 1],
      },
    ],
  },
};

/** Whether a sampler draws a class by its probability first, and one of its samples then. */
export function drawsByClass(id: SamplerId): boolean {
  return id !== "instance-balanced" && id !== "class-aware" && id !== "repeat-factor";
}

/** The arguments that have to be given, as the example of the code shows them. */
export function requiredArguments(id: SamplerId): string {
  return samplerParts[id].options
    .filter(({ value }) => value === undefined)
    .map(({ name }) => `, ${name}=${name}`)
    .join("");
}
