/** Samples that a manifest lists twice, found with at most 16 bytes a sample. */

import { fixed, formatAmount, formatCount, unitName } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";
import { Meeting, type Met } from "./met.ts";
import { hashBytes, NumberSet } from "./numberSet.ts";

/** Above this no further sample is remembered, and the check says so. */
export const sampleLimit = 12_000_000;

/** What is to be done with the samples of a manifest: whether to look for repeated ones, and who else wants to know them. */
export interface SampleWatch {
  readonly duplicates: boolean;
  /** Told the name of each sample, as it stands in the file. */
  each?(bytes: Uint8Array, start: number, end: number, span: Span): void;
}

/** Where samples are remembered. */
export interface RememberedSamples {
  /** Takes the sample named by `bytes[start, end)` with its class. */
  add(bytes: Uint8Array, start: number, end: number, label: number, span: Span): void;
  /** Samples that came again. */
  repeated(): Met;
  /** Whether there were more than are remembered. */
  beyond(): boolean;
}

/** In plain TypeScript. */
function rememberedSamples(): RememberedSamples {
  const seen = new NumberSet();
  const repeated = new Meeting();
  let beyond = false;
  return {
    add(bytes, start, end, label, span) {
      if (seen.size >= sampleLimit) beyond = true;
      else if (!seen.add(hashBytes(bytes, start, end, label))) repeated.note(span.start, span.end);
    },
    repeated: () => repeated,
    beyond: () => beyond,
  };
}

export class DuplicateCheck {
  readonly #watch: SampleWatch;
  readonly #samples: RememberedSamples;

  constructor(watch: SampleWatch, samples: RememberedSamples = rememberedSamples()) {
    this.#watch = watch;
    this.#samples = samples;
  }

  /** Takes the sample named by `bytes[start, end)` with its class. */
  add(bytes: Uint8Array, start: number, end: number, label: number, span: Span): void {
    this.#watch.each?.(bytes, start, end, span);
    if (this.#watch.duplicates) this.#samples.add(bytes, start, end, label, span);
  }

  /** `basis` says what a sample is. */
  observations(basis: "images" | "samples"): Observation[] {
    const found: Observation[] = [];
    const { times, first } = this.#samples.repeated();
    if (first) {
      const listed = t`${formatAmount(times, basis)} ${times === 1 ? "is" : "are"} listed twice`;
      found.push({
        code: "sample/duplicate",
        severity: "warning",
        message: ({ line }) => t`${listed} with the same label; first line ${fixed(line, 0)}.`,
        span: first,
      });
    }
    if (this.#samples.beyond()) {
      const message = t`Duplicates were not checked beyond the first ${formatCount(sampleLimit)} ${unitName(basis)}.`;
      found.push({ code: "sample/duplicate", severity: "information", message });
    }
    return found;
  }
}
