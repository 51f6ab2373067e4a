/** Which parts of a JSON document a reader wants; the scanner passes over everything else. */

import type { RecordPlan } from "./jsonRecord.ts";

/** What to do with one value. A value of a kind that the shape has no answer for is passed over. */
export interface JsonShape {
  /** An object's fields that matter. Once all were seen, the rest of the object is passed over. */
  readonly fields?: FieldTable;
  /** Shape for the fields of an object that are in no table, by name and the name's place. */
  readonly others?: (key: string, start: number, end: number) => JsonShape | undefined;
  /** Shape of an array's items, by index. */
  readonly items?: (index: number) => JsonShape | undefined;
  readonly text?: (value: string, start: number, end: number) => void;
  readonly number?: (value: number, start: number, end: number) => void;
  /** `true`, `false` or `null`. */
  readonly word?: (value: string, start: number, end: number) => void;
  /** An object or array begins; `start` is the place of its bracket. */
  readonly open?: (start: number, array: boolean) => void;
  readonly close?: (start: number, end: number) => void;
  /** How items are taken many at a time, which means the same as `items`; made by `recordsOf`. */
  readonly records?: RecordPlan;
}

/** Field names as bytes, so that keys are compared without decoding them. */
export interface FieldTable {
  readonly names: readonly Uint8Array[];
  readonly shapes: readonly JsonShape[];
}

/** A table of the fields in `shapes`, in that order. */
export function fields(shapes: Readonly<Record<string, JsonShape>>): FieldTable {
  const encoder = new TextEncoder();
  return { names: Object.keys(shapes).map((name) => encoder.encode(name)), shapes: Object.values(shapes) };
}

/** Position in the table of the key in `bytes[start, end)`, or -1. */
export function fieldIndex(table: FieldTable, bytes: Uint8Array, start: number, end: number): number {
  for (let f = 0; f < table.names.length; f++) {
    const name = table.names[f];
    if (name !== undefined && name.length === end - start && sameBytes(name, bytes, start)) return f;
  }
  return -1;
}

function sameBytes(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}
