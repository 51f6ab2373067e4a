/** What a verdict is made of. */

import { fixed, formatPoints } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { PanelSnapshot } from "#protocol/panel.ts";
import type { ExperimentSnapshot, Interval, LossChoice } from "#protocol/training.ts";
import type { LossSummary } from "../model/summaries.ts";

export interface Phrase {
  readonly text: string;
  readonly strong: boolean;
}

/** A button of the verdict. At most one of them is primary. */
export type Action =
  | {
      readonly kind:
        | "run"
        | "resume"
        | "stop"
        | "cancel"
        | "manage-trust"
        | "show-log"
        | "show-recording"
        | "show-comparison"
        | "stop-measuring"
        | "kill";
      readonly label: string;
      readonly primary: boolean;
    }
  | { readonly kind: "run-seeds"; readonly label: string; readonly primary: boolean; readonly seeds: number }
  | {
      readonly kind: "insert" | "copy-code";
      readonly label: string;
      readonly primary: boolean;
      readonly choice: LossChoice;
      /** What was measured for it. */
      readonly evidence?: string;
    }
  | { readonly kind: "measure"; readonly label: string; readonly primary: boolean; readonly seconds: number };

export interface Verdict {
  readonly tone: "plain" | "warning" | "error";
  readonly say: readonly Phrase[];
  readonly why: string;
  readonly actions: readonly Action[];
  /** 0 to 1 while something is under way. */
  readonly progress?: number;
  /** What a screen reader says when this changes: not each epoch, but each finished loss. */
  readonly spoken: string;
}

/** What the verdicts on an experiment are made from. */
export interface ExperimentFacts {
  readonly snapshot: PanelSnapshot;
  readonly experiment: ExperimentSnapshot;
  /** In the plan's order. */
  readonly summaries: readonly LossSummary[];
}

export const text = (words: string): Phrase => ({ text: words, strong: false });
export const strong = (words: string): Phrase => ({ text: words, strong: true });

/** A sentence without emphasis. */
export function joined(phrases: readonly Phrase[]): string {
  return phrases.map((phrase) => phrase.text).join("");
}

/** "+13.7 to +15.6". */
export function intervalWords({ low, high }: Interval): string {
  return t`${formatPoints(low)} to ${formatPoints(high)}`;
}

/** A share as per cent without its unit, such as "45.5"; "none" where it was not measured. */
export function percentNumber(share: number | null | undefined): string {
  return share === null || share === undefined ? "none" : fixed(share * 100, 1);
}

/** How the test part is counted: tables have samples, all else images. */
export function testUnit({ dataset }: PanelSnapshot): string {
  return /csv|tsv|table|json lines|jsonl/i.test(dataset?.format ?? "") ? "samples" : "images";
}
