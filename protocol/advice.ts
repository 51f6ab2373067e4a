/** What measured advice is asked for and what it answers: losses tried on the user's own training data. */
import type { Interval, LossChoice, Metric } from "./training.ts";

/** One loss that was tried. */
export interface MeasuredCandidate {
  readonly choice: LossChoice;
  /** Mean of the metric over the validation splits when it was last looked at, 0 to 1; absent: not reached. */
  readonly score?: number;
  /** Epochs that it was trained for. */
  readonly epochs: number;
  readonly fate: "finished" | "dropped" | "failed" | "unfinished";
  /** Why it failed. */
  readonly message?: string;
}

/**
 * `helps`: the choice beats cross-entropy beyond the noise of the validation rows. `leads`: it is ahead within that
 * noise. `nothing-helps`: nothing is ahead, or not by enough where the counts promise nothing; the choice is cross-entropy.
 */
export type AdviceVerdict = "helps" | "leads" | "nothing-helps";

export interface MeasuredAdvice {
  readonly choice: LossChoice;
  /** What it is measured against: cross-entropy, of samples with several labels binary cross-entropy. */
  readonly baseline: LossChoice;
  readonly verdict: AdviceVerdict;
  readonly metric: Metric;
  /** Of the choice over cross-entropy in the metric, 95 %; absent where the choice is cross-entropy. */
  readonly gain?: Interval & { readonly mean: number };
  /** Best first; cross-entropy is among them. */
  readonly candidates: readonly MeasuredCandidate[];
  /** Epochs of a candidate that is trained to the end, and how many splits each is trained on. */
  readonly epochs: number;
  readonly splits: number;
  /** The tested class with the fewest validation rows in one split; validation decides no finer than that. */
  readonly smallest: { readonly name: string; readonly rows: number };
  /** Steps trained, and steps that training every candidate to the end on every split would have taken. */
  readonly steps: number;
  readonly allSteps: number;
  readonly seconds: number;
  /** Whether the time ended before the race did. */
  readonly cutShort: boolean;
  /** Sentences: what decided, what was close, what the data cannot tell. */
  readonly why: string;
  /** One line for the project file: what was measured. */
  readonly evidence: string;
}

/** How far it is. */
export interface AdviceProgress {
  readonly message: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface AdviceRequests {
  /** Measures within about so many seconds. Answers `run/busy` while training runs. */
  readonly "advice/measure": {
    readonly params: { readonly manifest: string; readonly folder: string; readonly seconds: number };
    readonly result: MeasuredAdvice;
  };
  /** What was measured last on these data; null where nothing was, or the data have changed since. */
  readonly "advice/latest": {
    readonly params: { readonly manifest: string; readonly folder: string };
    readonly result: MeasuredAdvice | null;
  };
  /** Ends the measuring; what asked for it is answered with `run/stopped`. */
  readonly "advice/stop": { readonly params: Readonly<Record<string, never>>; readonly result: null };
}

export interface AdviceNotifications {
  readonly "advice/progress": AdviceProgress;
}
