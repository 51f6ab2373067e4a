/** Folders of images, one folder a class, with or without a folder a split above them. */

import { basename, join } from "node:path";
import { t } from "#protocol/l10n.ts";
import type { CountedView, ManifestReading } from "../manifest.ts";
import { type LabelledSamples, SampleCollector } from "../sampleCollector.ts";
import { splitOf } from "../split.ts";
import { type Folder, isImage } from "./folder.ts";
import type { FolderInput, FolderReader, FolderSet } from "./folderReader.ts";
import { splitsOfFiles } from "./repeatedFiles.ts";

export const imageFolder: FolderReader = { format: "image-folder", rootOf: () => undefined, find };

/** Folders that are looked into before it is said that folders hold images. */
const tried = 20;
/** Folders of this name are parts of other data sets, not classes. */
const parts = /^(images?|imgs?|labels?|masks?|annotations?|jpegimages|segmentationclass|imagesets)$/i;

interface Split {
  readonly name: string;
  readonly split: string | undefined;
  /** Absolute. */
  readonly path: string;
  readonly classes: readonly string[];
}

async function find(folder: Folder): Promise<FolderSet | undefined> {
  const splits = await splitsOf(folder);
  if (splits.length === 0) return undefined;
  const classes = [...new Set(splits.flatMap((split) => split.classes))].sort();
  return {
    format: imageFolder.format,
    why: t`folders of images, one for each of ${classes.length} classes`,
    read: (input) => read(folder, splits, classes, input),
    samples: (input) => samples(folder, splits, classes, input),
  };
}

/** Training first. */
async function splitsOf(folder: Folder): Promise<Split[]> {
  const names = (await folder.list())?.folders ?? [];
  const found: Split[] = [];
  for (const name of names) {
    const split = splitOf(join(name, "x"));
    const classes = split === undefined ? [] : await classFolders(folder, name);
    if (classes.length > 0) found.push({ name, split, path: join(folder.path, name), classes });
  }
  found.sort((a, b) => order.indexOf(a.split ?? "") - order.indexOf(b.split ?? ""));
  if (found.length > 0) return found;
  const classes = await classFolders(folder, ".");
  if (classes.length === 0) return [];
  const split = splitOf(join(folder.path, "x"));
  return [{ name: basename(folder.path), split, path: folder.path, classes }];
}

const order = ["train", "val", "test"];

/** The folders in `path` where nearly all of the first ones hold images; else none. */
async function classFolders(folder: Folder, path: string): Promise<readonly string[]> {
  const listing = await folder.list(path);
  const names = listing?.folders ?? [];
  if (names.length < 2 || names.some((name) => parts.test(name))) return [];
  let holding = 0;
  let others = 0;
  for (const name of names.slice(0, tried)) {
    const inside = await folder.list(join(path, name));
    if (inside?.files.some(isImage)) holding++;
    // A class may have no image yet.
    else if (inside && inside.files.length + inside.folders.length > 0) others++;
  }
  return holding >= 2 && holding >= 4 * others ? names : [];
}

type Visit = (split: number, label: number, files: readonly string[]) => void;

/** Calls back for each class folder of each split. */
async function visitClasses(
  folder: Folder,
  splits: readonly Split[],
  classes: readonly string[],
  { signal, progress }: FolderInput,
  visit: Visit,
): Promise<boolean> {
  const all = splits.reduce((sum, split) => sum + split.classes.length, 0);
  let done = 0;
  let cut = false;
  for (const [index, split] of splits.entries()) {
    for (const name of split.classes) {
      const walk = await folder.walk(join(split.path, name), isImage, signal);
      cut ||= walk.cut;
      visit(index, classes.indexOf(name), walk.files);
      progress?.(++done, all);
    }
  }
  return cut;
}

async function read(
  folder: Folder,
  splits: readonly Split[],
  classes: readonly string[],
  input: FolderInput,
): Promise<ManifestReading> {
  const counts = splits.map(() => new Float64Array(classes.length));
  const files: string[][] = splits.map(() => []);
  const compare = input.overlaps && splits.length > 1;
  const cut = await visitClasses(folder, splits, classes, input, (split, label, found) => {
    const own = counts[split];
    if (own) own[label] = found.length;
    if (compare) for (const file of found) files[split]?.push(file);
  });
  const views = splits.map((split, index) => viewOf(split, classes, counts[index] ?? new Float64Array(0)));
  const shared = compare ? await splitsOfFiles(files, input.signal) : undefined;
  const message = t`The folders hold more files, or lie deeper, than are looked at. The counts cover the first.`;
  return {
    format: imageFolder.format,
    views,
    ...(shared ? { overlaps: shared.overlaps(views.map(({ name }) => name)) } : {}),
    observations: [
      ...(cut ? [{ code: "manifest/broken" as const, severity: "warning" as const, message }] : []),
      ...(shared?.observations() ?? []),
    ],
  };
}

function viewOf({ name, split }: Split, classes: readonly string[], counts: Float64Array): CountedView {
  return {
    name,
    ...(split === undefined ? {} : { split }),
    task: "single-label",
    bases: ["images"],
    samples: counts.reduce((sum, count) => sum + count, 0),
    classes: classes.map((called, index) => {
      const images = counts[index] ?? 0;
      return { index, name: called, images, instances: images, declared: true };
    }),
  };
}

/** The images of the training split, or of the first one. */
async function samples(
  folder: Folder,
  splits: readonly Split[],
  classes: readonly string[],
  input: FolderInput,
): Promise<LabelledSamples> {
  const collector = new SampleCollector();
  await visitClasses(folder, splits.slice(0, 1), classes, input, (_, label, files) => {
    for (const file of files) collector.add(label, file);
  });
  return collector.result(
    classes,
    classes.map((_, index) => index),
  );
}
