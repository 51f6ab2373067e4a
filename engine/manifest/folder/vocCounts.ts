/** Counts the XML files of a Pascal VOC data set, split by split. */

import { existsSync } from "node:fs";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { BoxCheck } from "../boxes.ts";
import type { CountedView, ManifestReading } from "../manifest.ts";
import { type MistakeKind, Mistakes, repeatedBox } from "../mistakes.ts";
import { ObjectCounts } from "../objectCounts.ts";
import { SampleSplits, sampleHash } from "../sampleSplits.ts";
import type { FolderInput } from "./folderReader.ts";
import { isRooted } from "./foreignPath.ts";
import { eachPart, type Part } from "./parts.ts";
import { splitsOfFiles } from "./repeatedFiles.ts";
import { readVocFile } from "./vocFile.ts";

export interface VocSplit {
  readonly split?: string | undefined;
  /** What the view is called where it is no split. */
  readonly name?: string;
  /** Absolute paths. */
  readonly files: readonly string[];
}

export async function readVoc(
  splits: readonly VocSplit[],
  input: FolderInput,
): Promise<Pick<ManifestReading, "views" | "observations" | "overlaps">> {
  const reader = new VocCounts();
  const all = splits.reduce((sum, { files }) => sum + files.length, 0);
  const counted: { readonly split: VocSplit; readonly counts: ObjectCounts }[] = [];
  let before = 0;
  for (const split of splits) {
    const counts = new ObjectCounts();
    const progress = (files: number): void => input.progress?.(before + files, all);
    await eachPart(split.files, { ...input, progress }, (part) => reader.take(part, counts));
    before += split.files.length;
    counted.push({ split, counts });
  }
  // The format declares no classes; every program sorts them by name.
  const names = [...new Set(counted.flatMap(({ counts }) => counts.keys().map(String)))].sort();
  const views = counted.map(({ split, counts }) => viewOf(split, counts, names));
  const shared = input.overlaps ? await sharedSamples(splits, input.signal) : undefined;
  return {
    views,
    ...(shared ? { overlaps: shared.overlaps(views.map(({ name }) => name)) } : {}),
    observations: [...reader.observations(), ...(shared?.observations() ?? [])],
  };
}

class VocCounts {
  readonly #mistakes = new Mistakes();
  readonly #boxes = new BoxCheck();
  #pathsAreForeign: boolean | undefined;

  take({ path, bytes }: Part, counts: ObjectCounts): void {
    if (!bytes) {
      this.#mistakes.note(unreadableFile, { file: path, start: 0, end: 0 });
      return;
    }
    counts.startImage();
    const file = readVocFile(path, bytes, this.#boxes);
    for (const { name, span } of file.objects) counts.add(name, span);
    for (const span of file.repeated) this.#mistakes.note(repeatedBox, span);
    for (const span of file.nameless) this.#mistakes.note(namelessObject, span);
    if (file.problem) this.#mistakes.note(brokenFile, { ...file.problem, file: path });
    if (file.path && isRooted(file.path.text)) {
      // One look tells whether this is the machine that wrote them.
      this.#pathsAreForeign ??= !existsSync(file.path.text);
      if (this.#pathsAreForeign) this.#mistakes.note(foreignPath, file.path.span);
    }
  }

  observations(): ManifestReading["observations"] {
    return [...this.#mistakes.observations(), ...this.#boxes.observations()];
  }
}

const files = (count: number): string => (count === 1 ? t`1 XML file` : t`${formatCount(count)} XML files`);

const unreadableFile: MistakeKind = {
  code: "manifest/unreadable",
  severity: "error",
  tell: (count) => t`${files(count)} cannot be read`,
  advice: t`Check permissions and sizes.`,
};

const brokenFile: MistakeKind = {
  code: "manifest/broken",
  severity: "error",
  tell: (count) => t`${files(count)} ${count === 1 ? "is" : "are"} no valid XML`,
  advice: t`What stands before the mistake is counted.`,
};

const namelessObject: MistakeKind = {
  code: "label/unreadable",
  severity: "error",
  tell: (count) => (count === 1 ? t`1 object has no name` : t`${formatCount(count)} objects have no name`),
  advice: t`They are left out of all counts.`,
};

const foreignPath: MistakeKind = {
  code: "path/foreign",
  severity: "information",
  tell: (count) =>
    count === 1 ? t`1 path leads to another machine` : t`${formatCount(count)} paths lead to another machine`,
  advice: t`Images are found by their file names.`,
};

function viewOf({ split, name }: VocSplit, counts: ObjectCounts, names: readonly string[]): CountedView {
  return {
    name: split ?? name ?? "annotations",
    ...(split === undefined ? {} : { split }),
    task: "detection",
    bases: ["instances", "images"],
    samples: counts.images,
    classes: names.map((each, index) => ({ ...counts.class(index, each, undefined), declared: true })),
  };
}

/** Lists may name one file twice; files of split folders are compared by name and size. */
async function sharedSamples(
  splits: readonly VocSplit[],
  signal: AbortSignal | undefined,
): Promise<SampleSplits> {
  const paths = new Set<string>();
  const total = splits.reduce((sum, { files: its }) => sum + its.length, 0);
  for (const { files: its } of splits) for (const file of its) paths.add(file);
  if (paths.size === total)
    return splitsOfFiles(
      splits.map(({ files: its }) => its),
      signal,
    );
  const found = new SampleSplits();
  for (const [index, { files: its }] of splits.entries())
    for (const file of its) found.add(index, sampleHash(file), file.slice(file.lastIndexOf("/") + 1));
  return found;
}
