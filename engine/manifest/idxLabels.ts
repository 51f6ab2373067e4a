/** Label files of MNIST and its kin, in IDX format: http://yann.lecun.com/exdb/mnist/ as it was described there. */
import { t } from "#protocol/l10n.ts";
import { type LabelArray, readLabelArray } from "./arrays/labelArray.ts";
import { valueType } from "./arrays/values.ts";
import { type FileHead, likely, type ManifestReader, type Recognised, sure } from "./reader.ts";

export const idxLabels: ManifestReader = {
  format: "idx",
  recognises,
  async read(input) {
    const array = arrayOf(input.head);
    const found = array && (await readLabelArray(input, array, false));
    return found && { format: "idx", views: found.views, observations: found.observations };
  },
  async samples(input) {
    const array = arrayOf(input.head);
    return array && (await readLabelArray(input, array, true))?.samples;
  },
};

/** By the third byte of the file; numbers stand big end first. */
const types: ReadonlyMap<number, string> = new Map([
  [0x08, "|u1"],
  [0x09, "|i1"],
  [0x0b, ">i2"],
  [0x0c, ">i4"],
]);

function recognises(head: FileHead): Recognised | undefined {
  const array = arrayOf(head);
  if (!array) return undefined;
  const why = t`its header is that of an IDX array with one dimension and ${array.shape[0]} values`;
  return /(idx1|label)/i.test(head.name) ? sure(why) : likely(why);
}

function arrayOf({ bytes, complete }: FileHead): LabelArray | undefined {
  const descr = types.get(bytes[2] ?? 0);
  if (bytes.length < 9 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] !== 1 || descr === undefined)
    return undefined;
  const type = valueType(descr);
  const rows = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  // More bytes than the header says would be something else.
  if (!type || rows === 0 || (complete && bytes.length > 8 + rows * type.bytes)) return undefined;
  return { offset: 8, shape: [rows], type };
}
