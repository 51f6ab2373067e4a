/** What a comment remembers of class counts, so that a class whose count changed can be named later. */
import type { CountedName } from "./provenance.ts";

/** Up to this many classes their counts are written out. */
const mostWritten = 20;
/** Up to this many, one character stands for each class; beyond, one for each row and column of a square of classes. */
const mostSingle = 64;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The counts as a comment keeps them: "5000 200 10", or a few characters such as "~Qx9...". */
export function countsTrace(classes: readonly CountedName[]): string {
  if (classes.length <= mostWritten) return classes.map(({ count }) => String(count)).join(" ");
  return `~${digests(classes).join("")}`;
}

/** A class whose count changed. */
export interface ChangedCount extends CountedName {
  /** What the count was, where the comment says it. */
  readonly was?: number;
}

/** The classes whose counts differ from a trace; undefined where it cannot tell which. */
export function changedCounts(
  trace: string,
  classes: readonly CountedName[],
): readonly ChangedCount[] | undefined {
  if (!trace.startsWith("~")) return changedWritten(trace, classes);
  const now = digests(classes);
  const before = [...trace.slice(1)];
  if (before.length !== now.length) return undefined;
  const differs = (index: number): boolean => before[index] !== now[index];
  const changed = classes.length <= mostSingle ? classes.filter((_, index) => differs(index)) : crossed();
  return changed && changed.length > 0 ? changed : undefined;

  /** The classes in a changed row and a changed column; certain only where all changes share one of them. */
  function crossed(): readonly CountedName[] | undefined {
    const side = sideOf(classes);
    const positions = Array.from({ length: side }, (_, index) => index);
    const rows = positions.filter(differs);
    const columns = positions.filter((column) => differs(side + column));
    if (Math.min(rows.length, columns.length) !== 1) return undefined;
    return rows.flatMap((row) => columns.flatMap((column) => classes[row * side + column] ?? []));
  }
}

function changedWritten(trace: string, classes: readonly CountedName[]): readonly ChangedCount[] | undefined {
  const counts = trace === "" ? [] : trace.split(" ").map(Number);
  if (counts.length !== classes.length || counts.some(Number.isNaN)) return undefined;
  const changed = classes.flatMap((each, index) => {
    const was = counts[index];
    return was === undefined || was === each.count ? [] : [{ ...each, was }];
  });
  return changed.length > 0 ? changed : undefined;
}

function sideOf(classes: readonly CountedName[]): number {
  return Math.ceil(Math.sqrt(classes.length));
}

function digests(classes: readonly CountedName[]): string[] {
  const texts = classes.map(({ name, count }) => `${name}\t${count}\n`);
  if (classes.length <= mostSingle) return texts.map(digest);
  const side = sideOf(classes);
  const positions = Array.from({ length: side }, (_, index) => index);
  const rows = positions.map((row) => texts.slice(row * side, (row + 1) * side).join(""));
  const columns = positions.map((column) => texts.filter((_, index) => index % side === column).join(""));
  return [...rows, ...columns].map(digest);
}

/** Six bits of FNV-1a over UTF-16 units, all bits folded in. */
function digest(text: string): string {
  const hash = fnv(text);
  return alphabet[(hash ^ (hash >>> 6) ^ (hash >>> 12) ^ (hash >>> 18) ^ (hash >>> 24)) & 63] ?? "A";
}

/** 32 bits of FNV-1a over UTF-16 units. No secret. */
export function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
