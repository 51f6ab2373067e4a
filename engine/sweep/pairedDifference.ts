/** How far two configurations are apart on the same test samples. */
import { bootstrapImageScores } from "#engine/training/imageBootstrap.ts";

/** Predictions of every seed on the same test samples. */
export interface Outcomes {
  readonly truth: Int32Array;
  /** One a seed. */
  readonly predicted: readonly Int32Array[];
}

/**
 * Returns the standard error, from the test samples alone, of the difference of two mean scores; `weights` `[classes]` are
 * those of the recalls. Samples are paired: what varies is how much more often the one is right on a sample than the
 * other, over its seeds. A class with few samples counts as if half a sample more had come out differently, so that one
 * sample is no certainty. Undefined where the two were not tested on the same samples.
 */
export function pairedError(a: Outcomes, b: Outcomes, weights: Float64Array): number | undefined {
  if (!sameTruth(a, b)) return undefined;
  let variance = 0;
  for (const [label, { rows, difference, squares }] of classSums(a, b)) {
    const middle = difference / rows;
    const spread = Math.max((squares + 0.5) / (rows + 1) - middle ** 2, 0.25 / (rows + 1));
    variance += ((weights[label] ?? 0) ** 2 * spread) / rows;
  }
  return Math.sqrt(variance);
}

const draws = 400;

/** As `pairedError` for samples that are pixels of images: whole images are drawn again, and seeds with them. */
export async function pairedImageError(
  a: Outcomes,
  b: Outcomes,
  weights: Float64Array,
  pixels: number,
): Promise<number | undefined> {
  const seeds = Math.min(a.predicted.length, b.predicted.length);
  if (!sameTruth(a, b) || seeds === 0) return undefined;
  const predicted = [...a.predicted.slice(0, seeds), ...b.predicted.slice(0, seeds)];
  const outcomes = { losses: 2, seeds, truth: a.truth, classes: weights.length, predicted, weights };
  const [one, other] = await bootstrapImageScores(outcomes, pixels, draws, async () => {});
  if (!one || !other) return undefined;
  const differences = one.map((score, draw) => score - (other[draw] as number));
  const middle = differences.reduce((sum, each) => sum + each, 0) / draws;
  return Math.sqrt(differences.reduce((sum, each) => sum + (each - middle) ** 2, 0) / draws);
}

function sameTruth(a: Outcomes, b: Outcomes): boolean {
  return a.truth.length === b.truth.length && a.truth.every((label, i) => label === b.truth[i]);
}

interface ClassSums {
  rows: number;
  difference: number;
  squares: number;
}

function classSums(a: Outcomes, b: Outcomes): Map<number, ClassSums> {
  const classes = new Map<number, ClassSums>();
  for (const [i, label] of a.truth.entries()) {
    if (label < 0) continue;
    const difference = shareRight(a, i, label) - shareRight(b, i, label);
    const sums = classes.get(label) ?? { rows: 0, difference: 0, squares: 0 };
    classes.set(label, sums);
    sums.rows++;
    sums.difference += difference;
    sums.squares += difference ** 2;
  }
  return classes;
}

/** Over the seeds, 0 to 1. */
function shareRight({ predicted }: Outcomes, sample: number, label: number): number {
  let right = 0;
  for (const each of predicted) if (each[sample] === label) right++;
  return right / predicted.length;
}
