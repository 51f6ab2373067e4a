/** How the learning rate of a run changes. */

import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { RateSchedule } from "#protocol/training.ts";

/** Returns the learning rate of a step (from 0) that follows half a cosine from `start` to 0 after `steps`. */
export function cosineRate(start: number, step: number, steps: number): number {
  return (start * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/** A stretch of training: its epochs, and steps in each. */
export interface Stretch {
  readonly epochs: number;
  readonly perEpoch: number;
}

/**
 * Returns the learning rate of a step (from 0). During warm-up it rises in a straight line, step by step, and is whole
 * with the last step of it; the cosine begins where warm-up ends. Steps multiply the start, not each other.
 */
export function rateAt(
  { kind, warmup = 0, steps = [] }: RateSchedule,
  start: number,
  step: number,
  { epochs, perEpoch }: Stretch,
): number {
  const rising = Math.min(warmup, epochs) * perEpoch;
  if (step < rising) return (start * (step + 1)) / rising;
  if (kind === "cosine") return cosineRate(start, step - rising, Math.max(1, epochs * perEpoch - rising));
  if (kind === "constant") return start;
  const epoch = Math.floor(step / perEpoch);
  let factor = 1;
  for (const each of steps) if (each.epoch <= epoch) factor = each.factor;
  return start * factor;
}

/** Throws `settings/invalid` naming what does not fit. */
export function checkRate({ kind, warmup = 0, steps = [] }: RateSchedule, epochs: number): void {
  const wrong = (what: string): EquipoiseError => new EquipoiseError("settings/invalid", what);
  if (!["cosine", "steps", "constant"].includes(kind)) {
    throw wrong(t`rate.kind is ${String(kind)}. Take cosine, steps or constant.`);
  }
  if (!(Number.isInteger(warmup) && warmup >= 0 && warmup < epochs)) {
    throw wrong(t`rate.warmup is ${warmup}. Give whole epochs, fewer than the ${epochs} of the run.`);
  }
  if ((kind === "steps") !== steps.length > 0) {
    throw wrong(
      kind === "steps"
        ? t`rate.steps is empty. Name epochs and factors, or take cosine.`
        : t`rate.steps stands beside rate.kind ${kind}. Set the kind to steps, or leave them out.`,
    );
  }
  let before = 0;
  for (const { epoch, factor } of steps) {
    if (!(Number.isInteger(epoch) && epoch > before && factor > 0 && Number.isFinite(factor))) {
      throw wrong(
        t`rate.steps: epoch ${epoch} with factor ${factor}. Give whole epochs from 1 that rise, and factors above 0.`,
      );
    }
    before = epoch;
  }
}
