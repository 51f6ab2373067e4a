/** Grey and indexed PNG files for tests, written with one filter. */
import { crc32, deflateSync } from "node:zlib";

export interface PngForm {
  readonly width: number;
  readonly depth: number;
  readonly filter?: number;
  /** With a palette, as label tools write masks. */
  readonly indexed?: boolean;
}

export function writePng(
  values: readonly number[],
  { width, depth, filter = 0, indexed = false }: PngForm,
  packed?: Uint8Array,
): Uint8Array {
  const height = values.length / width;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth);
  header.setUint8(9, indexed ? 3 : 0);
  const palette = Uint8Array.from({ length: 3 * 256 }, (_, i) => i % 251);
  const file = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...(indexed ? [chunk("PLTE", palette)] : []),
    chunk("IDAT", packed ?? deflateSync(rowsOf(values, width, depth, filter))),
    chunk("IEND", new Uint8Array(0)),
  ]);
  return Uint8Array.from(file);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function rowsOf(values: readonly number[], width: number, depth: number, filter: number): Uint8Array {
  const size = Math.ceil((width * depth) / 8);
  const step = depth === 16 ? 2 : 1;
  let above = new Uint8Array(size);
  const rows: Uint8Array[] = [];
  for (let start = 0; start < values.length; start += width) {
    const row = packRow(values.slice(start, start + width), depth, size);
    rows.push(Uint8Array.of(filter), filtered(row, above, step, filter));
    above = row;
  }
  return Buffer.concat(rows);
}

function packRow(values: readonly number[], depth: number, size: number): Uint8Array<ArrayBuffer> {
  const bits = values.map((value) => value.toString(2).padStart(depth, "0")).join("");
  const row = new Uint8Array(size);
  for (let i = 0; i < size; i++) row[i] = Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2);
  return row;
}

function filtered(row: Uint8Array, above: Uint8Array, step: number, filter: number): Uint8Array {
  return row.map((byte, i) => {
    const a = row[i - step] ?? 0;
    const b = above[i] ?? 0;
    const c = above[i - step] ?? 0;
    const nearest = [a, b, c].sort((x, y) => Math.abs(a + b - c - x) - Math.abs(a + b - c - y))[0] ?? 0;
    return byte - ([0, a, b, (a + b) >> 1, nearest][filter] ?? 0);
  });
}
