/** Labels of samples, from a manifest or from a `.npy` array. */

import { basename } from "node:path";
import { firstLabels, LabelSetBuilder, type LabelSets } from "#engine/manifest/labelSets.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { readNpy, shapeText } from "./npy.ts";

/** Samples in the order of the file. */
export interface Labelled {
  readonly classes: readonly string[];
  /** Class indices, one a sample; where there are `sets` the first of each, -1 for none. */
  readonly labels: Int32Array;
  /** Where samples may have several labels or none; absent: one each. */
  readonly sets?: LabelSets;
  /** Where the samples are, as written in the manifest. */
  readonly paths?: readonly string[];
  /** `[samples, columns]`, where the manifest itself holds numbers. */
  readonly features?: Float32Array;
  readonly columns?: number;
  /** `[samples, 4]`: the part of its image that a sample is, as x, y, width and height; absent: the whole. */
  readonly boxes?: Float32Array;
  /** `[samples]`: how well that part fits what is labelled, 0 to 1. */
  readonly quality?: Float32Array;
  /** Labels of a sample, one a pixel; absent: 1. */
  readonly pixels?: number;
  /** Whether the file names its classes; a `.npy` only numbers them. */
  readonly named: boolean;
}

/** Returns the labels of a manifest or a `.npy` file. Throws `data/unreadable` where it holds none. */
export async function readLabels(path: string): Promise<Labelled> {
  if (/\.npy$/i.test(path)) return readNpyLabels(path);
  const labelled = { ...(await readLabelledSamples(fileSource(path))), named: true };
  if (labelled.labels.length === 0) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} holds no labelled sample. Name another file.`,
    );
  }
  return labelled;
}

async function readNpyLabels(path: string): Promise<Labelled> {
  const { shape, values, type } = await readNpy(path);
  const name = basename(path);
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!flat) return multiHotLabels(name, shape, values);
  const labels = new Int32Array(values.length);
  let highest = -1;
  for (let i = 0; i < values.length; i++) {
    const label = Number(values[i]);
    if (!Number.isInteger(label) || label < 0 || label > 1_000_000) {
      throw new EquipoiseError(
        "data/unreadable",
        t`${name} (${type}) holds ${values[i]} in row ${i}. Labels are class indices from 0.`,
      );
    }
    labels[i] = label;
    if (label > highest) highest = label;
  }
  if (highest < 0) throw new EquipoiseError("data/unreadable", t`${name} holds no label.`);
  return { classes: Array.from({ length: highest + 1 }, (_, k) => String(k)), labels, named: false };
}

/** Labels of an array with a column of 0 and 1 a class. */
function multiHotLabels(
  name: string,
  shape: readonly number[],
  values: ArrayLike<number | bigint>,
): Labelled {
  const [rows = 0, columns = 0] = shape;
  let isMultiHot = shape.length === 2;
  for (let i = 0; isMultiHot && i < values.length; i++)
    isMultiHot = Number(values[i]) === 0 || Number(values[i]) === 1;
  if (!isMultiHot) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${name} has shape ${shapeText(shape)}. Expected labels of shape (rows,), one class index a row, or (rows, classes) of 0 and 1.`,
    );
  }
  const builder = new LabelSetBuilder();
  for (let row = 0; row < rows; row++) {
    const own: number[] = [];
    for (let k = 0; k < columns; k++) if (Number(values[row * columns + k]) === 1) own.push(k);
    builder.add(own);
  }
  const sets = builder.result();
  const classes = Array.from({ length: columns }, (_, k) => String(k));
  const areSingle = sets.starts.every((start, row) => start === row);
  return { classes, labels: firstLabels(sets), ...(areSingle ? {} : { sets }), named: false };
}
