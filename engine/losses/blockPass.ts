/** A batch through a kernel: the same function as the rows, many at a time, in 32 bits. */
import { binaryRows, type RowBlock, softmaxBinaryRows, softmaxRows } from "#engine/kernels/rows.ts";
import type { BinaryForm, BlockForm } from "./loss.ts";
import type { RowCursor } from "./rowCursor.ts";
import { background } from "./targets.ts";

export interface BlockBatch {
  /** On the targets of the batch. */
  readonly cursor: RowCursor;
  readonly logits: Float32Array;
  readonly gradient: Float32Array;
  /** `[columns]`, written: sums of the gradient's size, not divided. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  /** `[rows]`; absent: 1. */
  readonly weights?: Float32Array;
  /** One over the divisor. */
  readonly scale: number;
}

/** Returns the weighted sum over rows; writes gradient and sums. */
export function blockPass(form: BlockForm, batch: BlockBatch): number {
  const { cursor, logits, gradient, positive, negative, weights, scale } = batch;
  const block: RowBlock = {
    logits,
    gradient,
    positive,
    negative,
    scale,
    labels: kernelLabels(cursor),
    ...(weights && { weights }),
  };
  if (form.kind === "softmax-binary") return softmaxBinaryRows(block);
  if (form.kind === "binary") {
    const sum = binaryRows(block, form.onPositives, form.onNegatives, form.gamma);
    return form.ofLabel ? sum + addLabels(form.ofLabel, batch) : sum;
  }
  const { shift, gamma, move, slope } = form;
  const sum = softmaxRows({ ...block, scale: scale * slope }, shift, gamma, move);
  if (slope !== 1) {
    for (let k = 0; k < positive.length; k++) {
      positive[k] *= slope;
      negative[k] *= slope;
    }
  }
  return sum;
}

/** Background has no column in a kernel, but where there is an objectness column it is that one's positive. */
function kernelLabels({ targets, truth, classes }: RowCursor): Int32Array {
  if (truth.length === classes) return targets.labels;
  return targets.labels.map((label) => (label === background ? classes : label));
}

/** Adds what the kernel left at 0: the entries of the rows' own classes. Row weights are 1 here. */
function addLabels(ofLabel: NonNullable<BinaryForm["ofLabel"]>, batch: BlockBatch): number {
  const { cursor, logits, gradient, positive, scale } = batch;
  const slope = new Float64Array(1);
  let sum = 0;
  for (let row = 0; row < cursor.targets.labels.length; row++) {
    if (!cursor.moveTo(row) || cursor.label < 0) continue;
    const at = row * cursor.truth.length + cursor.label;
    sum += ofLabel(cursor, logits[at], slope);
    gradient[at] = slope[0] * scale;
    positive[cursor.label] += Math.abs(slope[0]);
  }
  return sum;
}
