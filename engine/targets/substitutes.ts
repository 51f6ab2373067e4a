import type { LossChoice } from "#protocol/training.ts";

/** What frameworks offer that have none of the advised losses, mildest last. */
export const substitutes: readonly LossChoice[] = [
  { loss: "cross-entropy", parameters: {}, sampler: "repeat-factor" },
  {
    loss: "weighted-cross-entropy",
    parameters: { scheme: "sqrtInverse", beta: 0.9999, absent: "exclude", reduction: "mean" },
    sampler: "instance-balanced",
  },
];
