/** Pixels of a PNG as the numbers that stand in it: masks hold class indices, which a picture decoder turns to colours. */
import { inflateSync } from "node:zlib";
import { unfilter } from "#engine/manifest/png.ts";

export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`. */
  readonly indices: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A side of 32,768 pixels is larger than any mask. */
const mostPixels = 1 << 28;
/** PNG colour types with one number a pixel. */
const grey = 0;
const palette = 3;

/** Returns the indices of a palette or grey PNG of up to 8 bits. Throws an Error that says what it is instead. */
export function readIndexedPng(bytes: Uint8Array): IndexedImage {
  if (signature.some((byte, i) => bytes[i] !== byte)) throw new Error("it is no PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw new Error("it ends too early");
    if (type === "IHDR") header = readHeader(view, at + 8);
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === "IEND") break;
    at += 12 + length;
  }
  if (!header) throw new Error("it has no header");
  const { width, height, bits } = header;
  const stride = Math.ceil((width * bits) / 8);
  const packed = inflateSync(Buffer.concat(data), { maxOutputLength: (stride + 1) * height + 1 });
  if (packed.length < (stride + 1) * height) throw new Error("it ends too early");
  const rows = unfiltered(packed, stride, height);
  return { width, height, indices: bits === 8 ? rows : unpack(rows, width, height, bits) };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
}

function readHeader(view: DataView, at: number): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [bits, colour, interlace] = [view.getUint8(at + 8), view.getUint8(at + 9), view.getUint8(at + 12)];
  if (width * height > mostPixels || width === 0 || height === 0)
    throw new Error(`it is ${width} by ${height}`);
  if (colour !== palette && colour !== grey) {
    throw new Error("it holds colours, not class indices: save it with a palette, or as 8-bit grey");
  }
  if (bits > 8) throw new Error(`it has ${bits} bits a pixel: save it with at most 8`);
  if (interlace !== 0) throw new Error("it is interlaced: save it without");
  return { width, height, bits };
}

/** One byte a pixel or less, so the left is one byte away. */
function unfiltered(packed: Uint8Array, stride: number, height: number): Uint8Array {
  const rows = new Uint8Array(stride * height);
  let above: Uint8Array = new Uint8Array(stride + 1);
  for (let y = 0; y < height; y++) {
    const row = packed.subarray(y * (stride + 1), (y + 1) * (stride + 1));
    if (!unfilter(row, above, 1)) throw new Error(`it has an unknown filter ${row[0]}`);
    rows.set(row.subarray(1), y * stride);
    above = row;
  }
  return rows;
}

function unpack(rows: Uint8Array, width: number, height: number, bits: number): Uint8Array {
  const stride = Math.ceil((width * bits) / 8);
  const indices = new Uint8Array(width * height);
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const byte = rows[y * stride + (bit >> 3)] as number;
      indices[y * width + x] = (byte >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return indices;
}
