/** Named arrays in one file: https://huggingface.co/docs/safetensors. Python reads it with the package safetensors. */

import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Returns the bytes of a file with these arrays. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let length = 0;
  // The widest type first, so that every array starts at a multiple of its width.
  const names = Object.keys(tensors).sort(
    (a, b) => widthOf(tensors[b]) - widthOf(tensors[a]) || (a < b ? -1 : 1),
  );
  for (const name of names) {
    const { shape, values } = tensors[name] as Tensor;
    const end = length + values.byteLength;
    header[name] = {
      dtype: widthOf(tensors[name]) === 8 ? "F64" : "F32",
      shape,
      data_offsets: [length, end],
    };
    length = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(json, 8);
  for (const name of names) {
    const { values } = tensors[name] as Tensor;
    const [start] = (header[name] as Entry).data_offsets;
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8 + padded + start);
  }
  return bytes;
}

/** Returns the arrays of a file. Throws `data/unreadable` where it is damaged or cut short. */
export function decodeTensors(bytes: Uint8Array, name: string): TensorFile {
  try {
    return decode(bytes);
  } catch (problem) {
    throw new EquipoiseError("data/unreadable", t`${name} is damaged. Start the run anew.`, {
      cause: problem,
    });
  }
}

function decode(bytes: Uint8Array): TensorFile {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, Entry>;
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [start, end] = entry.data_offsets;
    const part = bytes.slice(8 + length + start, 8 + length + end);
    const wide = entry.dtype === "F64";
    if (part.length !== end - start || (!wide && entry.dtype !== "F32"))
      throw new Error(`cannot take ${name}`);
    const values = wide ? new Float64Array(part.buffer) : new Float32Array(part.buffer);
    tensors[name] = { shape: entry.shape, values };
  }
  const metadata = (header["__metadata__"] ?? {}) as unknown as Record<string, string>;
  return { tensors, metadata };
}

function widthOf(tensor: Tensor | undefined): number {
  return tensor?.values.BYTES_PER_ELEMENT ?? 0;
}
