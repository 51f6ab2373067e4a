/** Boxes and masks that can be trained on: whether a path holds them, where their images are, and their test part. */

import { stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { type Boxes, readBoxes } from "#engine/data/boxes.ts";
import { maskNames, shareWithImages } from "#engine/data/masks.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { DataSource, InputKind } from "#protocol/training.ts";
import { findImages } from "./findInputs.ts";

export interface FoundParts {
  readonly kind: InputKind & ("crops" | "masks");
  readonly train: DataSource;
  readonly test?: DataSource;
  /** Such as "Crops of the boxes in train.json, images of train.zip". */
  readonly description: string;
}

/** Names of folders in which the images of boxes or masks lie. */
const imageFolders = ["images", "JPEGImages", "img", "imgs", "image"];
/** How a path says that it is for training, and how the same path would name the test part. */
const testNames = ["test", "val", "valid", "validation"];

/**
 * Returns what a path holds for training on boxes or masks: a COCO file whose boxes have their images beside it, or a
 * folder of masks with theirs; undefined where it is neither. `inputs` names the place of the images where the project
 * does. Throws `data/none` where boxes or masks are there and their images are not.
 */
export async function findParts(
  labels: string,
  inputs: string | undefined,
  folders: readonly string[],
): Promise<FoundParts | undefined> {
  if (await isFolder(labels)) return findMasks(labels, inputs);
  if (!/\.json(\.gz)?$/i.test(labels)) return undefined;
  const boxes = await readBoxes(labels).catch(() => undefined);
  if (!boxes) return undefined;
  const train = await boxSource(labels, boxes, inputs, folders);
  if (!train) throw noImages(labels, boxes.images[0]?.path ?? "", inputs ?? folders.join(t` or `));
  const other = await firstOf(testPaths(labels), isFile);
  const tested = other === undefined ? undefined : await readBoxes(other).catch(() => undefined);
  const test =
    other === undefined || !tested
      ? undefined
      : await boxSource(other, tested, undefined, [dirname(other), ...folders]);
  const description = t`Crops of the boxes in ${basename(labels)}, images of ${basename(train.inputs)}, resized to 32 × 32`;
  return { kind: "crops", train, ...(test ? { test } : {}), description };
}

async function boxSource(
  labels: string,
  boxes: Boxes,
  inputs: string | undefined,
  folders: readonly string[],
): Promise<DataSource | undefined> {
  const samples = { ...listed(boxes), classes: boxes.classes };
  const places =
    inputs === undefined
      ? folders.flatMap((folder) => [folder, ...imageFolders.map((name) => join(folder, name))])
      : [inputs];
  const found = await findImages(samples, places);
  return found && { inputs: found.inputs, labels };
}

function noImages(labels: string, example: string, looked: string): EquipoiseError {
  return new EquipoiseError(
    "data/none",
    t`No images for ${basename(labels)} in ${looked}: looked for such as ${example}, also in .zip files and in folders ${imageFolders.slice(0, 2).join(t` and `)}. Name their folder or .zip in equipoise.yaml under train: inputs.`,
  );
}

function listed({ images }: Boxes): { labels: Int32Array; paths: string[]; named: boolean } {
  return { labels: new Int32Array(images.length), paths: images.map(({ path }) => path), named: true };
}

async function findMasks(labels: string, inputs: string | undefined): Promise<FoundParts | undefined> {
  const [first] = await maskNames(labels);
  if (first === undefined) return undefined;
  const train = await maskSource(labels, inputs);
  if (!train) throw noImages(labels, first.replace(/\.png$/i, ".jpg"), inputs ?? dirname(labels));
  const other = await firstOf(testPaths(labels), isFolder);
  const test = other === undefined ? undefined : await maskSource(other, undefined);
  const description = t`Masks of ${basename(labels)}, images of ${basename(train.inputs)}, resized to 32 × 32`;
  return { kind: "masks", train, ...(test ? { test } : {}), description };
}

async function maskSource(labels: string, inputs: string | undefined): Promise<DataSource | undefined> {
  const names = await maskNames(labels);
  if (names.length === 0) return undefined;
  // masks/train goes with images/train, train/masks with train/images, and train_masks with train_images.
  const beside = imageFolders.flatMap((name) => [
    join(dirname(labels), name),
    join(dirname(dirname(labels)), name, basename(labels)),
    join(dirname(labels), basename(labels).replace(/(masks?|labels?|annotations?|SegmentationClass)/i, name)),
  ]);
  const places = inputs === undefined ? [...new Set(beside)].filter((place) => place !== labels) : [inputs];
  const found = await firstOf(places, async (place) => (await shareWithImages(names, place)) > 0.5);
  return found === undefined ? undefined : { inputs: found, labels };
}

/** Where the test part of a training path would be: the last word "train" exchanged, in the name or in a folder. */
function testPaths(path: string): string[] {
  const name = extname(path) === "" ? path : path.slice(0, -extname(path).length);
  const at = name.toLowerCase().lastIndexOf("train");
  return at < 0 ? [] : testNames.map((word) => path.slice(0, at) + word + path.slice(at + "train".length));
}

async function firstOf(
  paths: readonly string[],
  fits: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await fits(path)) return path;
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
