/** The start of NumPy's array files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

export interface NpyShape {
  /** Such as "<i8"; undefined where the file holds records. */
  readonly descr: string | undefined;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the values start, in bytes. */
  readonly offset: number;
}

/** What the header says; undefined where the bytes are no such file, or end before the header does. */
export function npyShape(bytes: Uint8Array): NpyShape | undefined {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) return undefined;
  const wide = (bytes[6] ?? 1) >= 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = wide ? 12 : 10;
  const offset = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (offset > bytes.length) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, offset));
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (shape === undefined) return undefined;
  return {
    descr: /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1],
    fortranOrder: /'fortran_order'\s*:\s*True/.test(text),
    shape: shape
      .split(",")
      .filter((length) => length.trim() !== "")
      .map((length) => Number.parseInt(length, 10)),
    offset,
  };
}
