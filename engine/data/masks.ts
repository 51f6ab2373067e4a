/** Folders of masks: a class for every pixel of an image, as indexed PNG files beside the images. */

import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { classListBeside } from "#engine/manifest/classList.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { DataSource } from "#protocol/training.ts";
import { holdOutGroups } from "./heldOut.ts";
import { imageSide } from "./imageCache.ts";
import { readIndexedPng } from "./indexedPng.ts";
import type { Labelled } from "./labels.ts";
import { describeProblem } from "./problem.ts";
import { nameSome, type Part, type Split } from "./split.ts";

/** In a mask: the pixel has no class, as in Pascal VOC and most sets after it. */
const ignoredIndex = 255;
/** In the labels. */
const ignored = -100;
/** Labels of one image. */
export const maskPixels: number = imageSide * imageSide;
/** 400 MB of labels. */
const mostMasks = 100_000;

/** Masks of a folder, resized to the pixels that training sees, `labels` `[masks * pixels]`. */
export type Masks = Labelled & { readonly pixels: number; readonly paths: readonly string[] };

/**
 * Returns both parts, as `readSplit` does for samples with one label; positions are those of masks, labels one a pixel.
 * Without `test`, a fifth of the images is held out. Throws `data/unreadable` or `data/mismatch`.
 */
export async function readMaskSplit(train: DataSource, test: DataSource | undefined): Promise<Split> {
  const trained = await readMasks(train);
  if (!test) return heldOutSplit(train, trained);
  const tested = await readMasks(test);
  const classes = tested.classes.length > trained.classes.length ? tested.classes : trained.classes;
  const all = (source: DataSource, samples: Masks): Part =>
    partOf(
      source,
      samples,
      Int32Array.from(samples.paths, (_, i) => i),
    );
  return { classes, train: all(train, trained), test: all(test, tested), heldOut: false, notes: [sizeNote] };
}

const sizeNote = t`Images and masks are resized to ${imageSide} × ${imageSide}: small things may vanish.`;

function heldOutSplit(source: DataSource, samples: Masks): Split {
  const { classes, labels, paths } = samples;
  const classesOf = paths.map((_, i) => {
    const found = new Set(labels.subarray(i * maskPixels, (i + 1) * maskPixels));
    found.delete(ignored);
    return found;
  });
  const { heldOut, untested } = holdOutGroups(classesOf, classes.length);
  const side = (held: boolean): Int32Array =>
    Int32Array.from(paths.flatMap((_, i) => (heldOut.has(i) === held ? [i] : [])));
  const notes =
    untested.length > 0
      ? [
          t`Not tested, as no image of theirs can be spared: ${nameSome(untested.map((k) => classes[k] ?? ""))}.`,
        ]
      : [];
  return {
    classes,
    train: partOf(source, samples, side(false)),
    test: partOf(source, samples, side(true)),
    heldOut: true,
    notes: [sizeNote, ...notes],
  };
}

function partOf(source: DataSource, samples: Masks, positions: Int32Array): Part {
  const labels = new Int32Array(positions.length * maskPixels);
  for (const [i, position] of positions.entries()) {
    const from = position * maskPixels;
    labels.set(samples.labels.subarray(from, from + maskPixels), i * maskPixels);
  }
  return { source, samples, positions, labels };
}

/**
 * Returns the masks of a folder with the images that belong to them: the same name but for its ending. Classes are those
 * of a list beside the masks, else numbers. Throws naming the first mask without an image, or with colours in it.
 */
export async function readMasks({ labels: folder, inputs }: DataSource): Promise<Masks> {
  const names = await maskNames(folder);
  const paths = await imagesFor(names, folder, inputs);
  const labels = new Int32Array(names.length * maskPixels);
  let highest = 0;
  for (const [i, name] of names.entries()) {
    const block = labels.subarray(i * maskPixels, (i + 1) * maskPixels);
    try {
      shrink(readIndexedPng(await readFile(join(folder, name))), block);
    } catch (problem) {
      throw new EquipoiseError(
        "data/unreadable",
        t`${basename(folder)}/${name} is no mask: ${describeProblem(problem)}.`,
      );
    }
    for (const label of block) if (label > highest) highest = label;
  }
  const classes = await classNames(folder, highest + 1);
  return { classes, labels, paths, pixels: maskPixels, named: classes[0] !== "0" };
}

/** The names of the masks in a folder, in order; empty where it holds none. */
export async function maskNames(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.png$/i.test(name)).sort();
  if (names.length <= mostMasks) return names;
  throw new EquipoiseError(
    "data/unreadable",
    t`${basename(folder)} holds ${names.length.toLocaleString("en")} masks, more than can be held (${mostMasks.toLocaleString("en")}).`,
  );
}

async function imagesFor(names: readonly string[], folder: string, inputs: string): Promise<string[]> {
  if (names.length === 0) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(folder)} holds no .png. Name the folder with the masks.`,
    );
  }
  const byStem = new Map<string, string>();
  for (const name of await readdir(inputs).catch(() => [])) if (isPicture(name)) byStem.set(stem(name), name);
  return names.map((name) => {
    const image = byStem.get(stem(name)) ?? byStem.get(stem(name).replace(/_(mask|label\w*|gt\w*)$/i, ""));
    if (image !== undefined) return image;
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(inputs)} holds no image for the mask ${name}. Images have the name of their mask but for the ending.`,
    );
  });
}

/** How many of some masks have their image in a folder, 0 to 1. */
export async function shareWithImages(names: readonly string[], inputs: string): Promise<number> {
  const known = new Set((await readdir(inputs).catch(() => [])).filter(isPicture).map(stem));
  return names.filter((name) => known.has(stem(name))).length / Math.max(1, names.length);
}

function isPicture(name: string): boolean {
  return /\.(jpe?g|png|webp|gif|tiff?)$/i.test(name);
}

function stem(name: string): string {
  return basename(name, extname(name));
}

/** The index in the middle of each pixel that is left: classes cannot be averaged. */
function shrink({ width, height, indices }: ReturnType<typeof readIndexedPng>, to: Int32Array): void {
  for (let y = 0; y < imageSide; y++) {
    const row = Math.floor(((y + 0.5) * height) / imageSide) * width;
    for (let x = 0; x < imageSide; x++) {
      const index = indices[row + Math.floor(((x + 0.5) * width) / imageSide)] as number;
      to[y * imageSide + x] = index === ignoredIndex ? ignored : index;
    }
  }
}

async function classNames(folder: string, least: number): Promise<readonly string[]> {
  const fits = ({ names }: { readonly names: readonly string[] }): boolean => names.length >= least;
  const list =
    (await classListBeside(fileSource(join(folder, "masks")), fits)) ??
    (await classListBeside(fileSource(folder), fits));
  return list?.names ?? Array.from({ length: least }, (_, k) => String(k));
}
