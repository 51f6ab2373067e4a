/** Labels of the training and the test part of an experiment, in one order of classes. */

import { basename } from "node:path";
import { classesOf, firstLabels, type LabelSets, pickSets, setsOf } from "#engine/manifest/labelSets.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { DataSource, ExperimentPlan } from "#protocol/training.ts";
import { countClasses } from "./dataset.ts";
import { holdOutOf } from "./heldOutSets.ts";
import { type Labelled, readLabels } from "./labels.ts";

/** Samples of one part: which ones of their source, and their classes. */
export interface Part {
  readonly source: DataSource;
  readonly samples: Labelled;
  /** Positions in `samples`. */
  readonly positions: Int32Array;
  /** Index into the split's classes, one a position. */
  readonly labels: Int32Array;
  /** As in `Dataset`, one a position. */
  readonly sets?: LabelSets;
}

export interface Split {
  readonly classes: readonly string[];
  readonly train: Part;
  readonly test: Part;
  /** Whether the test part was cut from the training samples. */
  readonly heldOut: boolean;
  /** What a user should know, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Returns both parts. Without `test`, a fifth of every class is held out, drawn by the seed. Throws `data/mismatch` where the parts
 * share no class, and where fewer than two classes have training samples.
 */
export async function readSplit(train: DataSource, test: DataSource | undefined, seed = 0): Promise<Split> {
  const samples = await readLabels(train.labels);
  const split = test ? await twoFiles(train, samples, test) : oneFile(train, samples, seed);
  requireUsable(split, train, test);
  return split;
}

/** Whether samples may have several labels or none. */
export function isMultiLabel({ train }: Split): boolean {
  return train.sets !== undefined;
}

/** Throws `settings/invalid` where a plan and its labels differ in how many of them a sample has. */
export function requireSameKind({ isMultiLabel: planned = false }: ExperimentPlan, split: Split): void {
  if (planned === isMultiLabel(split)) return;
  const found = planned ? t`have one label each` : t`have several labels or none`;
  throw new EquipoiseError(
    "settings/invalid",
    t`Samples of ${basename(split.train.source.labels)} ${found}, other than the plan says. The file has changed: propose the comparison anew.`,
  );
}

/** Throws `data/mismatch` where fewer than two classes have training samples, or nothing is left to test on. */
export function requireUsable(split: Split, train: DataSource, test: DataSource | undefined): void {
  const counts = countClasses(split.train, split.classes.length);
  if (counts.filter((count) => count > 0).length < 2) {
    const only = split.classes[counts.findIndex((count) => count > 0)] ?? "none";
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(train.labels)} has samples of one class alone: ${only}. Comparing losses needs two classes.`,
    );
  }
  if (countClasses(split.test, split.classes.length).every((count) => count === 0)) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename((test ?? train).labels)} leaves no test sample. Name a test set, or add samples: a class needs two for one to be held out.`,
    );
  }
}

function oneFile(source: DataSource, samples: Labelled, seed: number): Split {
  const { labels, sets, classes } = samples;
  const { train, test, untested } = holdOutOf(samples, classes.length, seed);
  const part = (positions: Int32Array): Part => ({
    source,
    samples,
    positions,
    labels: positions.map((position) => labels[position] as number),
    ...(sets ? { sets: pickSets(sets, positions) } : {}),
  });
  const have = count(untested.length, t`class has`, t`classes have`);
  const names = nameSome(untested.map((label) => samples.classes[label] ?? String(label)));
  // Where samples have several labels, other classes may want all of one's samples in training.
  const note = sets
    ? t`${have} no sample to spare, all are kept for training and not tested: ${names}.`
    : t`${have} a single sample, kept for training and not tested: ${names}.`;
  const notes = untested.length === 0 ? [] : [note];
  return { classes, train: part(train), test: part(test), heldOut: true, notes };
}

