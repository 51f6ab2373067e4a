/** What a loss is as plain data, and the parameters that several losses share. */

import { t } from "./l10n.ts";
/** A parameter that a user may set. Ranges are what `equipoise.yaml` and the panel accept. */
export interface Parameter {
  readonly name: string;
  /** As written in the panel, such as a Greek letter. */
  readonly symbol: string;
  readonly kind: "number" | "choice" | "flag";
  readonly default: number | string | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether `minimum` or `maximum` themselves are outside the range. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  /** Not offered in the panel: for files and code, where a paper and its code differ, or for reproducing one. */
  readonly advanced?: true;
}

export interface LossInfo {
  readonly title: string;
  /** Softmax losses compare classes and take one label; sigmoid losses judge each class alone. */
  readonly family: "softmax" | "sigmoid";
  readonly parameters: readonly Parameter[];
  /** One line of plain text or Unicode mathematics. */
  readonly equation: string;
  /** What it does to head and tail. */
  readonly effect: string;
  /** When not to use it. */
  readonly avoid: string;
  readonly source: string;
}

export type LossParameters = Readonly<Record<string, number | string | boolean>>;

export const beta: Parameter = {
  name: "beta",
  symbol: "β",
  kind: "number",
  default: 0.9999,
  minimum: 0,
  maximum: 1,
  exclusiveMaximum: true,
  description: t`How far weights follow the counts: 0 not at all, towards 1 like inverse frequency. Acts where 1/(1 - β) lies between the smallest and the largest count.`,
};

export const gamma = (value: number): Parameter => ({
  name: "gamma",
  symbol: "γ",
  kind: "number",
  default: value,
  minimum: 0,
  description: t`Focusing: how much well classified samples are faded out; 0 switches it off.`,
});

export const alpha: Parameter = {
  name: "alpha",
  symbol: "α",
  kind: "number",
  default: 0.25,
  minimum: -1,
  maximum: 1,
  description: t`Weight of positives against 1 − α on negatives; −1 switches it off.`,
};

export const absent: Parameter = {
  name: "absent",
  symbol: "n = 0",
  kind: "choice",
  default: "exclude",
  choices: ["exclude", "clamp1"],
  description: t`Classes without a sample: left out, or counted as one.`,
};

/** Which divisor a batch has; the first choice is the default. */
export const reduction = (choices: readonly [string, ...string[]], description: string): Parameter => ({
  name: "reduction",
  symbol: "reduction",
  kind: "choice",
  default: choices[0],
  choices,
  description,
  advanced: true,
});

export const numberOf = (
  name: string,
  symbol: string,
  value: number,
  description: string,
  range: Pick<Parameter, "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"> = { minimum: 0 },
): Parameter => ({ name, symbol, kind: "number", default: value, ...range, description });

export const choiceOf = (
  name: string,
  symbol: string,
  choices: readonly [string, ...string[]],
  description: string,
): Parameter => ({ name, symbol, kind: "choice", default: choices[0], choices, description });

export const flagOf = (name: string, symbol: string, description: string): Parameter => ({
  name,
  symbol,
  kind: "flag",
  default: false,
  description,
});

export const advanced = (parameter: Parameter): Parameter => ({ ...parameter, advanced: true });

/** Where equalization 2020 draws the line between rare and frequent. */
export const rareClasses = (lambda: number, description: string): readonly Parameter[] => [
  numberOf("lambda", "λ", lambda, description),
  advanced(
    choiceOf(
      "threshold",
      "threshold",
      ["frequency", "count"],
      t`Whether λ is a share of the samples or a count.`,
    ),
  ),
  advanced(flagOf("inclusive", "≤", t`Whether a class at exactly λ counts as rare.`)),
];

export const papers = {
  focal: "Lin et al. 2017, arXiv 1708.02002",
  classBalanced: "Cui et al. 2019, arXiv 1901.05555",
  balancedSoftmax: "Ren et al. 2020, arXiv 2007.10740",
  logitAdjustment: "Menon et al. 2021, arXiv 2007.07314",
  ldam: "Cao et al. 2019, arXiv 1906.07413",
  equalization: "Tan et al. 2020, arXiv 2003.05176",
  equalizationV2: "Tan et al. 2021, arXiv 2012.08548",
  gradientDriven: "Tan et al. 2022, arXiv 2210.05566",
  equalizedFocal: "Li et al. 2022, arXiv 2201.02593",
  seesaw: "Wang et al. 2021, arXiv 2008.10032",
  decoupling: "Kang et al. 2020, arXiv 1910.09217",
  lvis: "Gupta et al. 2019, arXiv 1908.03195",
} as const;
