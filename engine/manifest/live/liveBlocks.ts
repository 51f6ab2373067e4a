/** Counts of samples block by block, and the samples that a whole text lists twice. */
import type { RememberedSamples, SampleWatch } from "../duplicateCheck.ts";
import { LiveSamples, SampleLog, seedOfLabel } from "./liveSamples.ts";
import { LiveTallies } from "./liveTallies.ts";
import type { Found, LiveText } from "./liveText.ts";

/** Remembers the samples of blocks; `labelAt` tells the label that a reader numbers so. */
type OpenLog = (labelAt: (slot: number) => number | string | undefined) => RememberedSamples;

/** Sums that are kept under a name. */
export type KeptTallies = <C, L, T>(name: string) => LiveTallies<C, L, T>;

/**
 * The counts of an open document, of which only blocks are read that were not read before: as `LiveText.found` does, with a
 * log of samples for `count`. `join` adds counts together, with what is known of all samples. Undefined where the text does
 * not divide into blocks.
 */
export function liveCounts<T extends object>(
  live: LiveText,
  { duplicates }: SampleWatch,
  key: string,
  count: (bytes: Uint8Array, offset: number, last: boolean, open: OpenLog) => T | undefined,
  join: (parts: readonly Found<T>[], tallies: KeptTallies, samples: RememberedSamples) => T,
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
  const tallies: KeptTallies = <C, L, S>(name: string) =>
    live.memory.of(`${key} ${duplicates} ${name}`, () => new LiveTallies<C, L, S>());
  return join(counts, tallies, all);
}