async function twoFiles(train: DataSource, samples: Labelled, test: DataSource): Promise<Split> {
  const tested = await readLabels(test.labels);
  const classes = alignClasses(samples, tested);
  const indexOf = classIndices(classes, tested);
  // One label each in training and several in the test part are several.
  const sets =
    samples.sets ??
    (tested.sets && setsOf(Array.from(samples.labels, (label) => (label < 0 ? [] : [label]))));
  const whole = {
    source: train,
    samples,
    positions: Int32Array.from(samples.labels, (_, i) => i),
    labels: samples.labels,
  };
  if (sets)
    return {
      classes,
      train: { ...whole, sets },
      ...testedSets(test, tested, indexOf, classes),
      heldOut: false,
    };
  const positions: number[] = [];
  const labels: number[] = [];
  const unknown = new Set<string>();
  for (const [position, label] of tested.labels.entries()) {
    const index = indexOf[label];
    if (index === undefined) unknown.add(tested.classes[label] ?? String(label));
    else {
      positions.push(position);
      labels.push(index);
    }
  }
  if (positions.length === 0) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(test.labels)} shares no class with ${basename(train.labels)}: ${nameSome(tested.classes)} against ${nameSome(samples.classes)}. Name the test set of this training set.`,
    );
  }
  return {
    classes,
    train: whole,
    test: {
      source: test,
      samples: tested,
      positions: Int32Array.from(positions),
      labels: Int32Array.from(labels),
    },
    heldOut: false,
    notes: testNotes(test, classes, labels, tested.labels.length, unknown),
  };
}

/** A sample may have other labels beside one that training does not know: such labels alone are left out. */
function testedSets(
  source: DataSource,
  tested: Labelled,
  indexOf: readonly (number | undefined)[],
  classes: readonly string[],
): Pick<Split, "test" | "notes"> {
  const labels = Array.from(tested.labels, (label, i) =>
    tested.sets ? classesOf(tested.sets, i) : label < 0 ? [] : [label],
  );
  const sets = setsOf(labels.map((own) => Array.from(own).flatMap((label) => indexOf[label] ?? [])));
  const unknown = tested.classes.filter(
    (_, label) => indexOf[label] === undefined && labels.some((own) => own.includes(label)),
  );
  const notes =
    unknown.length === 0
      ? []
      : [
          t`${count(unknown.length, t`class`, t`classes`)} of ${basename(source.labels)} left out, as training does not have them: ${nameSome(unknown)}.`,
        ];
  const positions = Int32Array.from(labels, (_, i) => i);
  const met = new Set(sets.classes);
  const missing = classes.filter((_, k) => !met.has(k));
  return {
    test: { source, samples: tested, positions, labels: firstLabels(sets), sets },
    notes: [...notes, ...missingNote(basename(source.labels), missing)],
  };
}

/** A `.npy` only numbers its classes: names and number of classes then come from the other side. */
function alignClasses(samples: Labelled, tested: Labelled): readonly string[] {
  return !samples.named && tested.named && tested.classes.length >= samples.classes.length
    ? tested.classes
    : samples.classes;
}

/** Returns the index in `classes` of each class of the test set; undefined where training does not know it. */
function classIndices(classes: readonly string[], tested: Labelled): (number | undefined)[] {
  if (!tested.named) return tested.classes.map((_, k) => (k < classes.length ? k : undefined));
  const byName = new Map(classes.map((name, index) => [name, index]));
  // Two classes of one name can only be told apart by their place.
  const unique = byName.size === classes.length;
  return tested.classes.map((name, k) => (unique || classes[k] !== name ? byName.get(name) : k));
}

function testNotes(
  test: DataSource,
  classes: readonly string[],
  labels: readonly number[],
  samples: number,
  unknown: ReadonlySet<string>,
): string[] {
  const name = basename(test.labels);
  const notes: string[] = [];
  if (unknown.size > 0) {
    notes.push(
      t`${count(samples - labels.length, "sample", "samples")} of ${name} left out: ${count(unknown.size, t`class does`, t`classes do`)} not occur in training (${nameSome([...unknown])}).`,
    );
  }
  const met = new Set(labels);
  const missing = classes.filter((_, k) => !met.has(k));
  return [...notes, ...missingNote(name, missing)];
}

function missingNote(name: string, missing: readonly string[]): string[] {
  return missing.length === 0
    ? []
    : [
        t`${count(missing.length, t`class has`, t`classes have`)} no sample in ${name}: ${nameSome(missing)}.`,
      ];
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** Returns up to three names, and how many more there are. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
  return names.length > 3 ? t`${shown.join(", ")} and ${names.length - 3} more` : shown.join(", ");
}
