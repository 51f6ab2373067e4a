/** Crops of boxes, and of the background between them: what the head of a detector is trained on. */

import { basename } from "node:path";
import { createRandom, type Random } from "#engine/sampling/random.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { DataSource } from "#protocol/training.ts";
import { type Box, type BoxedImage, type Boxes, readBoxes } from "./boxes.ts";
import { holdOutGroups } from "./heldOut.ts";
import type { Labelled } from "./labels.ts";
import { nameSome, type Part, type Split } from "./split.ts";

/** The label of a crop of background. */
const background = -1;
/** A background crop may share this much with a box: what detectors of the field take (0.3 and less). */
const mostShared = 0.3;
/** A moved crop keeps at least this much of its box, as the positives of two-stage detectors do. */
const leastShared = 0.5;
/** Farther apart than samplers, augmentation and starts. */
const cropStream = 0x63726f70;

/** Crops of a file: one a box, and as many of background in every image. */
export interface Crops extends Labelled {
  /** `[crops, 4]`. */
  readonly boxes: Float32Array;
  /** Intersection over union of each crop with its box; 0 for background. */
  readonly quality: Float32Array;
  /** Image of each crop. */
  readonly groups: Int32Array;
}

/**
 * Returns both parts, as `readSplit` does for samples with one label. Training crops are moved and resized a little,
 * which is where their quality comes from; test crops are the boxes as they are. Without `test`, a fifth of the images
 * is held out, so that no two crops of one image are on both sides.
 */
export async function readCropSplit(train: DataSource, test: DataSource | undefined): Promise<Split> {
  const boxes = await readBoxes(train.labels);
  const trained = cropsOf(boxes, true);
  if (!test) return heldOutSplit(train, trained, cropsOf(boxes, false));
  const tested = cropsOf(await readBoxes(test.labels), false);
  const indexOf = new Map(boxes.classes.map((name, index) => [name, index]));
  const labels = tested.labels.map((label) =>
    label < 0 ? label : (indexOf.get(tested.classes[label] ?? "") ?? unknown),
  );
  const positions = labels.map((_, i) => i).filter((i) => labels[i] !== unknown);
  const left = labels.length - positions.length;
  if (!labels.some((label) => label >= 0)) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(test.labels)} has no box of a class of ${basename(train.labels)}. Name the test set of this training set.`,
    );
  }
  return {
    classes: boxes.classes,
    train: partOf(
      train,
      trained,
      Int32Array.from(trained.labels, (_, i) => i),
    ),
    test: {
      source: test,
      samples: tested,
      positions,
      labels: positions.map((i) => labels[i] as number),
    },
    heldOut: false,
    notes: [
      backgroundNote(trained),
      ...(left > 0
        ? [t`${left} crops of ${basename(test.labels)} left out: training has no such class.`]
        : []),
    ],
  };
}

const unknown = -2;

function heldOutSplit(source: DataSource, trained: Crops, tested: Crops): Split {
  const { classes, labels, groups } = trained;
  const classesOf: Set<number>[] = [];
  for (const [i, group] of groups.entries()) {
    classesOf[group] ??= new Set();
    if ((labels[i] as number) >= 0) classesOf[group].add(labels[i] as number);
  }
  const { heldOut, untested } = holdOutGroups(
    Array.from(classesOf, (of) => of ?? new Set<number>()),
    classes.length,
  );
  const side = (held: boolean): Int32Array =>
    groups.map((_, i) => i).filter((i) => heldOut.has(groups[i] as number) === held);
  return {
    classes,
    train: partOf(source, trained, side(false)),
    test: partOf(source, tested, side(true)),
    heldOut: true,
    notes: [
      backgroundNote(trained),
      t`A fifth of the images is held out, so that crops of one image are on one side only.`,
      ...(untested.length > 0
        ? [
            t`Not tested, as no image of theirs can be spared: ${nameSome(untested.map((k) => classes[k] ?? ""))}.`,
          ]
        : []),
    ],
  };
}

function partOf(source: DataSource, samples: Crops, positions: Int32Array): Part {
  return { source, samples, positions, labels: positions.map((i) => samples.labels[i] as number) };
}

function backgroundNote({ labels }: Crops): string {
  const crops = labels.reduce((sum, label) => sum + Number(label === background), 0);
  return t`${crops.toLocaleString("en")} crops of background stand beside ${(labels.length - crops).toLocaleString("en")} of boxes.`;
}

/** Returns the crops of a file: always the same ones, as every image draws from its own numbers. */
export function cropsOf({ classes, images }: Boxes, moved: boolean): Crops {
  const [paths, labels, quality, groups]: [string[], number[], number[], number[]] = [[], [], [], []];
  const boxes: Box[] = [];
  const shapes = images.flatMap((image) => image.boxes.map(({ box }) => [box[2], box[3]] as const));
  const add = (image: number, box: Box, label: number, shared: number): void => {
    paths.push((images[image] as BoxedImage).path);
    labels.push(label);
    quality.push(shared);
    groups.push(image);
    boxes.push(box);
  };
  for (const [i, image] of images.entries()) {
    const random = createRandom(0, cropStream, i);
    for (const { box, label } of image.boxes) {
      const crop = moveBox(box, image, random);
      if (moved) add(i, crop, label, intersectionOverUnion(crop, box));
      else add(i, box, label, 1);
    }
    for (let n = 0; n < Math.max(1, image.boxes.length); n++) {
      const crop = backgroundBox(image, shapes, random);
      if (crop) add(i, crop, background, 0);
    }
  }
  return {
    classes,
    labels: Int32Array.from(labels),
    paths,
    named: true,
    boxes: Float32Array.from(boxes.flat()),
    quality: Float32Array.from(quality),
    groups: Int32Array.from(groups),
  };
}

/** Returns a box moved by up to a fifth of its sides and resized by up to a fifth, half of it kept at least. */
function moveBox(box: Box, { width, height }: BoxedImage, random: Random): Box {
  const [x, y, w, h] = box;
  const around = (): number => 0.4 * random.next() - 0.2;
  const [right, down, wider, higher] = [around(), around(), Math.exp(around()), Math.exp(around())];
  const [w1, h1] = [w * wider, h * higher];
  const left = x + w * right + (w - w1) / 2;
  const top = y + h * down + (h - h1) / 2;
  const crop = width > 0 && height > 0 ? inside([left, top, w1, h1], width, height) : box;
  return crop && intersectionOverUnion(crop, box) >= leastShared ? crop : box;
}

function inside([x, y, w, h]: Box, width: number, height: number): Box | undefined {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(width, x + w), Math.min(height, y + h)];
  return right - left >= 1 && bottom - top >= 1 ? [left, top, right - left, bottom - top] : undefined;
}

/** Returns a crop of the size of some box, away from the boxes of its image; undefined where there is no room. */
function backgroundBox(
  { width, height, boxes }: BoxedImage,
  shapes: readonly (readonly [number, number])[],
  random: Random,
): Box | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [w, h] = shapes[random.integer(shapes.length)] ?? [0, 0];
    const [right, down] = [random.next(), random.next()];
    if (w > width || h > height) continue;
    const crop: Box = [right * (width - w), down * (height - h), w, h];
    if (boxes.every(({ box }) => intersectionOverUnion(crop, box) < mostShared)) return crop;
  }
  return undefined;
}

/** Returns the shared area of two boxes over the area of both, 0 to 1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}
