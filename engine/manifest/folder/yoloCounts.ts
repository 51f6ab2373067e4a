/** Counts the label files of a YOLO data set, split by split. */

import { basename } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { BoxCheck } from "../boxes.ts";
import type { CountedClass, CountedView, ManifestReading, Observation, Span } from "../manifest.ts";
import { type MistakeKind, Mistakes } from "../mistakes.ts";
import { ObjectCounts } from "../objectCounts.ts";
import type { FolderInput } from "./folderReader.ts";
import { eachPart } from "./parts.ts";
import { splitsOfFiles } from "./repeatedFiles.ts";
import type { YoloClass } from "./yoloConfig.ts";
import type { Place } from "./yoloPlaces.ts";
import { readYoloRows } from "./yoloRows.ts";

/** Label ids above this are a mistake, not a class. */
const mostClasses = 100_000;

export interface YoloPart {
  readonly split: string | undefined;
  readonly places: Place[];
}

type Counted = Pick<ManifestReading, "views" | "observations" | "overlaps">;

export async function readYolo(
  splits: readonly YoloPart[],
  declared: readonly YoloClass[],
  keypoints: boolean,
  input: FolderInput,
): Promise<Counted> {
  const all = splits.flatMap(({ places }) => places.flatMap(({ labels }) => labels)).length;
  const mistakes = new Mistakes();
  const boxes = new BoxCheck();
  const observations: Observation[] = [];
  const counted: { readonly part: YoloPart; readonly counts: ObjectCounts }[] = [];
  const known = new Set(declared.map(({ id }) => id));
  const unknown = unknownIds(known);
  let before = 0;
  for (const part of splits) {
    const counts = new ObjectCounts();
    const labels = part.places.flatMap((place) => place.labels);
    const progress = (files: number): void => input.progress?.(before + files, all);
    await eachPart(labels, { ...input, progress }, ({ path, bytes }) => {
      counts.startImage();
      if (!bytes) mistakes.note(unreadableFile, { file: path, start: 0, end: 0 });
      else
        readYoloRows(path, bytes, keypoints, {
          object(id, span) {
            if (known.size > 0 ? !known.has(id) : id >= mostClasses) mistakes.note(unknown, span);
            else counts.add(id, span);
          },
          mistake: (kind: MistakeKind, span: Span) => mistakes.note(kind, span),
          boxes,
        });
    });
    counts.addEmptyImages(part.places.reduce((sum, { unlabelled }) => sum + unlabelled.length, 0));
    before += labels.length;
    counted.push({ part, counts });
    observations.push(...unpaired(part));
  }
  const ids = idsOf(
    declared,
    counted.map(({ counts }) => counts),
  );
  const views = counted.map(({ part, counts }) => viewOf(part.split, counts, ids, declared));
  const repeated = input.overlaps ? await splitsOfFiles(splits.map(filesToCompare), input.signal) : undefined;
  return {
    views,
    ...(repeated ? { overlaps: repeated.overlaps(views.map(({ name }) => name)) } : {}),
    observations: [
      ...observations,
      ...mistakes.observations(),
      ...boxes.observations(),
      ...(repeated?.observations() ?? []),
    ],
  };
}

const unreadableFile: MistakeKind = {
  code: "manifest/unreadable",
  severity: "error",
  tell: (count) => t`${formatCount(count)} label ${count === 1 ? "file" : "files"} cannot be read`,
  advice: t`Check permissions and sizes.`,
};

function unknownIds(known: ReadonlySet<number>): MistakeKind {
  const dense = known.size === 0 || known.has(known.size - 1);
  const range = dense ? t`above ${formatCount((known.size || mostClasses) - 1)}` : t`without a name`;
  return {
    code: "class/unknown",
    severity: "error",
    tell: (count) =>
      `${formatCount(count)} ${count === 1 ? t`row has a class id` : t`rows have class ids`} ${range}`,
    advice: t`They are left out of all counts. Add the names or correct the ids.`,
  };
}

/** Images without labels and labels without images of one split. */
function unpaired({ split, places }: YoloPart): Observation[] {
  const found: Observation[] = [];
  const where = split === undefined ? "" : t` of ${split}`;
  const images = places.reduce((sum, place) => sum + place.images.length, 0);
  const unlabelled = places.flatMap((place) => place.unlabelled);
  const orphans = places.flatMap((place) => place.orphans);
  if (images > 0 && unlabelled.length === images) {
    const message = t`None of the ${formatCount(images)} images${where} has a label file. Check where the labels are.`;
    found.push({ code: "file/missing", severity: "error", message });
  } else if (unlabelled.length > 0) {
    const have = unlabelled.length === 1 ? "has" : "have";
    const message = t`${formatCount(unlabelled.length)} of ${formatCount(images)} images${where} ${have} no label file: ${someNames(unlabelled)} They count as background.`;
    found.push({ code: "image/unlabelled", severity: "information", message });
  }
  if (orphans.length > 0) {
    const what = orphans.length === 1 ? t`label file` : t`label files`;
    const message = t`${formatCount(orphans.length)} ${what}${where} have no image and are not counted: ${someNames(orphans)}`;
    found.push({ code: "image/unlisted", severity: "information", message });
  }
  if (places.some(({ cut }) => cut)) {
    const message = t`The folders${where} hold more files, or lie deeper, than are looked at. The counts cover the first.`;
    found.push({ code: "manifest/broken", severity: "warning", message });
  }
  return found;
}

/** The first names, as the end of a sentence. */
export function someNames(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => basename(path));
  return `${shown.join(", ")}${paths.length > shown.length ? " …" : "."}`;
}

/** Images, or the labels where no image is stored. */
function filesToCompare({ places }: YoloPart): string[] {
  return places.flatMap(({ images, labels }) => (images.length > 0 ? images : labels));
}

/** All class ids: those that have names, or else from 0 to the largest that was met. */
function idsOf(declared: readonly YoloClass[], counts: readonly ObjectCounts[]): number[] {
  if (declared.length > 0) return declared.map(({ id }) => id);
  const largest = Math.max(-1, ...counts.flatMap((each) => each.keys().map(Number)));
  return Array.from({ length: largest + 1 }, (_, id) => id);
}

function viewOf(
  split: string | undefined,
  counts: ObjectCounts,
  ids: readonly number[],
  declared: readonly YoloClass[],
): CountedView {
  const byId = new Map(declared.map((entry) => [entry.id, entry]));
  const classes = ids.map((id, index): CountedClass => {
    const entry = byId.get(id);
    return { ...counts.class(index, id, entry && { name: entry.name, first: entry.span }), id };
  });
  return {
    name: split ?? "labels",
    ...(split === undefined ? {} : { split }),
    task: "detection",
    bases: ["instances", "images"],
    samples: counts.images,
    classes,
  };
}
