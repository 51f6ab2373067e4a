/** Inputs in memory and batches out of them. */
import { countSets, type LabelSets, pickSets } from "#engine/manifest/labelSets.ts";

/** Rows of numbers as they were read: bytes stay bytes, everything else is float32. */
export interface Matrix {
  /** `[rows, columns]`, row by row. */
  readonly values: Uint8Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Maps a column to mean 0 and standard deviation 1: `(x - mean) * factor`. Both `[columns]`. */
export interface Scale {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
}

/** Standardised inputs with one label each, or with a set of them. */
export interface Dataset {
  readonly rows: number;
  /** Shape of one input: `[features]`, or `[height, width, 3]`. */
  readonly inputShape: readonly number[];
  /** Class indices, one a row, or one a pixel of each row; -1 is background, -100 a pixel without a class. */
  readonly labels: Int32Array;
  /** Labels of each row where it may have several or none; `labels` is then no more than the first of each. */
  readonly sets?: LabelSets;
  /** Pixels of a row with a label each; absent: a row has one label. */
  readonly pixels?: number;
  /** `[rows]`, 0 to 1: how well a crop fits its box; absent: not known. */
  readonly quality?: Float32Array;
  /** Writes the inputs of these rows one after the other: `[wanted.length, ...inputShape]`. */
  gather(wanted: Int32Array, into: Float32Array): void;
  /** Returns the inputs of `count` rows from `start` on; a view that must not be changed, or a copy. */
  range(start: number, count: number): Float32Array;
  /** An input of zeros as it is scaled, one number a column; absent where inputs are not scaled. */
  readonly zero?: Float32Array;
}

/** Scaled inputs up to this size, in bytes, are kept: copying a row is ten times faster than scaling it. */
const mostKept = 1 << 28;

/**
 * Returns the dataset of some rows of a matrix. `places[i]` is the matrix row of dataset row i,
 * `labels[i]` its class.
 */
export function datasetOf(
  matrix: Matrix,
  places: Int32Array,
  labels: Int32Array,
  scale: Scale,
  inputShape: readonly number[] = [matrix.columns],
  more: Pick<Dataset, "pixels" | "quality" | "sets"> = {},
): Dataset {
  const wantedLabels = places.length * (more.pixels ?? 1);
  if (wantedLabels !== labels.length)
    throw new Error(`expected ${wantedLabels} labels, got ${labels.length}`);
  const { columns } = matrix;
  const rows = places.length;
  const fits = rows * columns * Float32Array.BYTES_PER_ELEMENT <= mostKept;
  const kept = fits ? new Float32Array(rows * columns) : undefined;
  if (kept)
    for (let row = 0; row < rows; row++) scaleRow(matrix, places[row] as number, scale, kept, row * columns);
  return {
    rows,
    inputShape,
    labels,
    ...more,
    zero: scale.mean.map((mean, k) => -mean * (scale.factor[k] as number)),
    gather(wanted, into) {
      for (let i = 0; i < wanted.length; i++) {
        const row = wanted[i] as number;
        if (!(row >= 0 && row < rows)) throw new Error(`expected a row below ${rows}, got ${row}`);
        if (kept) into.set(kept.subarray(row * columns, (row + 1) * columns), i * columns);
        else scaleRow(matrix, places[row] as number, scale, into, i * columns);
      }
    },
    range(start, count) {
      if (start + count > rows) throw new Error(`expected at most ${rows} rows, got ${start + count}`);
      if (kept) return kept.subarray(start * columns, (start + count) * columns);
      const copy = new Float32Array(count * columns);
      for (let i = 0; i < count; i++) scaleRow(matrix, places[start + i] as number, scale, copy, i * columns);
      return copy;
    },
  };
}

/** Returns the dataset of rows that are ready as they are, `[labels.length, columns]`. */
export function rowsOf(values: Float32Array, columns: number, labels: Int32Array): Dataset {
  return {
    rows: labels.length,
    inputShape: [columns],
    labels,
    gather(wanted, into) {
      for (let i = 0; i < wanted.length; i++) {
        const from = (wanted[i] as number) * columns;
        into.set(values.subarray(from, from + columns), i * columns);
      }
    },
    range: (start, count) => values.subarray(start * columns, (start + count) * columns),
  };
}

/** Returns some rows of a dataset with one label a row, in this order. */
export function subsetOf(data: Dataset, places: Int32Array): Dataset {
  if (data.pixels !== undefined) throw new Error("expected one label a row, got one a pixel");
  const columns = data.inputShape.reduce((product, length) => product * length, 1);
  const placesAt = (wanted: Int32Array): Int32Array => wanted.map((row) => places[row] as number);
  return {
    ...data,
    rows: places.length,
    labels: places.map((place) => data.labels[place] as number),
    ...(data.sets ? { sets: pickSets(data.sets, places) } : {}),
    ...(data.quality ? { quality: Float32Array.from(places, (place) => data.quality?.[place] ?? 1) } : {}),
    gather: (wanted, into) => data.gather(placesAt(wanted), into),
    range(start, count) {
      const copy = new Float32Array(count * columns);
      data.gather(places.subarray(start, start + count), copy);
      return copy;
    },
  };
}

function scaleRow(
  { values, columns }: Matrix,
  place: number,
  { mean, factor }: Scale,
  into: Float32Array,
  at: number,
): void {
  const from = place * columns;
  for (let k = 0; k < columns; k++) {
    into[at + k] = ((values[from + k] as number) - (mean[k] as number)) * (factor[k] as number);
  }
}

/** Returns how many rows have each class: `[classes]`. */
export function countClasses({ labels, sets }: Pick<Dataset, "labels" | "sets">, classes: number): number[] {
  return sets ? countSets(sets, classes) : countLabels(labels, classes);
}

/** Returns how many labels each class has: `[classes]`. Background and pixels without a class count nowhere. */
export function countLabels(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) if (label >= 0) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
