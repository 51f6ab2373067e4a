/** Values of arrays as labels. */
import { decode } from "../scan/text.ts";

export interface ValueType {
  readonly bytes: number;
  /** The label at a byte of the view; undefined where it is no label, such as 0.5. */
  read(view: DataView, at: number): number | string | undefined;
}

type Read = (view: DataView, at: number, little: boolean) => number;

const numbers: Readonly<Record<string, readonly [number, Read]>> = {
  b1: [1, (view, at) => view.getUint8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
};

/** The type that NumPy writes as `descr`, such as "<i8" or "<U12"; undefined for one that holds no labels. */
export function valueType(descr: string): ValueType | undefined {
  const [, order = "", kind = "", size = ""] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const little = order !== ">";
  if (kind === "U") return text(4 * Number(size), little ? "utf-32le" : "utf-32be");
  if (kind === "S") return text(Number(size), "bytes");
  const number = numbers[`${kind}${size}`];
  if (!number) return undefined;
  const [bytes, read] = number;
  return {
    bytes,
    read(view, at) {
      const value = read(view, at, little);
      return Number.isSafeInteger(value) ? value : undefined;
    },
  };
}

function text(bytes: number, encoding: "utf-32le" | "utf-32be" | "bytes"): ValueType | undefined {
  if (bytes === 0 || bytes > 1 << 20) return undefined;
  return {
    bytes,
    read(view, at) {
      if (encoding === "bytes") {
        const raw = new Uint8Array(view.buffer, view.byteOffset + at, bytes);
        const end = raw.indexOf(0);
        return decode(raw, 0, end < 0 ? bytes : end);
      }
      const points: number[] = [];
      for (let i = 0; i < bytes; i += 4) {
        const point = view.getUint32(at + i, encoding === "utf-32le");
        if (point === 0) break;
        points.push(point <= 0x10ffff ? point : 0xfffd);
      }
      return String.fromCodePoint(...points);
    },
  };
}
