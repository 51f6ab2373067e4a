/** NumPy arrays of labels: one number or name a sample, or one row of 0 and 1. */
import { t } from "#protocol/l10n.ts";
import { type LabelArray, readLabelArray } from "./arrays/labelArray.ts";
import { type NpyShape, npyShape } from "./arrays/npyHeader.ts";
import { valueType } from "./arrays/values.ts";
import { type FileHead, likely, type ManifestReader, type Recognised, sure } from "./reader.ts";

export const npyLabels: ManifestReader = {
  format: "npy",
  recognises,
  async read(input) {
    const array = arrayOf(input.head);
    const found = array && (await readLabelArray(input, array, false));
    return found && { format: "npy", views: found.views, observations: found.observations };
  },
  async samples(input) {
    const array = arrayOf(input.head);
    return array && (await readLabelArray(input, array, true))?.samples;
  },
};

/** Names that arrays of labels have, such as train_labels.npy and y_train.npy. */
const labelName = /(label|target|class|ground_?truth|(^|[_-])(y|gt)([_.-]|$))/i;
/** A head with more outputs than this is no one-hot code. */
const mostColumns = 100_000;

function recognises(head: FileHead): Recognised | undefined {
  if (!arrayOf(head)) return undefined;
  const { shape = [], descr = "" } = npyShape(head.bytes) ?? {};
  const what = t`it is an array of shape (${shape.join(", ")}) and type ${descr}`;
  const flat = shape.length === 1 && !/f/.test(descr);
  return flat && labelName.test(head.name) ? sure(t`${what}, and its name says labels`) : likely(what);
}

/** The array where labels can stand in it; rows of 0 and 1 are looked at in the head. */
function arrayOf(head: FileHead): LabelArray | undefined {
  const header = npyShape(head.bytes);
  const type = header?.descr === undefined ? undefined : valueType(header.descr);
  if (!header || !type || !hasLabelShape(header)) return undefined;
  const { offset, shape, fortranOrder } = header;
  const array = { offset, shape, type, byColumn: fortranOrder };
  return (header.shape[1] ?? 1) > 1 && !holdsFlags(head, array) ? undefined : array;
}

function hasLabelShape({ shape }: NpyShape): boolean {
  const [rows = 0, columns = 1] = shape;
  if (shape.length < 1 || shape.length > 2 || rows < 1) return false;
  return columns === 1 || (columns > 1 && columns <= mostColumns);
}

function holdsFlags({ bytes }: FileHead, { offset, type }: LabelArray): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = offset; at + type.bytes <= bytes.length; at += type.bytes) {
    const value = type.read(view, at);
    if (value !== 0 && value !== 1) return false;
  }
  return true;
}
