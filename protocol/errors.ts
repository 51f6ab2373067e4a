/** Error codes that cross a process boundary, each with its meaning. */
export const errorCodes = {
  "data/unreadable": "A data file cannot be read or has the wrong shape.",
  "data/mismatch": "Inputs and labels do not belong together.",
  "data/changed": "Data differ from those that a sweep was planned on.",
  "data/none": "No inputs to train on were found.",
  "loss/unsuitable": "The loss does not fit the labels or the counts.",
  "settings/invalid": "A setting is outside its range.",
  "backend/unavailable": "The chosen backend does not run here.",
  "backend/lost": "The device that trained failed; checkpoints are kept.",
  "run/failed": "Training ended with an error.",
  "run/unknown": "No such run.",
  "run/busy": "Another experiment is running.",
  "run/stopped": "It was stopped on request.",
  "engine/died": "The training process ended.",
  "disk/full": "A run cannot be written.",
  "cluster/unreachable": "A cluster does not answer.",
  "cluster/refused": "A cluster does not take what is asked of it.",
  internal: "A mistake in Equipoise.",
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** An error that a user can act on: `message` names the thing, the place and the next step. */
export class EquipoiseError extends Error {
  /** Several bundles of ours may be loaded into one process, each with a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "EquipoiseError" && "code" in value;
  }

  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EquipoiseError";
    this.code = code;
  }
}
