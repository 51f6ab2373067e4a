/** Counts of samples block by block, and the samples that a whole text lists twice. */
import type { RememberedSamples, SampleWatch } from "../duplicateCheck.ts";
import { LiveSamples, SampleLog, seedOfLabel } from "./liveSamples.ts";
import type { Found, LiveText } from "./liveText.ts";

/** Remembers the samples of blocks; `labelAt` tells the label that a reader numbers so. */
type OpenLog = (labelAt: (slot: number) => number | string | undefined) => RememberedSamples;

/** How many blocks are added together once, so that after an edit few sums are left to add. */
const groupSize = 8;

interface Group<T> {
  readonly members: readonly T[];
  /** How far each was moved beside the first. */
  readonly apart: readonly number[];
  readonly at: number;
  readonly sum: T;
}

/** The same in fewer parts: groups of neighbours that `join` adds together are kept under `key`. */
export function grouped<T extends object>(
  live: LiveText,
  key: string,
  found: readonly Found<T>[],
  join: (parts: readonly Found<T>[]) => T,
): Found<T>[] {
  const known = live.memory.of(key, () => new WeakMap<T, Group<T>>());
  const groups: Found<T>[] = [];
  for (let from = 0; from < found.length; from += groupSize) {
    const parts = found.slice(from, from + groupSize);
    const [first] = parts;
    if (!first) break;
    let group = known.get(first.found);
    if (!group || !isOf(group, parts)) {
      const apart = parts.map(({ shift }) => shift - first.shift);
      group = { members: parts.map((part) => part.found), apart, at: first.shift, sum: join(parts) };
      known.set(first.found, group);
    }
    groups.push({ found: group.sum, shift: first.shift - group.at });
  }
  return groups;
}

function isOf<T>({ members, apart }: Group<T>, parts: readonly Found<T>[]): boolean {
  const start = parts[0]?.shift ?? 0;
  return (
    members.length === parts.length &&
    parts.every(({ found, shift }, i) => found === members[i] && shift - start === apart[i])
  );
}

/**
 * The counts of an open document, of which only blocks are read that were not read before: as `LiveText.found` does, with a
 * log of samples for `count`. `join` adds counts together, the last time with what is known of all samples. Undefined where
 * the text does not divide into blocks.
 */
export function liveCounts<T extends object>(
  live: LiveText,
  { duplicates }: SampleWatch,
  key: string,
  count: (bytes: Uint8Array, offset: number, last: boolean, open: OpenLog) => T | undefined,
  join: (parts: readonly Found<T>[], samples?: RememberedSamples) => T,
): T | undefined {
  const blocks = live.found(`${key} ${duplicates}`, (bytes, offset, last) => {
    let log: SampleLog | undefined;
    const counts = count(bytes, offset, last, (labelAt) => {
      const seeds: number[] = [];
      log = new SampleLog((slot) => {
        seeds[slot] ??= seedOfLabel(labelAt(slot));
        return seeds[slot];
      });
      return log;
    });
    return counts && { counts, samples: log?.samples(offset), at: offset };
  });
  if (!blocks) return undefined;
  const placed = blocks.flatMap(({ found: { samples, at }, shift }) =>
    samples ? [{ samples, offset: at + shift }] : [],
  );
  const known = live.memory.of(`${key} ${duplicates} samples`, () => new LiveSamples());
  known.keepTo(placed);
  const repeated = known.repeated(placed);
  const all = { add: () => undefined, repeated: () => repeated, beyond: () => false };
  const counts = blocks.map(({ found, shift }) => ({ found: found.counts, shift }));
  return join(
    grouped(live, `${key} groups`, counts, (parts) => join(parts)),
    all,
  );
}
