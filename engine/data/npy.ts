/** NumPy's array files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { type NpyShape, npyHeaderLength, npyShape, npyStart } from "#engine/manifest/arrays/npyHeader.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type FileReading, tellRead } from "./fileChunks.ts";
import { describeProblem, isAbort } from "./problem.ts";

export type NpyValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface NpyArray {
  readonly shape: readonly number[];
  /** NumPy's name, such as "float32". */
  readonly type: string;
  /** Flat, row by row. */
  readonly values: NpyValues;
}

export interface NpyHeader extends NpyShape {
  /** As in the file, such as "<f4". */
  readonly descr: string;
}

interface Kind {
  readonly type: string;
  readonly bytes: number;
  view(buffer: ArrayBuffer): NpyValues;
}

const kinds: Readonly<Record<string, Kind>> = {
  "|b1": { type: "bool", bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  "|u1": { type: "uint8", bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  "|i1": { type: "int8", bytes: 1, view: (buffer) => new Int8Array(buffer) },
  "<u2": { type: "uint16", bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  "<i2": { type: "int16", bytes: 2, view: (buffer) => new Int16Array(buffer) },
  "<u4": { type: "uint32", bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  "<i4": { type: "int32", bytes: 4, view: (buffer) => new Int32Array(buffer) },
  "<u8": { type: "uint64", bytes: 8, view: (buffer) => new BigUint64Array(buffer) },
  "<i8": { type: "int64", bytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  "<f2": { type: "float16", bytes: 2, view: (buffer) => halfToFloat(new Uint16Array(buffer)) },
  "<f4": { type: "float32", bytes: 4, view: (buffer) => new Float32Array(buffer) },
  "<f8": { type: "float64", bytes: 8, view: (buffer) => new Float64Array(buffer) },
};

/**
 * Returns the array of a `.npy` file, little endian, in C order whichever order it has in the file; float16 becomes float32.
 * Throws `data/unreadable` naming the file and what was expected.
 */
export async function readNpy(path: string, reading: FileReading = {}): Promise<NpyArray> {
  const tell = (read: number, size: number): void => tellRead(path, read, size, reading);
  return withFile(path, async (file, size) => {
    const header = await parseHeader(path, file);
    const kind = kindOf(path, header);
    const count = header.shape.reduce((product, length) => product * length, 1);
    const expected = count * kind.bytes;
    const held = size - header.offset;
    if (held < expected) {
      throw unreadable(
        path,
        t`is cut short: ${shapeText(header.shape)} of ${kind.type} takes ${expected.toLocaleString("en")} bytes, the file holds ${Math.max(0, held).toLocaleString("en")}. Save or copy it again`,
      );
    }
    const buffer = new ArrayBuffer(expected);
    await readFully(file, new Uint8Array(buffer), header.offset, tell);
    const rows = header.fortranOrder ? rowByRow(buffer, header.shape, kind.bytes) : buffer;
    return { shape: header.shape, type: kind.type, values: kind.view(rows) };
  });
}

/** Returns shape and type of a `.npy` file without reading its values. */
export function readNpyHeader(path: string): Promise<NpyHeader> {
  return withFile(path, (file) => parseHeader(path, file));
}

/** Returns a header of exactly `length` bytes, padded with spaces, so that it can be written again in place. */
export function npyHeader(descr: string, shape: readonly number[], length = 128): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = t`{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (length - 10) & 0xff, (length - 10) >> 8]);
  if (text.length > length - 11) throw new Error(`expected a header below ${length} bytes, got ${text}`);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** Returns a shape as NumPy prints it, such as "(20431, 324)". */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

async function withFile<T>(path: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const info = await file.stat();
    if (info.isDirectory()) throw unreadable(path, t`is a folder. Name a .npy file`);
    return await use(file, info.size);
  } catch (problem) {
    if (problem instanceof EquipoiseError || isAbort(problem)) throw problem;
    throw unreadable(path, t`cannot be read: ${describeProblem(problem)}`);
  } finally {
    await file?.close();
  }
}

async function parseHeader(path: string, file: FileHandle): Promise<NpyHeader> {
  const start = new Uint8Array(npyStart);
  await file.read(start, 0, start.length, 0);
  const length = npyHeaderLength(start);
  if (length === undefined) throw unreadable(path, t`is not a NumPy array file. Save it with numpy.save`);
  if (length > 1 << 20) throw unreadable(path, t`has a header above 1 MB. Save it again with numpy.save`);
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, 0);
  const header = npyShape(bytes.subarray(0, bytesRead));
  if (!header) throw unreadable(path, t`has a damaged header. Save it again with numpy.save`);
  const { descr } = header;
  if (descr === undefined)
    throw unreadable(path, t`holds records, not one array of numbers. Save its number columns as one array`);
  return { ...header, descr };
}

function kindOf(path: string, header: NpyHeader): Kind {
  const { descr, shape } = header;
  if (descr.startsWith(">") && kinds[`<${descr.slice(1)}`]) {
    throw unreadable(path, t`is big endian (${descr}). Save it with array.astype("<${descr.slice(1)}")`);
  }
  const kind = Object.hasOwn(kinds, descr) ? kinds[descr] : undefined;
  if (!kind) {
    throw unreadable(
      path,
      t`holds values of type ${descr}. Expected uint8, int32, int64, float16, float32 or float64`,
    );
  }
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw unreadable(path, t`has a damaged shape in its header. Save it again with numpy.save`);
  }
  return kind;
}

/** Rows that are taken at once, few enough that what is written of them stays in the processor's cache. */
const rowsAtOnce = 64;

/** Returns an array that is in Fortran order, its first axis the fastest, in C order: pandas saves tables like that. */
function rowByRow(buffer: ArrayBuffer, shape: readonly number[], bytes: number): ArrayBuffer {
  const [rows = 0, ...inner] = shape;
  const columns = inner.reduce((product, length) => product * length, 1);
  if (inner.length === 0 || buffer.byteLength === 0) return buffer;
  // Numbers of 8 bytes go as two of 4: as one of another type they might change.
  const words = bytes === 8 ? 2 : 1;
  const View = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const [from, to] = [new View(buffer), new View(new ArrayBuffer(buffer.byteLength))];
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const end = Math.min(rows, first + rowsAtOnce);
    for (let column = 0; column < columns; column++) {
      const place = placeInRow(column, inner);
      for (let row = first; row < end; row++)
        for (let word = 0; word < words; word++)
          to[(row * columns + place) * words + word] = from[(column * rows + row) * words + word] as number;
    }
  }
  return to.buffer;
}

/** The place in C order of what has this one in Fortran order. */
function placeInRow(index: number, shape: readonly number[]): number {
  let [rest, place] = [index, 0];
  for (const length of shape) {
    place = place * length + (rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
}

/** Reads in pieces: one read call is limited to 2 GiB. */
async function readFully(
  file: FileHandle,
  into: Uint8Array,
  offset: number,
  tell: (read: number, all: number) => void,
): Promise<void> {
  const piece = 1 << 26;
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, Math.min(piece, into.length - done), offset + done);
    if (bytesRead === 0) throw new Error(`the file ended after ${offset + done} bytes`);
    done += bytesRead;
    tell(done, into.length);
  }
}

/** IEEE 754 half precision. */
function halfToFloat(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) floats[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) floats[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else floats[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return floats;
}

function unreadable(path: string, what: string): EquipoiseError {
  return new EquipoiseError("data/unreadable", `${basename(path)} ${what}.`);
}
