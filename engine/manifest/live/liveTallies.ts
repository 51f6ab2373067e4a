/** Sums by label over the blocks of an open document, of which only those are made anew that an edit changed. */
import type { Found } from "./liveText.ts";

/** How the tallies of one label are added together. `C` are the counts of a block. */
export interface TallyTools<C, L, T> {
  /** By label. */
  tallies(counts: C): ReadonlyMap<L, T>;
  /** Whether two blocks say the same of a label, but for places. */
  same(one: T, oneOf: C, other: T, otherOf: C): boolean;
  /** A new sum with the tally of the first block that has the label. */
  begin(tally: T, shift: number, from: C): T;
  /** The sum with what a later block has, in place or another one. Sums that were given to somebody are not added to. */
  add(sum: T, tally: T, from: C): T;
  /** The sum with its places so many bytes further. */
  moved(sum: T, by: number): T;
  /** Where the label was first met. */
  placeOf(sum: T): number;
}

interface Sum<C, T> {
  tally: T;
  /** The first block with the label, on which its places depend. */
  readonly first: C;
  /** How far that was moved when the sum was made. */
  readonly at: number;
}

/** Where more blocks are other ones, everything is added anew. */
const mostChanged = 8;

export class LiveTallies<C, L, T> {
  #blocks: readonly C[] = [];
  #kind: string | undefined;
  #sums = new Map<L, Sum<C, T>>();

  /** Sums of all blocks, in the order in which the labels are met; anew where they are of another `kind` than before. */
  of(parts: readonly Found<C>[], tools: TallyTools<C, L, T>, kind = ""): [L, T][] {
    const changed = kind === this.#kind ? this.#changed(parts, tools) : undefined;
    this.#blocks = parts.map(({ found }) => found);
    this.#kind = kind;
    if (changed) this.#renew(changed, parts, tools);
    else this.#sums = summed(parts, tools);
    const all = [...this.#sums].map(([label, { tally }]): [L, T] => [label, tally]);
    return all.sort(([, a], [, b]) => tools.placeOf(a) - tools.placeOf(b));
  }

  /** Labels of which the blocks say something else than before; undefined where that is not known. */
  #changed(parts: readonly Found<C>[], tools: TallyTools<C, L, T>): Set<L> | undefined {
    const before = this.#blocks;
    const others = parts.flatMap(({ found }, i) => (found === before[i] ? [] : [i]));
    if (parts.length !== before.length || others.length > mostChanged) return undefined;
    const changed = new Set<L>();
    const gone = new Set<C>();
    for (const i of others) {
      const [old, now] = [before[i] as C, parts[i]?.found as C];
      gone.add(old);
      for (const label of labelsThatDiffer(old, now, tools)) changed.add(label);
    }
    for (const [label, { first }] of this.#sums) if (gone.has(first)) changed.add(label);
    return changed;
  }

  #renew(changed: ReadonlySet<L>, parts: readonly Found<C>[], tools: TallyTools<C, L, T>): void {
    const shifts = new Map(parts.map(({ found, shift }) => [found, shift]));
    for (const [label, sum] of this.#sums) {
      const at = shifts.get(sum.first);
      if (at === undefined || at === sum.at || changed.has(label)) continue;
      this.#sums.set(label, { tally: tools.moved(sum.tally, at - sum.at), first: sum.first, at });
    }
    for (const label of changed) {
      const sum = sumOf(label, parts, tools);
      if (sum) this.#sums.set(label, sum);
      else this.#sums.delete(label);
    }
  }
}

function labelsThatDiffer<C, L, T>(old: C, now: C, tools: TallyTools<C, L, T>): L[] {
  const [before, after] = [tools.tallies(old), tools.tallies(now)];
  const differ: L[] = [...before.keys()].filter((label) => !after.has(label));
  for (const [label, tally] of after) {
    const other = before.get(label);
    if (other === undefined || !tools.same(other, old, tally, now)) differ.push(label);
  }
  return differ;
}

function sumOf<C, L, T>(
  label: L,
  parts: readonly Found<C>[],
  tools: TallyTools<C, L, T>,
): Sum<C, T> | undefined {
  let sum: Sum<C, T> | undefined;
  for (const part of parts) {
    const tally = tools.tallies(part.found).get(label);
    if (tally !== undefined) sum = withTally(sum, tally, part, tools);
  }
  return sum;
}

function summed<C, L, T>(parts: readonly Found<C>[], tools: TallyTools<C, L, T>): Map<L, Sum<C, T>> {
  const sums = new Map<L, Sum<C, T>>();
  for (const part of parts)
    for (const [label, tally] of tools.tallies(part.found))
      sums.set(label, withTally(sums.get(label), tally, part, tools));
  return sums;
}

function withTally<C, L, T>(
  sum: Sum<C, T> | undefined,
  tally: T,
  { found, shift }: Found<C>,
  tools: TallyTools<C, L, T>,
): Sum<C, T> {
  if (!sum) return { tally: tools.begin(tally, shift, found), first: found, at: shift };
  sum.tally = tools.add(sum.tally, tally, found);
  return sum;
}
