/** The start of NumPy's array files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

export interface NpyShape {
  /** Such as "<i8"; undefined where the file holds records. */
  readonly descr: string | undefined;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the values start, in bytes. */
  readonly offset: number;
}

/** The bytes before the text of the header, and some more in the older version. */
export const npyStart = 12;

/** How long the header is in all, told by the first `npyStart` bytes; undefined where they are of no such file. */
export function npyHeaderLength(bytes: Uint8Array): number | undefined {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < npyStart || magic.some((byte, i) => bytes[i] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = textStart(bytes);
  return start + (start === 12 ? view.getUint32(8, true) : view.getUint16(8, true));
}

function textStart(bytes: Uint8Array): number {
  return (bytes[6] ?? 1) >= 2 ? 12 : 10;
}

/** What the header says; undefined where the bytes are no such file, or end before the header does. */
export function npyShape(bytes: Uint8Array): NpyShape | undefined {
  const offset = npyHeaderLength(bytes);
  if (offset === undefined || offset > bytes.length) return undefined;
  const text = new TextDecoder("latin1").decode(bytes.subarray(textStart(bytes), offset));
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (shape === undefined) return undefined;
  return {
    descr: /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1],
    fortranOrder: /'fortran_order'\s*:\s*True/.test(text),
    shape: shape
      .split(",")
      .filter((length) => length.trim() !== "")
      .map(Number),
    offset,
  };
}
