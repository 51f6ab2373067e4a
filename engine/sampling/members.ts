/** Which samples belong to which class. */
import { EquipoiseError } from "#protocol/errors.ts";

export interface Members {
  /** `[classes]`. */
  readonly counts: Float64Array;
  /** Sample indices of class 0, then of class 1, and so on. */
  readonly members: Int32Array;
  /** `[classes + 1]`: where a class starts in `members`. */
  readonly starts: Int32Array;
  /** All samples that are not ignored, background included. */
  readonly drawable: Int32Array;
}

/** Returns the samples by class; throws `data/none` without samples, `data/mismatch` for a label out of range. */
export function classMembers(labels: Int32Array, classes: number): Members {
  const counts = new Float64Array(classes);
  let drawable = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label >= classes || (label < -1 && label !== -100)) {
      throw new EquipoiseError(
        "data/mismatch",
        `Sample ${i} has label ${label}, outside 0 to ${classes - 1}. Mend the label, or add the class.`,
      );
    }
    if (label >= 0) counts[label]++;
    if (label !== -100) drawable++;
  }
  if (!counts.some((n) => n > 0)) {
    throw new EquipoiseError(
      "data/none",
      "No sample has a class, so nothing can be drawn. Name a file with labels.",
    );
  }
  return { counts, ...sortByClass(labels, classes), drawable: drawableOf(labels, drawable) };
}

/** Returns the samples class by class, without those of no class. */
export function sortByClass(labels: Int32Array, classes: number): Pick<Members, "members" | "starts"> {
  const starts = new Int32Array(classes + 1);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label >= 0 && label < classes) starts[label + 1]++;
  }
  for (let k = 0; k < classes; k++) starts[k + 1] += starts[k];
  const next = starts.slice();
  const members = new Int32Array(starts[classes]);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label >= 0 && label < classes) members[next[label]++] = i;
  }
  return { starts, members };
}

function drawableOf(labels: Int32Array, size: number): Int32Array {
  const indices = new Int32Array(size);
  let at = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== -100) indices[at++] = i;
  return indices;
}
