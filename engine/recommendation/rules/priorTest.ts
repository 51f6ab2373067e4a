import { fixed, formatClass, formatList, formatPercent } from "#engine/statistics/format.ts";
import { splitDistance } from "#engine/statistics/splitDistance.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { baseline, type Facts, imbalanceSentence } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { measured } from "../sources.ts";

/** Distributions closer than this (total variation) are treated as equal. */
const near = 0.05;

/** A stated test distribution: the logits are shifted from the training counts to it. */
export const priorTest: Rule = {
  id: "prior-test",
  recommends(facts) {
    const prior = priorVector(facts);
    // A uniform prior is the balanced objective; a prior without a known class says nothing.
    if (
      !prior ||
      distance(
        prior,
        prior.map(() => 1),
      ) < near
    )
      return undefined;
    if (distance(prior, facts.counts) < near) {
      return {
        loss: baseline(facts),
        parameters: {},
        why: t`The test distribution you gave is that of the training data within ${formatPercent(near, 0)}, so nothing needs shifting.`,
        limits: unknownNames(facts) ?? t`Rare classes stay poorly recognised.`,
        source: measured,
        alternatives: [],
      };
    }
    return shiftTo(facts, prior);
  },
};

function shiftTo(facts: Facts, prior: readonly number[]): ReturnType<Rule["recommends"]> {
  const sigmoid = facts.view.task === "multi-label";
  const unknown = unknownNames(facts);
  const step = sigmoid
    ? t`add ln(prior odds / training odds) to each class's logit`
    : t`add ln(prior) to each class's logit: ${shifts(facts, prior)} against an even prior`;
  return {
    loss: sigmoid ? "binary-cross-entropy" : "balanced-softmax",
    parameters: sigmoid ? {} : { tau: 1 },
    why: sigmoid
      ? t`${imbalanceSentence(facts)} Binary cross-entropy learns the training rates, which can be exchanged for yours when predicting: ${step}.`
      : t`${imbalanceSentence(facts)} Balanced softmax takes the training counts out of the logits, so that yours can go in when predicting: ${step}.`,
    limits: t`That shift is yours to add in prediction code; no loss trained here contains it.${unknown ? ` ${unknown}` : ""}`,
    source: sigmoid ? papers.logitAdjustment : `${papers.balancedSoftmax}; ${papers.logitAdjustment}`,
    alternatives: [],
  };
}

/** The two largest shifts, as "truck +1.2 and airplane −0.8". */
function shifts({ view }: Facts, prior: readonly number[]): string {
  const total = prior.reduce((sum, share) => sum + share, 0);
  const logits = prior
    .map((share, index) => ({
      name: view.classes[index]?.name ?? "",
      shift: Math.log((share * prior.length) / total),
    }))
    .filter(({ shift }) => Number.isFinite(shift))
    .sort((a, b) => b.shift - a.shift);
  const ends = [logits.at(0), logits.at(-1)].filter((each) => each !== undefined);
  return formatList(
    ends.map(({ name, shift }) => `${formatClass(name)} ${shift > 0 ? "+" : ""}${fixed(shift, 1)}`),
  );
}

/** The shares in training order, or undefined where the objective is no prior or names no class of the view. */
function priorVector({ objective, view }: Facts): number[] | undefined {
  if (typeof objective === "string") return undefined;
  const { prior } = objective;
  const shares = view.classes.map(({ name }) =>
    Object.hasOwn(prior, name) ? Math.max(0, prior[name] ?? 0) : 0,
  );
  return shares.some((share) => share > 0) ? shares : undefined;
}

function distance(first: readonly number[], second: readonly number[]): number {
  return splitDistance(first, second) ?? 1;
}

function unknownNames({ objective, view }: Facts): string | undefined {
  if (typeof objective === "string") return undefined;
  const known = new Set(view.classes.map(({ name }) => name));
  const unknown = Object.keys(objective.prior).filter((name) => !known.has(name));
  if (unknown.length === 0) return undefined;
  return t`The prior names ${formatList(unknown.slice(0, 3).map(formatClass))}, which these data do not have.`;
}
