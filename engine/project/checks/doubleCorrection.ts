import { weightRatio } from "#engine/statistics/classWeights.ts";
import { formatClass, formatRatio } from "#engine/statistics/format.ts";
import { samplerRatio } from "#engine/statistics/samplerRatio.ts";
import { t } from "#protocol/l10n.ts";
import type { Project } from "#protocol/project.ts";
import { betaInForce, ends, type ProjectCheck, parameterInForce, placeOfSetting } from "../check.ts";
import { finding } from "../finding.ts";

/** A correction that is smaller does nothing that could be measured. */
const smallest = 1.05;

/** A sampler that balances the classes under a loss that does so too. */
export const doubleCorrection: ProjectCheck = {
  code: "config/double-correction",
  run(input) {
    const extremes = ends(input.classes);
    if (!extremes) return [];
    const head = extremes.largest;
    const tail = extremes.smallest;
    const bySampler = samplerRatio(input.project.sampler, head.count / tail.count);
    const byLoss = lossCorrection(input.project, head.count, tail.count);
    if (bySampler < smallest || byLoss.ratio < smallest) return [];
    const times = t`${formatClass(tail.name)} counts ${formatRatio(byLoss.ratio * bySampler)} times ${formatClass(head.name)}`;
    const message = t`Sampler and ${byLoss.name} correct twice: ${times}. Keep one.`;
    return [finding("config/double-correction", "warning", placeOfSetting(input, "sampler"), message)];
  },
};

/** How many times the loss favours the rarest class over the most frequent one: weights, or odds by shifted logits. */
function lossCorrection(project: Project, largest: number, least: number): { ratio: number; name: string } {
  const beta = betaInForce(project);
  if (beta !== undefined) return { ratio: weightRatio([largest, least], beta), name: "weights" };
  const factor = largest / least;
  const scheme = parameterInForce(project, "scheme");
  if (scheme === "inverse") return { ratio: factor, name: "weights" };
  if (scheme === "sqrtInverse") return { ratio: Math.sqrt(factor), name: "weights" };
  const tau = Number(parameterInForce(project, "tau") ?? 0);
  if (project.loss?.id === "balanced-softmax") return { ratio: factor ** tau, name: t`balanced softmax` };
  if (project.loss?.id === "logit-adjustment") return { ratio: factor ** tau, name: t`logit adjustment` };
  return { ratio: 1, name: "" };
}
