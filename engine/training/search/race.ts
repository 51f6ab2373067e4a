/** Successive halving over runs that go on where they were: Jamieson and Talwalkar 2016, arXiv 1502.07943. */
import type { SplitScore } from "./splitScore.ts";
import { differenceOf } from "./splitScore.ts";

/**
 * Whoever is behind by so many standard errors is behind. The errors are overstated here, as rows are not paired before
 * the end, so that 20 comparisons seldom err.
 */
const settledAt = 2;
/** One in this many goes on after the first look, by its score. */
const reduction = 3.5;
/** As many more go on from there that the score may do wrong: those that still rise, and those that were rehearsed. */
const spared = 2;
/** Shares of the training after which a race looks. */
const looks = [1 / 12, 1 / 4, 1];
/** As many go on to the end, beside the baseline; fewer would make the last look pointless. */
const leastKept = 2;

export interface Racer {
  /** Trains until this epoch (from 1) is done and returns how it does. Throws where it cannot go on. */
  advance(epoch: number): Promise<readonly SplitScore[]>;
  /** Frees what it holds. */
  dispose(): void;
  /**
   * Whether scores before the end are those of a short training of its own: they tell whether it goes on, and never that
   * the others do not.
   */
  readonly isRehearsed?: boolean;
}

export interface Standing {
  /** Index of the racer. */
  readonly racer: number;
  readonly epochs: number;
  readonly fate: "finished" | "dropped" | "failed" | "unfinished";
  readonly scores?: readonly SplitScore[];
  readonly message?: string;
}

export interface RaceOptions {
  readonly epochs: number;
  /** Weight of each class, sum 1. */
  readonly weights: Float64Array;
  /** Whether the time is up; asked between trainings. */
  timeIsUp(): boolean;
  /** Told after each training. */
  progress?(done: number, of: number): void;
}

/** Epochs at which a race looks, the last one being the end. */
export function lookEpochs(epochs: number): number[] {
  return [...new Set(looks.map((share) => Math.ceil(share * epochs)))];
}

/**
 * Returns where every racer ended, in their order. Racer 0 is the baseline: it stays to the end, as the answer is told
 * against it, and two that were trained for different times do not compare. A few that still rise at the first look, or
 * that were rehearsed, go on beside the best. The race ends early where one racer is ahead of all others beyond the noise,
 * and where the time is up; not while one that was rehearsed is in it, which has not been trained like the others.
 */
export async function race(racers: readonly Racer[], options: RaceOptions): Promise<Standing[]> {
  const standings: Standing[] = racers.map((_, racer) => ({ racer, epochs: 0, fate: "unfinished" }));
  let alive = racers.map((_, racer) => racer);
  const rungs = lookEpochs(options.epochs);
  for (const epoch of rungs) {
    const before = [...standings];
    for (const [done, racer] of alive.entries()) {
      // Half a round compares nobody: those who went on would stand before better ones who could not.
      if (options.timeIsUp()) return epoch === rungs[0] ? standings : before;
      standings[racer] = await advanced(racers[racer] as Racer, racer, epoch, options.epochs);
      options.progress?.(rungs.indexOf(epoch) + (done + 1) / alive.length, rungs.length);
    }
    alive = alive.filter((racer) => standings[racer]?.fate !== "failed");
    if (epoch === options.epochs) break;
    // Some losses learn faster than they end: the first look only thins the field and settles nothing.
    const isEarly = epoch === rungs[0];
    const next = survivors({ racers, standings, weights: options.weights }, alive, {
      kept: keptAfter(epoch, options.epochs, alive.length),
      isEarly,
    }).sort((a, b) => a - b);
    for (const racer of alive.filter((each) => !next.includes(each))) {
      standings[racer] = { ...(standings[racer] as Standing), fate: "dropped" };
      racers[racer]?.dispose();
    }
    alive = next;
    const isOpen = alive.some((racer) => racers[racer]?.isRehearsed);
    if (!isEarly && !isOpen && isSettled(alive, standings, options.weights)) break;
  }
  return standings;
}

