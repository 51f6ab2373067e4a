/** Several labels a sample, or none: rows of class indices one after the other. */

export interface LabelSets {
  /** `[samples + 1]`: where the classes of a sample begin in `classes`. */
  readonly starts: Int32Array;
  /** Indices, ascending within a sample, none twice. */
  readonly classes: Int32Array;
}

/** Gathers the classes of one sample after the other. */
export class LabelSetBuilder {
  readonly #starts: number[] = [0];
  readonly #classes: number[] = [];

  add(classes: Iterable<number>): void {
    const from = this.#classes.length;
    for (const label of classes) this.#classes.push(label);
    // Most samples have one label; of the many millions of a table that is what counts.
    if (this.#classes.length > from + 1) this.#tidy(from);
    this.#starts.push(this.#classes.length);
  }

  /** Sorts the classes from this place on and leaves each once. */
  #tidy(from: number): void {
    const own = new Set(this.#classes.splice(from).sort((a, b) => a - b));
    for (const label of own) this.#classes.push(label);
  }

  result(): LabelSets {
    return { starts: Int32Array.from(this.#starts), classes: Int32Array.from(this.#classes) };
  }
}

export function setsOf(all: Iterable<Iterable<number>>): LabelSets {
  const builder = new LabelSetBuilder();
  for (const classes of all) builder.add(classes);
  return builder.result();
}

/** Returns the classes of a sample: a view. */
export function classesOf({ starts, classes }: LabelSets, sample: number): Int32Array {
  return classes.subarray(starts[sample], starts[sample + 1]);
}

/** Returns the sets of these samples, in this order. */
export function pickSets(sets: LabelSets, samples: ArrayLike<number>): LabelSets {
  return setsOf(Array.from(samples, (sample) => classesOf(sets, sample)));
}

/** Returns how many samples have each class: `[classes]`. */
export function countSets({ classes: all }: LabelSets, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of all) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Writes 1 where a sample has a class and 0 elsewhere: `[samples.length, classes]`. */
export function fillMultiHot(
  sets: LabelSets,
  samples: ArrayLike<number>,
  classes: number,
  into: Uint8Array,
): void {
  into.fill(0);
  for (let i = 0; i < samples.length; i++)
    for (const label of classesOf(sets, samples[i] as number)) into[i * classes + label] = 1;
}

/** Returns the first class of each sample, -1 where it has none: one label where several are not asked for. */
export function firstLabels({ starts, classes }: LabelSets): Int32Array {
  return Int32Array.from({ length: starts.length - 1 }, (_, i) =>
    starts[i] === starts[i + 1] ? -1 : (classes[starts[i] as number] as number),
  );
}
