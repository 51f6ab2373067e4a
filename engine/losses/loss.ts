/** The contract of a loss: a function of one row of logits. `defineLoss` adds what a batch needs. */
import type { Move } from "#engine/kernels/rows.ts";
import type { LossId } from "#protocol/losses.ts";
import type { LossMemory } from "./memory.ts";
import type { Targets, Values } from "./targets.ts";

/** Target of one row. One object is used for all rows; nobody keeps it. */
export interface RowTarget {
  /** Position in the batch. */
  row: number;
  /** The class, or `background`, also where a multi-hot row has several classes. */
  label: number;
  /** `[columns]`: 1 on the classes of the row; on an objectness column 1 for background. */
  readonly truth: Uint8Array;
  /** 1 where the batch has no qualities. */
  quality: number;
  readonly targets: Targets;
}

/** Sums of the absolute gradient, on positives and on negatives; each `[classes]`, or `[columns]` with objectness. */
export interface GradientTally {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** What one step collected, summed over replicas where there are several: un-normalised, `[columns]`. */
export interface StepTally extends GradientTally {
  /** What the loss and its gradient were divided by. */
  readonly divisor: number;
}

/** What a loss is made from. */
export interface Setup {
  readonly classes: number;
  /** `[classes]`, training samples. */
  readonly counts: Float64Array;
  number(name: string): number;
  choice(name: string): string;
  flag(name: string): boolean;
}

/**
 * What the sum over rows is divided by: rows, rows times columns, positive targets (at least 1), the sum of the
 * row weights, nothing, a fixed number, or (`shares`) the sum of `share` over rows (at least 1).
 */
export type Normaliser = "rows" | "elements" | "positives" | "weights" | "none" | "shares" | number;

/** A row function as a kernel over many rows in 32 bits knows it: see `engine/kernels/rows.ts`. */
export type BlockForm = SoftmaxForm | SoftmaxBinaryForm | BinaryForm;

export interface SoftmaxForm {
  readonly kind: "softmax";
  /** `[columns]`, added to the logits. */
  readonly shift: Float64Array;
  /** Focusing; 0 is none. */
  readonly gamma: number;
  /** What becomes of the logits before the softmax; absent: nothing. */
  readonly move?: Move;
  /** Derivative of a moved logit by its logit. */
  readonly slope: number;
}

/** As `softmaxBinaryLoss`. */
export interface SoftmaxBinaryForm {
  readonly kind: "softmax-binary";
}

export interface BinaryForm {
  readonly kind: "binary";
  /** `[columns]`. */
  readonly onPositives: Float64Array;
  readonly onNegatives: Float64Array;
  /** Focusing, of all columns or one a column. */
  readonly gamma: number | Float64Array;
  /** Returns the loss of the logit of a row's class, and writes its gradient, where that is not the kernel's. */
  readonly ofLabel?: (target: RowTarget, logit: number, gradient: Float64Array) => number;
}

/** A loss as its author writes it. `State` is plain data: numbers, flags and float64 arrays. */
export interface LossDefinition<State> {
  readonly id: LossId;
  /** Columns beyond the classes, named; absent: none. */
  columns?(setup: Setup): readonly "objectness"[];
  initial(setup: Setup): State;
  /** Returns the loss of one row and writes its gradient; both `[columns]` arrays are 64-bit. */
  row(target: RowTarget, logits: Float64Array, state: State, gradient: Float64Array): number;
  /**
   * The same function as a kernel computes it for rows of these targets; absent, or undefined for targets that the
   * kernel does not know: row by row. Training in 32 bits uses it, everything else `row`.
   */
  block?(state: State, targets: Targets): BlockForm | undefined;
  /** Multiplies a row's loss and gradient; absent: 1. */
  weight?(target: RowTarget, state: State): number;
  /** Absent: rows. */
  normaliser?(state: State): Normaliser;
  /** Part of a row in the divisor `shares`. */
  share?(target: RowTarget, logits: Float64Array, state: State): number;
  /** Classes that no label may name, each with count 0; absent: none. */
  forbids?(state: State, label: number): boolean;
  /** Classes that weigh nothing for want of samples: a label that names one is refused by `check`; absent: none. */
  weighsNothing?(state: State, label: number): boolean;
  /** Names of the float64 arrays in the state that a training run builds up. */
  readonly memory?: readonly (keyof State & string)[];
  /** Changes the state before the loss of a training step. */
  before?(state: State, targets: Targets): void;
  /** Changes the state after a training step; has no use for what the tally holds beyond the classes. */
  next?(state: State, tally: StepTally): void;
  /** Brings what depends on the memory up to date after it was restored. */
  derive?(state: State): void;
  /** Takes qualities. */
  readonly takesQuality?: true;
}

/** A loss ready for training on one set of counts. */
export interface PreparedLoss {
  readonly id: LossId;
  readonly classes: number;
  /** Columns of the logits: the classes, and one more for a loss with objectness. */
  readonly columns: number;
  /** Start of every class bias; absent: 0. */
  readonly biasStart: number | undefined;
  /** Whether that bias takes part in weight decay. */
  readonly decayBias: boolean;
  /** Whether it takes the quality of a row as its target. */
  readonly takesQuality: boolean;
  /** What the loss knows at this moment, such as weights and margins; to look at, not to change. */
  readonly state: Readonly<Record<string, unknown>>;
  /**
   * Returns the loss of a training step, writes its gradient, adds |gradient| to the tally and updates the state.
   *
   * `logits` and `gradient`: `[rows, columns]`, two arrays. Throws `loss/unsuitable` for targets that the loss cannot
   * take.
   */
  step(logits: Values, targets: Targets, gradient: Values, tally: GradientTally): number;
  /** As `step`, but leaves the state alone. Returns what `advance` wants beside the loss. */
  measure(logits: Values, targets: Targets, gradient: Values): { readonly loss: number } & StepTally;
  /** Updates the state after a step measured elsewhere, such as on several replicas. */
  advance(tally: StepTally): void;
  /** Returns the loss alone and leaves the state alone. */
  value(logits: Values, targets: Targets): number;
  /**
   * Throws `loss/unsuitable` for targets that `step` would refuse, and for a label of a class that weighs nothing
   * because the counts have no sample of it. For all labels at once, before training.
   */
  check(targets: Targets): void;
  /** Returns a copy of what training built up. */
  save(): LossMemory;
  /** Takes up a saved memory; throws `loss/unsuitable` where it belongs to another loss or class count. */
  restore(memory: LossMemory): void;
}

/** A loss that the registry lists. */
export interface Loss {
  readonly id: LossId;
  /** Names of what a training run builds up; empty for a loss without memory. */
  readonly memory: readonly string[];
  prepare(setup: Setup): PreparedLoss;
}
