/** The records that the start of a file holds, as values. */
import type { FileHead } from "../reader.ts";
import { JsonScanner } from "../scan/json.ts";
import { decode } from "../scan/text.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Enough to see what their fields are. */
const mostRecords = 500;
/** Where records are long, fewer are enough: so many, in so many bytes. */
const longRecords = 100;
const longBytes = 64 << 10;

/** An array of records: of the whole document, or under a key of it. */
export interface HeadArray {
  /** Undefined for the document itself. */
  readonly key: string | undefined;
  readonly records: readonly Fields[];
}

/** What stands behind a key of the document that is no array. */
export interface HeadEntry {
  readonly key: string;
  readonly value: unknown;
}

export interface HeadDocument {
  readonly arrays: readonly HeadArray[];
  readonly entries: readonly HeadEntry[];
}

/** Arrays of records and single entries of a JSON document; of what its start holds of them. */
export function headDocument(head: FileHead): HeadDocument {
  const arrays: { key: string | undefined; records: Fields[] }[] = [];
  const entries: HeadEntry[] = [];
  const arrayOf = (key: string | undefined) => {
    const records: Fields[] = [];
    let bytes = 0;
    arrays.push({ key, records });
    return () => ({
      close(start: number, end: number) {
        if (records.length >= (bytes < longBytes ? mostRecords : longRecords)) return;
        bytes += end - start;
        const value = parsed(head, start, end);
        if (isFields(value)) records.push(value);
      },
    });
  };
  const note = (key: string, value: unknown): void => {
    if (entries.length < mostRecords) entries.push({ key, value });
  };
  let root: ReturnType<typeof arrayOf> | undefined;
  const scanner = new JsonScanner({
    items: (index) => {
      if (index === 0) root = arrayOf(undefined);
      return root?.();
    },
    others: (key) => {
      let items: ReturnType<typeof arrayOf> | undefined;
      let inArray = false;
      return {
        number: (value) => note(key, value),
        text: (value) => note(key, value),
        word: (value) => note(key, value),
        open: (_, array) => {
          inArray = array;
        },
        items: (index) => {
          if (index === 0) items = arrayOf(key);
          return items?.();
        },
        close: (start, end) => {
          if (!inArray || arrays.at(-1)?.records.length === 0) note(key, parsed(head, start, end));
        },
      };
    },
  });
  scanner.write(head.bytes);
  return { arrays: arrays.filter(({ records }) => records.length > 0), entries };
}

/** Records of JSON Lines; undefined where a complete line is none. */
export function headLines(head: FileHead): Fields[] | undefined {
  const lines = head.text.split("\n");
  if (!head.complete) lines.pop();
  const records: Fields[] = [];
  let others = 0;
  for (const line of lines.slice(0, mostRecords)) {
    if (line.trim() === "") continue;
    const value = parsedText(line);
    if (isFields(value)) records.push(value);
    else others++;
  }
  return others > Math.max(records.length === 0 ? 0 : 1, records.length * 0.02) ? undefined : records;
}

function parsed(head: FileHead, start: number, end: number): unknown {
  return parsedText(decode(head.bytes, start, end));
}

function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
