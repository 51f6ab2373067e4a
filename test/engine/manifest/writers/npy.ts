/** Writes NumPy's array files. */
import { npyHeader } from "#engine/data/npy.ts";

type Write = (view: DataView, at: number, value: number, little: boolean) => void;

const writes: Readonly<Record<string, readonly [number, Write]>> = {
  b1: [1, (view, at, value) => view.setUint8(at, value)],
  u1: [1, (view, at, value) => view.setUint8(at, value)],
  i1: [1, (view, at, value) => view.setInt8(at, value)],
  u2: [2, (view, at, value, little) => view.setUint16(at, value, little)],
  i2: [2, (view, at, value, little) => view.setInt16(at, value, little)],
  u4: [4, (view, at, value, little) => view.setUint32(at, value, little)],
  i4: [4, (view, at, value, little) => view.setInt32(at, value, little)],
  u8: [8, (view, at, value, little) => view.setBigUint64(at, BigInt(value), little)],
  i8: [8, (view, at, value, little) => view.setBigInt64(at, BigInt(value), little)],
  f4: [4, (view, at, value, little) => view.setFloat32(at, value, little)],
  f8: [8, (view, at, value, little) => view.setFloat64(at, value, little)],
};

/** An array of this NumPy type and shape, such as "<i8" or "<U12"; in Fortran order where its values are. */
export function npy(
  descr: string,
  shape: readonly number[],
  values: readonly (number | string)[],
  { fortran = false } = {},
): Uint8Array {
  const kind = descr.slice(1);
  const number = writes[kind];
  const width = number?.[0] ?? Number(kind.slice(1)) * (kind.startsWith("U") ? 4 : 1);
  const body = new Uint8Array(width * values.length);
  const view = new DataView(body.buffer);
  for (const [i, value] of values.entries()) {
    if (number) number[1](view, i * width, Number(value), !descr.startsWith(">"));
    else if (kind.startsWith("U"))
      for (const [at, letter] of [...String(value)].entries())
        view.setUint32(i * width + 4 * at, letter.codePointAt(0) ?? 0, true);
    else body.set(new TextEncoder().encode(String(value)), i * width);
  }
  const header = Buffer.from(npyHeader(descr, shape)).toString("latin1");
  const ordered = fortran ? header.replace("'fortran_order': False", "'fortran_order': True ") : header;
  return new Uint8Array([...Buffer.from(ordered, "latin1"), ...body]);
}
