/** Deferred re-weighting and re-sampling: Cao et al. 2019, arXiv 1906.07413, section 3.3. */

import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, type LossParameters, losses, type SamplerId, withDefaults } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";

/** One loss and one sampler, from an epoch on (from 0). */
export interface Phase {
  readonly from: number;
  readonly loss: LossId;
  readonly parameters: LossParameters;
  readonly sampler: SamplerId;
}

/** Returns the phases of a choice over these epochs: one, or two with a schedule. Throws `settings/invalid`. */
export function phasesOf(choice: LossChoice, epochs: number): readonly [Phase, ...Phase[]] {
  const { loss, parameters, sampler, schedule } = choice;
  const first: Phase = { from: 0, loss, parameters, sampler };
  if (!schedule) return [first];
  const from = schedule.epoch ?? Math.max(1, Math.round(0.8 * epochs));
  if (!(Number.isInteger(from) && from >= 1 && from < epochs)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${losses[loss].title}: the deferred phase begins after epoch ${from}, and this part of the run has ${epochs}. Give a whole number from 1 to ${epochs - 1}, or more epochs.`,
    );
  }
  const other = schedule.loss ?? loss;
  const own = other === loss ? { ...parameters, ...schedule.parameters } : (schedule.parameters ?? {});
  return [first, { from, loss: other, parameters: own, sampler: schedule.sampler ?? sampler }];
}

/** Returns the phase that an epoch (from 0) belongs to. */
export function phaseAt<T extends Pick<Phase, "from">>(phases: readonly [T, ...T[]], epoch: number): T {
  return phases.findLast(({ from }) => from <= epoch) ?? phases[0];
}

/**
 * Returns a choice with its class weights deferred: none at first, then its own; where it has none (LDAM's default,
 * cross-entropy), those of effective numbers with beta 0.9999. Throws `settings/invalid` for a loss without class
 * weights.
 */
export function deferReweighting(choice: LossChoice, epoch?: number): LossChoice {
  const { loss, parameters } = choice;
  const at = epoch === undefined ? {} : { epoch };
  if (loss === "cross-entropy") {
    const to = "class-balanced-softmax" as const;
    return { ...choice, schedule: { kind: "deferred", ...at, loss: to, parameters: withDefaults(to, {}) } };
  }
  if (!losses[loss].parameters.some(({ name }) => name === "beta")) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${losses[loss].title} has no class weights to defer. Take cross-entropy, LDAM or a class-balanced loss.`,
    );
  }
  const beta = Number(parameters["beta"] ?? 0) || 0.9999;
  return {
    ...choice,
    parameters: { ...parameters, beta: 0 },
    schedule: { kind: "deferred", ...at, parameters: { beta } },
  };
}

/** Returns a choice whose sampler becomes class-balanced late. */
export function deferResampling(choice: LossChoice, epoch?: number): LossChoice {
  const at = epoch === undefined ? {} : { epoch };
  return { ...choice, schedule: { kind: "deferred", ...at, sampler: "class-balanced" } };
}
