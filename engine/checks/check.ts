/** What a check of a counted manifest is. */

import type { CountedView, Observation, SplitOverlap } from "#engine/manifest/manifest.ts";
import type { FindingCode, Objective, Recommendation, View } from "#protocol/analysis.ts";

export interface CheckInput {
  readonly view: View;
  /** The same view with the places of its classes, in the same order. */
  readonly counted: CountedView;
  readonly objective: Objective;
  readonly recommendation: Recommendation | undefined;
}

/** A pure function from counts to what is worth telling. */
export interface Check {
  readonly code: FindingCode;
  observe(input: CheckInput): readonly Observation[];
}

export interface SplitCheckInput {
  /** The splits of one data set, training first. */
  readonly views: readonly View[];
  /** The same splits with the places of their classes. */
  readonly counted: readonly CountedView[];
  readonly overlaps: readonly SplitOverlap[];
}

/** A pure function from the splits of a data set to what is worth telling. */
export interface SplitCheck {
  readonly code: FindingCode;
  observe(input: SplitCheckInput): readonly Observation[];
}
