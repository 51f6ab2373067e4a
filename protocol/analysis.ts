/** What a manifest says, as data: class frequencies, groups, findings and advice. */
import type { LossId, LossParameters, SamplerId } from "./losses.ts";

/** What one unit of a count is. */
export type Basis = "images" | "instances" | "pixels";

/** What the labels of one sample look like; decides which losses apply. */
export type Task = "single-label" | "multi-label" | "detection" | "segmentation";

/** The test distribution that training is for. `prior` maps class names to shares. */
export type Objective = "balanced" | "natural" | { readonly prior: Readonly<Record<string, number>> };

/** One class of a view, at its training index. */
export interface ClassFrequency {
  /** Position in the training order, from 0. */
  readonly index: number;
  /** The id that the format itself uses; absent where it has none. */
  readonly id?: number | string;
  readonly name: string;
  /** Training samples of the class, in units of the view's basis. */
  readonly count: number;
  /** Images that contain the class, where the basis is not images. */
  readonly images?: number;
}

/** Many-shot: more than 100, medium-shot: 20 to 100, few-shot: fewer than 20. Liu et al. 2019, section 4. */
export type ShotGroup = "many" | "medium" | "few";

/** LVIS only: 1 to 10 images, 11 to 100, more than 100. Gupta et al. 2019, section 4.2. */
export type FrequencyGroup = "rare" | "common" | "frequent";

/** Class frequencies of one split of one file and what follows from them. */
export interface View {
  readonly name: string;
  readonly split?: string;
  readonly task: Task;
  readonly basis: Basis;
  /** The bases that this view can be switched to, the present one included. */
  readonly bases: readonly Basis[];
  /** Images or rows; the sum of the counts where a count table does not tell them. */
  readonly samples: number;
  /** Sum of the counts. */
  readonly labels: number;
  /** In training order. */
  readonly classes: readonly ClassFrequency[];
  /** Largest count over smallest non-zero count, at least 1; null where no class occurs. */
  readonly imbalanceFactor: number | null;
  /** Over the classes that occur; 0 is balanced. */
  readonly gini: number;
  /** The same with declared but empty classes counted as 0. */
  readonly giniWithEmpty: number;
  /** Entropy over its maximum, over the classes that occur; 1 is balanced. */
  readonly normalisedEntropy: number;
  readonly groups: Readonly<Record<ShotGroup, number>> & { readonly empty: number };
  readonly frequencyGroups?: Readonly<Record<FrequencyGroup, number>>;
}

export type Severity = "error" | "warning" | "information" | "hint";

/** A place in a file as editors count: lines and UTF-16 columns from 1, the end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something worth telling about a file. Codes are stable and documented in `docs/findings.md`. */
export interface Finding extends Place {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  /** Relative to the folder of the analysed file; absolute where the server or the command line passes it on. */
  readonly file: string;
  /** Names of the classes it speaks about, most relevant first. */
  readonly classes?: readonly string[];
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace extends Place {
  readonly file: string;
  readonly message: string;
}

/** Every finding code, in the order of the documentation. */
export const findingCodes = [
  "imbalance/high",
  "class/few",
  "class/empty",
  "class/unknown",
  "class/duplicate-name",
  "class/look-alike",
  "class/superclass",
  "class/id-gaps",
  "class/declared-count",
  "label/unreadable",
  "label/empty-box",
  "label/outside-image",
  "label/duplicate-id",
  "label/duplicate-box",
  "label/federated",
  "sample/duplicate",
  "sample/duplicate-id",
  "sample/unknown-image",
  "image/unlabelled",
  "image/unlisted",
  "path/foreign",
  "file/missing",
  "split/class-missing",
  "split/distance",
  "split/overlap",
  "manifest/broken",
  "manifest/invalid-number",
  "manifest/encoding",
  "manifest/unreadable",
  "manifest/empty",
  "manifest/no-labels",
  "config/syntax",
  "config/unknown-key",
  "config/wrong-type",
  "config/unknown-loss",
  "config/unknown-parameter",
  "config/out-of-range",
  "config/beta-no-effect",
  "config/double-correction",
  "config/missing-file",
  "config/stale-counts",
  "config/class-count",
  "trap/background-weight",
  "trap/sigmoid-weights",
  "trap/weight-count",
  "trap/weight-order",
  "trap/class-count",
  "trap/class-order",
  "trap/framework-version",
  "trap/number-expected",
  "trap/seesaw-classes",
  "trap/eqlv2-classes",
  "trap/eqlv2-distributed",
  "trap/process-group",
  "trap/region-loss",
  "trap/focal-softmax",
  "trap/unused-setting",
  "trap/loss-name",
  "trap/samples-per-class",
  "trap/alpha-no-effect",
  "trap/class-weight-missing",
  "trap/sample-weight",
  "trap/fed-loss-sigmoid",
  "trap/fed-loss-metadata",
  "trap/weighted-sampler",
  "trap/cls-pw",
  "trap/paddle-weight",
  "trap/gradient-collector",
  "trap/pyramid-levels",
  "trap/pos-and-neg",
  "trap/compute-loss",
  "trap/zero-count",
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** What to train with, why in this dataset's numbers, and who says so. */
export interface Recommendation {
  readonly loss: LossId;
  readonly objective: Objective;
  readonly parameters: LossParameters;
  readonly sampler?: SamplerId;
  /** When the loss acts, where not from the first epoch on, as a sentence. */
  readonly schedule?: string;
  readonly why: string;
  /** What this will not mend. */
  readonly limits: string;
  /** Paper with its arXiv number, or the measurement. */
  readonly source: string;
  /** What else is worth a try, best first. */
  readonly alternatives: readonly Alternative[];
}

export interface Alternative {
  readonly loss: LossId;
  readonly parameters: LossParameters;
  readonly sampler?: SamplerId;
  readonly why: string;
  readonly source: string;
}

/** How sure a reader is that a file is of its format, and what it saw there. */
export interface Recognition {
  readonly format: string;
  readonly evidence: "sure" | "likely";
  readonly why: string;
}

/** A data set that was found in a folder. */
export interface FoundDataset {
  /** Relative to the folder, with `/` between folders; one for each split, or the one that stands for all. */
  readonly files: readonly string[];
  readonly format: string;
  /** By what it was recognised. */
  readonly why: string;
}

/** Counts of a manifest that is still being read: true of what was read, not of the whole. */
export interface CountsSoFar {
  readonly labels: number;
  /** Classes that have labels. */
  readonly classes: number;
  /** Labels of the most frequent class for one of the rarest. */
  readonly imbalance: number;
}

/** What `equipoise inspect --json` prints. */
export interface Analysis {
  readonly format: string;
  /** Absolute paths of the folders whose files were read; absent for a manifest of one file. */
  readonly folders?: readonly string[];
  /** Where a folder was named: the data sets in it. The first one was read. */
  readonly found?: readonly FoundDataset[];
  /** Every reader that the file fits; the first one read it. Absent where none did. */
  readonly recognition?: readonly Recognition[];
  readonly views: readonly View[];
  readonly findings: readonly Finding[];
  readonly recommendation?: Recommendation;
}
