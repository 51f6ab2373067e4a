/** A file that training reads its loss from: what is in it, and the smallest edit that puts another loss there. */
import type { ProjectChange, ProjectEdit } from "#engine/project/project.ts";
import type { Basis } from "#protocol/analysis.ts";
import type { LossId, SamplerId } from "#protocol/losses.ts";
import type { Installed } from "./installed.ts";
import type { Grammar } from "./syntax/treeSitter.ts";

/** What to insert: the loss, its sampler, and the counts it was chosen for. */
export interface TargetChange extends ProjectChange {
  /** What the counts count; absent where it is not known. */
  readonly basis?: Basis;
  /** Texts of the files that this one is built on, nearest first; absent where they could not be read. */
  readonly inherited?: readonly string[];
  /** The framework that training will use, where that is known. */
  readonly installed?: Installed;
}

export type TargetAnswer =
  | (ProjectEdit & {
      readonly kind: "edit";
      /** What the user should know, as sentences; often empty. */
      readonly notes: readonly string[];
      /** Files that the edited text names and that must be there too. */
      readonly files?: readonly AddedFile[];
    })
  /** Nothing was changed, and why, as sentences with the next step. */
  | { readonly kind: "refusal"; readonly reason: string };

/** A file beside a configuration. */
export interface AddedFile {
  /** Relative to the folder that training starts in, which is the nearest one above that holds `marker`. */
  readonly path: string;
  readonly marker: string;
  readonly text: string;
}

/** The loss that a configuration has now. */
export interface PresentLoss {
  /** As the framework calls it, such as "CrossEntropyLoss". */
  readonly name: string;
  /** Range in the text, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Entries of its list of class weights, where it has one that is written out. */
  readonly classWeights?: number;
}

/** What a framework can express in its configuration; `docs/targets.md` shows it. */
export interface Accepted {
  readonly losses: readonly LossId[];
  readonly samplers: readonly SamplerId[];
  /** The order of class lists, and where background stands. */
  readonly order: string;
}

export interface Target {
  readonly id: string;
  /** With the version that is known to accept what is written, such as "MMPretrain 1". */
  readonly title: string;
  /** Names of the package that it comes in, as installers know it. */
  readonly packages?: readonly string[];
  /** What must be loaded before `presentLoss` and `insert` are called; see `openTarget`. */
  readonly grammar?: Grammar;
  readonly accepts: Accepted;
  /** Whether a file is one of this target's, by its name and text; false for anything doubtful. */
  recognises(fileName: string, text: string): boolean;
  /** Paths of the files that a text at a path is built on, such as its bases, whether or not they are there. */
  builtOn?(path: string, text: string): readonly string[];
  /** The loss in the text; undefined where it names none, as it may inherit one. */
  presentLoss(text: string): PresentLoss | undefined;
  /** The edit that makes the file train with this loss, or why there is none. Doing it twice changes nothing. */
  insert(text: string, change: TargetChange): TargetAnswer;
}
