/** What the user chose to look at; kept by the editor while the panel is hidden. */
import type { ExperimentPlan } from "#protocol/training.ts";

export type Group = "head" | "middle" | "tail";
export const groupNames: readonly Group[] = ["head", "middle", "tail"];

export type RatioSums = "accumulated" | "window";
export type ClassesTab = "classes" | "map" | "recall" | "confusion";
export type CourseTab = "ratio" | "accuracy" | "loss";
export type AccuracyOf = "balanced" | "overall" | Group;
export type ClassOrder = "count" | "ratio" | "recall";
export type RunsColumn = "title" | "accuracy" | "difference" | Group | "seeds";

export interface Sorting {
  readonly column: RunsColumn;
  readonly descending: boolean;
}

/** The parts of a plan that the panel lets a user change. */
export type PlanEdits = Partial<Pick<ExperimentPlan, "losses" | "seeds" | "epochs" | "model" | "backend">>;

export interface Choices {
  /** Step of the class ladder; absent: the end of epoch 1. */
  readonly step?: number;
  readonly sums: RatioSums;
  readonly group: Group;
  /** Index of the class that the course shows in place of the group. */
  readonly selected?: number;
  /** Indices of classes that stay in view, in the order in which they were pinned. */
  readonly pinned: readonly number[];
  /** Indices into the plan's losses. */
  readonly hidden: readonly number[];
  /** The sixth or later loss that is drawn in place of the fifth. */
  readonly swapped?: number;
  /** Absent: what the plan uses. */
  readonly beta?: number;
  /** Absent: the map above 40 classes, the ladder else. */
  readonly classesTab?: ClassesTab;
  readonly courseTab: CourseTab;
  readonly accuracyOf: AccuracyOf;
  readonly order: ClassOrder;
  readonly confusionOf?: number;
  readonly sorting?: Sorting;
  readonly edits: PlanEdits;
  /** Whether the experiment is open for editing in a narrow panel. */
  readonly editing: boolean;
  /** Whether the list of comparisons is open. */
  readonly listing: boolean;
  /** Whether further figures are shown; absent: where masks or crops are trained on. */
  readonly figures?: boolean;
  /** Index of the loss whose logits are adjusted after training; absent: none. */
  readonly adjusting?: number;
  /** Of that adjustment. */
  readonly tau: number;
  /** Whether every loss that was tried is listed. */
  readonly allCandidates: boolean;
  /** Names of the charts whose values stand below them as a table. */
  readonly tables: readonly string[];
}

export const initialChoices: Choices = {
  sums: "accumulated",
  group: "tail",
  pinned: [],
  hidden: [],
  courseTab: "ratio",
  accuracyOf: "balanced",
  order: "count",
  edits: {},
  editing: false,
  listing: false,
  allCandidates: false,
  tau: 1,
  tables: [],
};

interface Stored {
  readonly manifest: string;
  readonly choices: Choices;
}

/** The choices as the editor keeps them, with the manifest that they are about. */
export function stored(manifest: string, choices: Choices): Stored {
  return { manifest, choices };
}

/** The kept choices where they are about this manifest, else the initial ones. */
export function restored(kept: unknown, manifest: string | undefined): Choices {
  if (typeof kept !== "object" || kept === null || manifest === undefined) return initialChoices;
  const { manifest: about, choices } = kept as Partial<Stored>;
  return about === manifest && choices ? { ...initialChoices, ...choices } : initialChoices;
}

/** The choices with some changed; a value of undefined takes the choice back. */
export function chosen(
  choices: Choices,
  change: { readonly [K in keyof Choices]?: Choices[K] | undefined },
): Choices {
  const next: Record<string, unknown> = { ...choices, ...change };
  for (const [name, value] of Object.entries(next)) if (value === undefined) delete next[name];
  return next as unknown as Choices;
}

/** The names with one added, or taken out where it was in. */
export function toggled<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
