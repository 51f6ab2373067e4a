/** The error of a backend that cannot be had. */
import { EquipoiseError } from "#protocol/errors.ts";

/** @param message says what is missing, and what to do. */
export function unavailable(message: string, cause?: unknown): EquipoiseError {
  return new EquipoiseError("backend/unavailable", message, { cause });
}