async function advanced(racer: Racer, index: number, epoch: number, last: number): Promise<Standing> {
  try {
    const scores = await racer.advance(epoch);
    return { racer: index, epochs: epoch, fate: epoch === last ? "finished" : "unfinished", scores };
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === "AbortError") throw problem;
    const message = problem instanceof Error ? problem.message : String(problem);
    return { racer: index, epochs: epoch, fate: "failed", message };
  }
}

/** Returns how many of those alive go on by their score after a look before the last, the baseline not counted. */
export function keptAfter(look: number, epochs: number, alive: number): number {
  return isLastChoice(look, epochs) ? leastKept : Math.max(leastKept, Math.floor(alive / reduction));
}

/** Returns how many go on at most, the baseline not counted. */
export function mostAfter(look: number, epochs: number, alive: number): number {
  return keptAfter(look, epochs, alive) + (isLastChoice(look, epochs) ? 0 : spared);
}

function isLastChoice(look: number, epochs: number): boolean {
  return lookEpochs(epochs).at(-2) === look;
}

interface Field {
  readonly racers: readonly Racer[];
  readonly standings: readonly Standing[];
  readonly weights: Float64Array;
}

/**
 * Those that go on, the baseline among them. At the first look the best by score, rehearsals aside, and beside them a few
 * whose rehearsal is as good as the last of these, or whose score would be if it rose once more as much as it last did.
 * Later the best, less those that are behind the leader beyond the noise; a rehearsal leads nobody.
 */
function survivors(
  { racers, standings, weights }: Field,
  alive: readonly number[],
  { kept, isEarly }: { readonly kept: number; readonly isEarly: boolean },
): number[] {
  const mean = (racer: number, of: (score: SplitScore) => number): number => {
    const scores = standings[racer]?.scores ?? [];
    return scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  };
  const scoreOf = (racer: number): number => mean(racer, ({ score }) => score);
  const isRehearsed = (racer: number): boolean => racers[racer]?.isRehearsed === true;
  const ranked = [...alive].sort((a, b) => scoreOf(b) - scoreOf(a) || a - b);
  const plain = ranked.filter((racer) => !isRehearsed(racer));
  if (!isEarly) {
    const [leader] = plain;
    return ranked.filter(
      (racer, place) =>
        racer === 0 ||
        (place < kept && (leader === undefined || !isBehind(racer, leader, standings, weights))),
    );
  }
  const best = plain.slice(0, kept);
  const cut = scoreOf(best.at(-1) ?? 0);
  const hopeOf = (racer: number): number =>
    isRehearsed(racer) ? scoreOf(racer) : mean(racer, ({ score, rise = 0 }) => score + Math.max(0, rise));
  const hopeful = ranked
    .filter((racer) => racer !== 0 && !best.includes(racer) && hopeOf(racer) >= cut)
    .sort((a, b) => hopeOf(b) - hopeOf(a) || a - b)
    .slice(0, spared);
  return [...new Set([0, ...best, ...hopeful])].filter((racer) => alive.includes(racer));
}

/** Whether nobody can change the answer: the baseline is alone, or behind the only one left. */
function isSettled(alive: readonly number[], standings: readonly Standing[], weights: Float64Array): boolean {
  const challengers = alive.filter((racer) => racer !== 0);
  const [challenger] = challengers;
  if (challenger === undefined || alive.length < 2) return true;
  return challengers.length === 1 && isBehind(0, challenger, standings, weights);
}

function isBehind(
  racer: number,
  leader: number,
  standings: readonly Standing[],
  weights: Float64Array,
): boolean {
  const behind = differenceOf(standings[racer]?.scores ?? [], standings[leader]?.scores ?? [], weights);
  return racer !== leader && behind.mean < -settledAt * behind.error;
}
