/** Bytes to text as label files need it: UTF-8, and where it is not, Windows-1252, so that no name is lost. */
import { isAscii as isAsciiBuffer } from "node:buffer";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const western = new TextDecoder("windows-1252");

/** Length of the UTF-8 byte order mark at the start of the content, 0 or 3. */
export function byteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The text of `bytes[start, end)`. */
export function decode(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (isAscii(bytes, start, end))
    return bufferOf(bytes).toString("latin1", bytes.byteOffset + start, bytes.byteOffset + end);
  const part = bytes.subarray(start, end);
  try {
    return strict.decode(part);
  } catch {
    return western.decode(part);
  }
}

/** Text of the start of a content, without byte order mark and without a last character cut in two. */
export function decodeHead(bytes: Uint8Array): string {
  let end = bytes.length;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      end -= back;
      break;
    }
  }
  return decode(bytes, byteOrderMark(bytes), end);
}

/** For many short texts one view of all that the bytes lie in is made, not one for each. */
const buffers = new WeakMap<ArrayBufferLike, Buffer>();

function bufferOf({ buffer }: Uint8Array): Buffer {
  let all = buffers.get(buffer);
  if (!all) {
    all = Buffer.from(buffer);
    buffers.set(buffer, all);
  }
  return all;
}

/** Short texts are looked at here, as a call takes longer. */
const shortText = 64;

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > shortText) return isAsciiBuffer(bytes.subarray(start, end));
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}
