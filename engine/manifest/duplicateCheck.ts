/** Samples that a manifest lists twice, found with at most 16 bytes a sample. */

import { fixed, formatAmount, formatCount, unitName } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";
import { hashBytes, NumberSet } from "./numberSet.ts";

/** Above this no further sample is remembered, and the check says so. */
const sampleLimit = 12_000_000;

/** What is to be done with the samples of a manifest: whether to look for repeated ones, and who else wants to know them. */
export interface SampleWatch {
  readonly duplicates: boolean;
  /** Told the name of each sample, as it stands in the file. */
  each?(bytes: Uint8Array, start: number, end: number, span: Span): void;
}

export class DuplicateCheck {
  readonly #watch: SampleWatch;
  readonly #seen = new NumberSet();
  #repeated = 0;
  #first: Span | undefined;
  #beyond = false;

  constructor(watch: SampleWatch) {
    this.#watch = watch;
  }

  /** Takes the sample named by `bytes[start, end)` with its class. */
  add(bytes: Uint8Array, start: number, end: number, label: number, span: Span): void {
    this.#watch.each?.(bytes, start, end, span);
    if (!this.#watch.duplicates) return;
    if (this.#seen.size >= sampleLimit) {
      this.#beyond = true;
      return;
    }
    if (this.#seen.add(hashBytes(bytes, start, end, label))) return;
    this.#repeated++;
    this.#first ??= span;
  }

  /** `basis` says what a sample is. */
  observations(basis: "images" | "samples"): Observation[] {
    const found: Observation[] = [];
    if (this.#first) {
      const listed = t`${formatAmount(this.#repeated, basis)} ${this.#repeated === 1 ? "is" : "are"} listed twice`;
      found.push({
        code: "sample/duplicate",
        severity: "warning",
        message: ({ line }) => t`${listed} with the same label; first line ${fixed(line, 0)}.`,
        span: this.#first,
      });
    }
    if (this.#beyond) {
      const message = t`Duplicates were not checked beyond the first ${formatCount(sampleLimit)} ${unitName(basis)}.`;
      found.push({ code: "sample/duplicate", severity: "information", message });
    }
    return found;
  }
}
