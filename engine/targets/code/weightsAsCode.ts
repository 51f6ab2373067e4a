/** Class weights by themselves as source code, for losses that take a list of them. */
import type { WeightScheme } from "#engine/statistics/classWeights.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { CodeTargetId } from "#protocol/language.ts";
import { papers } from "#protocol/parameters.ts";
import { javaScriptCounts, javaScriptHead } from "../tensorflowjs.ts";
import { pythonCounts, pythonHead } from "./python.ts";
import { type Counted, checkCounts, datasetText, floatLiteral } from "./settings.ts";

export const weightSchemes: readonly WeightScheme[] = ["none", "inverse", "sqrtInverse", "effective"];

/** How classes are weighted; `absent` says what a class without a sample gets. */
export interface WeightChoice {
  readonly scheme: WeightScheme;
  /** For the scheme effective, 0 to 1. */
  readonly beta?: number;
  readonly absent?: "exclude" | "clamp1";
  /** Epoch from which the weights hold, from 0; all are 1 before it: deferred re-weighting. */
  readonly switchEpoch?: number;
}

interface Formula {
  readonly title: string;
  readonly equation: string;
  readonly source: string;
  /** Of a count n above 0. */
  readonly python: string;
  readonly javaScript: string;
}

function formulaOf({ scheme, beta = 0.999 }: WeightChoice): Formula {
  if (scheme === "none") {
    return {
      title: "Equal class weights",
      equation: "w_k = 1",
      source: "The baseline.",
      python: "1.0",
      javaScript: "1",
    };
  }
  if (scheme !== "effective") {
    const root = scheme === "sqrtInverse";
    return {
      title: root ? "Inverse square-root class weights" : "Inverse-frequency class weights",
      equation: root ? "w_k proportional to 1 / √n_k" : "w_k proportional to 1 / n_k",
      source: "Described in section 2 of Cui et al. 2019, arXiv 1901.05555.",
      python: root ? "1.0 / math.sqrt(n)" : "1.0 / n",
      javaScript: root ? "1 / Math.sqrt(n)" : "1 / n",
    };
  }
  const b = floatLiteral(beta);
  return {
    title: "Class-balanced weights",
    equation: `w_k proportional to (1 − β) / (1 − β^n_k), β = ${beta}`,
    source: papers.classBalanced,
    python:
      beta === 0 ? "1.0" : beta === 1 ? "1.0 / n" : `(${b} - 1.0) / math.expm1(n * math.log1p(${b} - 1.0))`,
    javaScript: beta === 0 ? "1" : beta === 1 ? "1 / n" : `(${b} - 1) / Math.expm1(n * Math.log1p(${b} - 1))`,
  };
}

/**
 * One self-contained file with the weights as a function of the counts, scaled to average 1. Throws `loss/unsuitable`
 * where no class has a sample, `settings/invalid` for a beta outside 0 to 1.
 */
export function weightsAsCode(
  target: CodeTargetId,
  choice: WeightChoice,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const { beta = 0.999 } = choice;
  if (!(beta >= 0 && beta <= 1)) {
    throw new EquipoiseError(
      "settings/invalid",
      `Beta ${beta} is outside 0 to 1. Choose a value such as 0.999.`,
    );
  }
  return target === "tensorflowjs" ? inJavaScript(choice, data) : inPython(target, choice, data);
}

const absentText = ({ absent }: WeightChoice): string =>
  absent === "clamp1"
    ? "A class without a sample counts as one."
    : "A class without a sample gets weight 0 and leaves its share to the others.";

function headingOf(choice: WeightChoice, data: Counted): string[] {
  const { title, equation, source } = formulaOf(choice);
  const deferred =
    choice.switchEpoch === undefined
      ? []
      : [
          `Deferred: all weights are 1 before epoch ${choice.switchEpoch}. Cao et al. 2019, arXiv 1906.07413, section 3.3.`,
        ];
  return [`${title} for ${datasetText(data)}.`, "", equation, source, ...deferred];
}

function inPython(target: "pytorch" | "keras", choice: WeightChoice, data: Counted): string {
  const { python } = formulaOf(choice);
  const clamp = choice.absent === "clamp1";
  const value = clamp ? python : `${python} if n > 0 else 0.0`;
  const deferred = choice.switchEpoch;
  const code = `def class_weights(counts: Sequence[int] = COUNTS) -> list[float]:
    """One weight per class, scaled to average 1 over classes.

    ${absentText(choice)}
    """
    raw = [${value} for n in ${clamp ? "(max(n, 1) for n in counts)" : "counts"}]
    total = sum(raw)
    return [weight * len(raw) / total for weight in raw]${
      deferred === undefined
        ? ""
        : `


def deferred_weights(epoch: int, switch_epoch: int = ${deferred}) -> list[float]:
    """The weights in an epoch, from 0: all 1 before \`switch_epoch\`."""
    return class_weights() if epoch >= switch_epoch else [1.0] * len(COUNTS)`
    }`;
  const made = "Made by Equipoise from the counts below.";
  return `${pythonHead(headingOf(choice, data), example(target, deferred), made)}

${code.includes("math.") ? "import math\n" : ""}from collections.abc import Sequence

${pythonCounts(data)}


${code}
`;
}

function example(target: "pytorch" | "keras", deferred: number | undefined): string {
  const call = deferred === undefined ? "class_weights()" : "deferred_weights(epoch)";
  if (target === "pytorch") {
    return `    weights = torch.tensor(${call}, device=device)
    loss = F.cross_entropy(logits, labels, weight=weights)  # divides by the sum of the weights in the batch`;
  }
  return `    weights = dict(enumerate(${call}))
    model.fit(images, labels, class_weight=weights)  # divides by the number of rows, not by the weights`;
}

function inJavaScript(choice: WeightChoice, data: Counted): string {
  const { javaScript } = formulaOf(choice);
  const deferred = choice.switchEpoch;
  const call = deferred === undefined ? "classWeights()" : "deferredWeights(epoch)";
  const example = `    // Divided by the number of rows, not by the sum of the weights.
    await model.fit(images, labels, { classWeight: { ...${call} } });`;
  const value = choice.absent === "clamp1" ? javaScript : `n > 0 ? ${javaScript} : 0`;
  const clamped = choice.absent === "clamp1" ? "counts.map((n) => Math.max(n, 1))" : "counts";
  return `${javaScriptHead(headingOf(choice, data), example)}

${javaScriptCounts(data)}

/**
 * One weight per class, scaled to average 1 over classes.
 * ${absentText(choice)}
 *
 * @param {readonly number[]} counts
 */
export function classWeights(counts = COUNTS) {
  /** @type {readonly number[]} */
  const raw = ${clamped}.map((n) => (${value}));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => (weight * raw.length) / total);
}${
    deferred === undefined
      ? ""
      : `

/**
 * The weights in an epoch, from 0: all 1 before \`switchEpoch\`.
 *
 * @param {number} epoch
 * @param {number} switchEpoch
 */
export function deferredWeights(epoch, switchEpoch = ${deferred}) {
  return epoch >= switchEpoch ? classWeights() : COUNTS.map(() => 1);
}`
  }
`;
}
