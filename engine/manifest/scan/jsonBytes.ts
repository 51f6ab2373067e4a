/** Bytes as JSON means them. */
import { joinBytes } from "./bytes.ts";
import { byteOrderMark } from "./text.ts";

export const quote: number = 0x22;
export const backslash: number = 0x5c;
export const openArray: number = 0x5b;
export const closeArray: number = 0x5d;
export const openObject: number = 0x7b;
export const closeObject: number = 0x7d;
export const comma: number = 0x2c;
export const colonByte: number = 0x3a;

/** 1 for white space. */
export const isSpace: Uint8Array = byteTable(" \t\r\n", 1);
/** 1 for what numbers and words consist of. */
export const isAtom: Uint8Array = byteTable(
  "0123456789+-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
  1,
);
/** 0 for bytes that need no look while passing over a value. */
export const needsLook: Uint8Array = byteTable("0123456789+-.eE \t\r\n,:truefalsnity", 0, 1);

/** Next quote or backslash from `from` on, or `end`. */
export function textStop(chunk: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end) {
    const byte = chunk[i];
    if (byte === quote || byte === backslash) break;
    i++;
  }
  return i;
}

/** Next byte from `from` on that is neither part of a number or word nor a separator, or `end`. */
export function lookStop(chunk: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && needsLook[chunk[i] as number] === 0) i++;
  return i;
}

/** Whether a number begins there: a digit, or a minus sign before one. */
export function beginsNumber(bytes: Uint8Array, at: number): boolean {
  const digit = (bytes[bytes[at] === 0x2d ? at + 1 : at] ?? 0) - 0x30;
  return digit >= 0 && digit <= 9;
}

/** The integer in the bytes, or -1 where they are no plain non-negative integer of at most 15 digits. */
export function plainInteger(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15 || (bytes[start] === 0x30 && end - start > 1)) return -1;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return end > start ? number : -1;
}

/** The first byte of a document that is no white space, undefined where there is none. */
export function firstByte(bytes: Uint8Array): number | undefined {
  let i = byteOrderMark(bytes);
  while (isSpace[bytes[i] ?? 0] === 1) i++;
  return bytes[i];
}

export function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

export function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return pieces.length === 0 ? last : joinBytes([...pieces, last]);
}

export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

export function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}

function byteTable(members: string, mark: number, others = 0): Uint8Array {
  const table = new Uint8Array(256).fill(others);
  for (const member of members) table[member.charCodeAt(0)] = mark;
  return table;
}
