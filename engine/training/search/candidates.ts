/** What measured advice tries: losses, their parameters and samplers, in the order in which they are believed in. */
import { betaRange } from "#engine/statistics/classWeights.ts";
import type { Recommendation } from "#protocol/analysis.ts";
import { type LossId, type LossParameters, type SamplerId, withDefaults } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { deferReweighting } from "../phases.ts";

const betas = [0.9, 0.99, 0.999, 0.9999];

/**
 * Returns the candidates, cross-entropy first, then what the counts suggest, then the rest of the grid: tau, beta,
 * gamma, samplers. Values of beta that change no weight here are left out, and softmax focal loss without class
 * weights, which is cross-entropy within the noise on every public set.
 */
export function searchCandidates(
  counts: readonly number[],
  advice: Pick<Recommendation, "loss" | "parameters" | "sampler" | "alternatives"> | undefined,
): LossChoice[] {
  const { low, high } = betaRange(counts);
  // The first one above the range stands for inverse frequency with gamma.
  const active = betas.filter((beta, i) => beta >= low && (betas[i - 1] ?? 0) <= high);
  const largest = active.slice(-2);
  const suggested = advice ? [advice, ...advice.alternatives] : [];
  return distinct([
    choice("cross-entropy", {}),
    ...suggested
      .filter(({ loss }) => softmax.has(loss))
      .map(({ loss, parameters, sampler }) => choice(loss, parameters, sampler)),
    ...[1, 0.5, 1.5].map((tau) => choice("balanced-softmax", { tau })),
    choice("cross-entropy", {}, "class-balanced"),
    choice("weighted-cross-entropy", { scheme: "inverse" }),
    ...active.map((beta) => choice("class-balanced-softmax", { beta })),
    ...largest.flatMap((beta) => [0.5, 1].map((gamma) => choice("class-balanced-focal", { beta, gamma }))),
    choice("weighted-cross-entropy", { scheme: "sqrtInverse" }),
    choice("cross-entropy", {}, "square-root"),
    choice("softmax-equalization", {}),
    choice("seesaw", {}),
    deferReweighting(choice("ldam", {})),
  ]);
}

/**
 * As `searchCandidates` for samples with several labels or none: sigmoid losses, binary cross-entropy first. Focal losses
 * whose classes share one focusing rank the samples of a class much as binary cross-entropy does, so few of them are tried.
 */
export function sigmoidCandidates(
  counts: readonly number[],
  advice: Pick<Recommendation, "loss" | "parameters" | "alternatives"> | undefined,
): LossChoice[] {
  const { low, high } = betaRange(counts);
  const active = betas.filter((beta, i) => beta >= low && (betas[i - 1] ?? 0) <= high);
  return distinct([
    choice("binary-cross-entropy", {}),
    ...(advice ? [advice, ...advice.alternatives] : []).map(({ loss, parameters }) =>
      choice(loss, parameters),
    ),
    choice("equalization-v2", {}),
    ...active.slice(-2).map((beta) => choice("class-balanced-sigmoid", { beta })),
    ...active.slice(-1).map((beta) => choice("class-balanced-focal", { beta, gamma: 1 })),
    choice("equalized-focal", {}),
    ...[0.1, 0.03].map((lambda) => choice("equalization", { lambda })),
    ...[1, 2].map((gamma) => choice("sigmoid-focal", { gamma, alpha: -1 })),
    choice("binary-cross-entropy", {}, "repeat-factor"),
  ]);
}

/** Losses that train the head which cross-entropy trains, or one like it. */
const softmax: ReadonlySet<LossId> = new Set([
  "cross-entropy",
  "weighted-cross-entropy",
  "balanced-softmax",
  "class-balanced-softmax",
  "class-balanced-focal",
]);

function choice(
  loss: LossId,
  parameters: LossParameters,
  sampler: SamplerId = "instance-balanced",
): LossChoice {
  return { loss, parameters: withDefaults(loss, parameters), sampler };
}

function distinct(choices: readonly LossChoice[]): LossChoice[] {
  return [...new Map(choices.map((each) => [JSON.stringify(each), each])).values()];
}
