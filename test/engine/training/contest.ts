/** Comparisons whose truth is known, for the statistical tests of verdicts. */
import type { Random } from "#engine/sampling/random.ts";
import type { ComparisonInput, FinishedRun } from "#engine/training/comparison.ts";

/** Draws from the standard normal distribution. */
export function normals(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

const rows = [60, 40, 30, 20, 12];

/**
 * Losses whose runs are right with the same probability in law where their gains are the same: samples are easy or hard for
 * all, each loss has a taste of its own for samples (what a test set draws by luck), and each of three seeds shakes both, and
 * the whole run by `seedShift`.
 */
export function contest(random: Random, gains: readonly number[], seedShift: number): ComparisonInput {
  const normal = normals(random);
  const labels = rows.flatMap((count, k) => new Array<number>(count).fill(k));
  const ease = labels.map(() => normal());
  const finished: FinishedRun[] = gains.flatMap((gain, choice) => {
    const taste = labels.map(() => 0.7 * normal());
    return [1, 2, 3].map((seed) => {
      const all = gain + seedShift * normal();
      const predicted = Int32Array.from(labels, (label, i) =>
        ease[i]! + taste[i]! + 0.3 * normal() + all > 0 ? label : (label + 1) % rows.length,
      );
      return { choice, seed, predicted };
    });
  });
  return {
    truth: Int32Array.from(labels),
    classes: rows.length,
    weights: Float64Array.from(rows, () => 1 / rows.length),
    choices: [...gains.keys()],
    finished,
  };
}
