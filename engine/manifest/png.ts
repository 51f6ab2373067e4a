/** Values of the pixels of an indexed or grey PNG, counted while it is unpacked row by row. */

import { t } from "#protocol/l10n.ts";

/** Larger images would take longer to unpack than anybody waits. */
const mostPixels = 2 ** 28;
/** A row is held in memory. */
const mostColumns = 2 ** 18;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a pixel: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly kind: "grey" | "indexed" | "colour";
  readonly interlaced: boolean;
}

/** The header, or undefined where the bytes are no PNG. */
export function pngHeader(bytes: Uint8Array): PngHeader | undefined {
  if (bytes.length < 33 || signature.some((byte, i) => bytes[i] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const colour = view.getUint8(25);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width === 0 || height === 0) return undefined;
  return {
    width,
    height,
    depth: view.getUint8(24),
    kind: colour === 3 ? "indexed" : colour === 0 ? "grey" : "colour",
    interlaced: view.getUint8(28) === 1,
  };
}

/**
 * Adds the pixels of each value to `counts`, which has room for 2^16 values. Answers what is wrong with the image, if
 * anything; what comes before is counted.
 */
export async function countPngValues(bytes: Uint8Array, counts: Float64Array): Promise<string | undefined> {
  const header = pngHeader(bytes);
  if (!header) return t`it is no PNG`;
  if (header.kind === "colour") return t`its pixels are colours, not class ids`;
  if (header.width > mostColumns || header.width * header.height > mostPixels) {
    return t`it has more than 268 million pixels or 262,144 columns`;
  }
  const { createInflate } = await import("node:zlib");
  const rows = new PngRows(header, counts);
  const inflate = createInflate();
  for (const chunk of imageData(bytes)) inflate.write(chunk);
  inflate.end();
  try {
    for await (const chunk of inflate) {
      const problem = rows.take(chunk as Uint8Array);
      if (problem !== undefined) return problem;
      if (rows.complete) break;
    }
  } catch {
    return t`its data are damaged`;
  }
  return rows.complete ? undefined : t`it ends too early`;
}

/** The parts that the packed pixels are stored in. */
function* imageData(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === 0x49444154) yield bytes.subarray(at + 8, at + 8 + length);
    if (type === 0x49454e44) return;
    at += length + 12;
  }
}

/** Steps and starts of the seven passes of an interlaced image: x start, y start, x step, y step. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Undoes the filters of rows and counts what they hold. */
class PngRows {
  readonly #counts: Float64Array;
  readonly #depth: number;
  /** Width and height of each pass that has pixels. */
  readonly #sizes: (readonly [number, number])[];
  #pass = 0;
  #row = 0;
  #filled = 0;
  #current: Uint8Array;
  #previous: Uint8Array;

  constructor({ width, height, depth, interlaced }: PngHeader, counts: Float64Array) {
    this.#counts = counts;
    this.#depth = depth;
    const all = interlaced
      ? passes.map(([x, y, dx, dy]) => [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)] as const)
      : [[width, height] as const];
    this.#sizes = all.filter(([w, h]) => w > 0 && h > 0);
    this.#current = this.#newRow();
    this.#previous = this.#newRow();
  }

  get complete(): boolean {
    return this.#pass >= this.#sizes.length;
  }

  /** One byte for the filter, then the pixels. */
  #newRow(): Uint8Array {
    const [width = 0] = this.#sizes[this.#pass] ?? [];
    return new Uint8Array(1 + Math.ceil((width * this.#depth) / 8));
  }

  take(chunk: Uint8Array): string | undefined {
    for (let at = 0; at < chunk.length && !this.complete; ) {
      const part = chunk.subarray(at, at + this.#current.length - this.#filled);
      this.#current.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#current.length) return undefined;
      if (!unfilter(this.#current, this.#previous, this.#depth === 16 ? 2 : 1))
        return t`its data are damaged`;
      this.#count();
      this.#next();
    }
    return undefined;
  }

  #next(): void {
    [this.#current, this.#previous] = [this.#previous, this.#current];
    this.#filled = 0;
    const [, height = 0] = this.#sizes[this.#pass] ?? [];
    if (++this.#row < height) return;
    this.#pass++;
    this.#row = 0;
    this.#current = this.#newRow();
    this.#previous = this.#newRow();
  }

  #count(): void {
    const row = this.#current;
    const counts = this.#counts;
    const add = (value: number): void => {
      counts[value] = (counts[value] ?? 0) + 1;
    };
    if (this.#depth === 8) for (let i = 1; i < row.length; i++) add(row[i] ?? 0);
    else if (this.#depth === 16)
      for (let i = 1; i + 1 < row.length; i += 2) add(((row[i] ?? 0) << 8) | (row[i + 1] ?? 0));
    else this.#countBits(add);
  }

  #countBits(add: (value: number) => void): void {
    const [width = 0] = this.#sizes[this.#pass] ?? [];
    const mask = (1 << this.#depth) - 1;
    for (let x = 0; x < width; x++) {
      const bit = x * this.#depth;
      const byte = this.#current[1 + (bit >> 3)] ?? 0;
      add((byte >> (8 - this.#depth - (bit & 7))) & mask);
    }
  }
}

/**
 * Undoes the filter of a row in place, PNG specification, section 9; false where there is no such filter. A row begins
 * with the byte of its filter; `above` is the row before it, or zeros; `step` is the bytes of a pixel, at least 1.
 */
export function unfilter(row: Uint8Array, above: Uint8Array, step: number): boolean {
  const filter = row[0] ?? 0;
  if (filter > 4) return false;
  for (let i = 1; filter > 0 && i < row.length; i++) {
    const left = i > step ? (row[i - step] ?? 0) : 0;
    const up = above[i] ?? 0;
    const corner = i > step ? (above[i - step] ?? 0) : 0;
    row[i] = (row[i] ?? 0) + predicted(filter, left, up, corner);
  }
  return true;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
