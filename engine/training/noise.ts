/**
 * How far a figure moves with other seeds and other test samples: two random effects that cross, as every seed is tested on
 * every sample. Clark 1973, Journal of Verbal Learning and Verbal Behavior 12, on why both must be counted.
 */
import { sortByClass } from "#engine/sampling/members.ts";
import { studentQuantile } from "#engine/statistics/studentT.ts";
import type { Outcomes } from "./bootstrap.ts";
import { type ImageShares, sharesOf } from "./imageBootstrap.ts";

/** What each sample of a stratum adds to the figure beyond the mean, by seed. */
interface Stratum {
  /** `[samples, seeds]`. */
  readonly influence: Float64Array;
  readonly samples: number;
  /** The least variance that so few samples can tell. */
  readonly least: number;
  /** Degrees of freedom of its variance; absent: one less than its samples. */
  readonly freedom?: number;
}

/** A figure by seed, and what its samples add. */
export interface Figure {
  /** `[seeds]`. */
  readonly values: Float64Array;
  readonly strata: readonly Stratum[];
}

/** What stands for a prediction where a seed does not test a sample that another one does: such a sample adds nothing to it. */
export const untested = -3;

/** What many more configurations than the two in question tell of the seeds. */
export interface PooledSeeds {
  /** Of what one seed adds to the figure of one configuration, beyond what it adds to all. */
  readonly variance: number;
  readonly freedom: number;
}

export interface Noise {
  /**
   * Half the width of the interval for the figure of a loss, or for its difference to another one. With `pooled` seeds the
   * variance of a difference between seeds is at least that, with its degrees of freedom.
   */
  halfWidth(level: number, loss: number, other?: number, pooled?: PooledSeeds): number;
}

/**
 * Returns what is noise in the weighted recall of losses: over the seeds and, within class, the test samples that might have
 * been drawn; `pixels`: samples that are one image and are drawn together. The variance of the seeds is that beyond what
 * chance among samples gives to each; it counts by Student's t with seeds - 1 degrees of freedom, that of the samples with
 * theirs (Cochran 1964, Biometrics 20, for the sum of the two). A class with few samples counts as if half a sample more
 * had come out differently, so that one sample is no certainty. Expects two seeds at least.
 */
export function noiseOf(outcomes: Outcomes, pixels?: number): Noise {
  return noiseBetween(figuresOf(outcomes, pixels));
}

/** Returns what `noiseBetween` compares: one a loss, to be kept where a loss is compared with many, one after the other. */
export function figuresOf(outcomes: Outcomes, pixels?: number): Figure[] {
  const images = pixels === undefined ? undefined : sharesOf(outcomes, pixels);
  return Array.from({ length: outcomes.losses }, (_, loss) =>
    images ? ofImages(outcomes, images, loss) : ofRows(outcomes, loss),
  );
}

/** How losses rank samples that have several labels: means of average precisions, and what each sample moves them. */
export interface Rankings {
  readonly losses: number;
  readonly seeds: number;
  /** Of loss l with seed s at `l * seeds + s`. */
  readonly values: readonly number[];
  /** As `values`, `[samples]` each; 0 where a seed does not test a sample. */
  readonly influence: readonly Float64Array[];
  /** `[classes]`: weight of each class, and its test samples. */
  readonly weights: Float64Array;
  readonly tested: readonly number[];
}

/**
 * As `noiseOf`, for means of average precisions. Samples are one stratum, as each has its own company of labels. Where few
 * of them make most of the variance it has few degrees of freedom, as their fourth powers tell; a class counts as if half
 * a sample more of it had been ranked otherwise.
 */
export function noiseOfRankings({ losses, seeds, values, influence, weights, tested }: Rankings): Noise {
  const samples = influence[0]?.length ?? 0;
  const least = leastRankingVariance(tested, weights);
  const figures = Array.from({ length: losses }, (_, loss): Figure => {
    const own = new Float64Array(samples * seeds);
    for (let s = 0; s < seeds; s++)
      for (const [i, move] of (influence[loss * seeds + s] as Float64Array).entries())
        own[i * seeds + s] = move;
    return {
      values: Float64Array.from(values.slice(loss * seeds, (loss + 1) * seeds)),
      strata: [{ influence: own, samples, least }],
    };
  });
  return noiseBetween(figures.map(withFreedom), withFreedom);
}

/** Returns the least variance of a mean of average precisions: as if in each class half a sample more ranked otherwise. */
export function leastRankingVariance(tested: readonly number[], weights: Float64Array): number {
  return tested.reduce(
    (sum, count, k) => sum + (count > 0 ? (0.25 * (weights[k] as number) ** 2) / (count * (count + 1)) : 0),
    0,
  );
}

/** Of the mean influence over seeds: 2 n / (kurtosis - 1), what the variance of a variance leaves of n samples. */
function withFreedom({ values, strata }: Figure): Figure {
  const seeds = values.length;
  return {
    values,
    strata: strata.map((stratum) => {
      let [squares, fourths] = [0, 0];
      for (let i = 0; i < stratum.samples; i++) {
        const own = stratum.influence.subarray(i * seeds, (i + 1) * seeds);
        const square = (own.reduce((sum, value) => sum + value, 0) / seeds) ** 2;
        squares += square;
        fourths += square ** 2;
      }
      const kurtosis = squares > 0 ? (stratum.samples * fourths) / squares ** 2 : 3;
      const freedom = Math.min(stratum.samples - 1, (2 * stratum.samples) / Math.max(1e-9, kurtosis - 1));
      return { ...stratum, freedom: Math.max(1, freedom) };
    }),
  };
}

/** As `noiseOf`, of figures that were made on the same test samples with the same weights. */
export function noiseBetween(
  figures: readonly Figure[],
  finish: (figure: Figure) => Figure = (figure) => figure,
): Noise {
  return {
    halfWidth(level, loss, other, pooled) {
      const own = figures[loss] as Figure;
      return other === undefined
        ? widthOf(own, level)
        : widthOf(finish(minus(own, figures[other] as Figure)), level, pooled);
    },
  };
}

function widthOf({ values, strata }: Figure, level: number, pooled?: PooledSeeds): number {
  const seeds = values.length;
  let [bySample, bySeedAndSample, freedom] = [0, 0, 0];
  for (const { influence, samples, least, freedom: given } of strata) {
    const unbiased = samples > 1 ? samples / (samples - 1) : 0;
    let [among, within] = [0, 0];
    // Plain loops: test parts of tens of thousands of samples come by here for every pair of losses.
    for (let first = 0; first < samples * seeds; first += seeds) {
      let sum = 0;
      for (let s = 0; s < seeds; s++) sum += influence[first + s] as number;
      const middle = sum / seeds;
      among += middle * middle;
      for (let s = 0; s < seeds; s++) {
        const apart = (influence[first + s] as number) - middle;
        within += apart * apart;
      }
    }
    const variance = Math.max(unbiased * among, least);
    bySample += variance;
    freedom += variance ** 2 / (given ?? Math.max(1, samples - 1));
    bySeedAndSample += (unbiased * within) / (seeds * (seeds - 1));
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1) / seeds;
  // A difference has the seeds of two.
  const known = pooled ? (2 * pooled.variance) / seeds : 0;
  const bySeed = Math.max(0, spread - bySeedAndSample, known - bySeedAndSample);
  const ofSamples = freedom > 0 ? bySample * studentQuantile(level, bySample ** 2 / freedom) ** 2 : 0;
  return Math.sqrt(
    ofSamples + (bySeed > 0 ? bySeed * studentQuantile(level, pooled?.freedom ?? seeds - 1) ** 2 : 0),
  );
}

function minus(a: Figure, b: Figure): Figure {
  return {
    values: a.values.map((value, s) => value - (b.values[s] as number)),
    strata: a.strata.map((stratum, k) => {
      const [own, other] = [stratum.influence, (b.strata[k] as Stratum).influence];
      const influence = new Float64Array(own.length);
      for (let i = 0; i < own.length; i++) influence[i] = (own[i] as number) - (other[i] as number);
      return { ...stratum, influence };
    }),
  };
}

/** A stratum is a class; what a row adds is its hit less the recall, by weight and rows of the class. */
function ofRows({ truth, classes, predicted, weights, seeds }: Outcomes, loss: number): Figure {
  const values = new Float64Array(seeds);
  const { starts, members } = sortByClass(truth, classes);
  const strata: Stratum[] = [];
  for (let label = 0; label < classes; label++) {
    const weight = weights[label] as number;
    const rows = members.subarray(starts[label], starts[label + 1]);
    if (rows.length === 0 || !(weight > 0)) continue;
    const influence = new Float64Array(rows.length * seeds);
    for (let s = 0; s < seeds; s++) {
      const run = predicted[loss * seeds + s] as Int32Array;
      const { recall, met } = recallOf(label, rows, run);
      values[s] = (values[s] as number) + weight * recall;
      const [hit, miss] = [(weight * (1 - recall)) / met, (weight * (0 - recall)) / met];
      for (let i = 0; i < rows.length; i++) {
        const said = run[rows[i] as number];
        if (said !== untested) influence[i * seeds + s] = said === label ? hit : miss;
      }
    }
    const least = (0.25 * weight ** 2) / (rows.length * (rows.length + 1));
    strata.push({ influence, samples: rows.length, least });
  }
  return { values, strata };
}

/** Of the rows of a class as far as a run was tested on them; `met` is how many those are. */
function recallOf(label: number, rows: Int32Array, run: Int32Array): { recall: number; met: number } {
  let [met, hits] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const said = run[rows[i] as number];
    if (said !== untested) met++;
    if (said === label) hits++;
  }
  return { recall: hits / met, met };
}

/** One stratum of images; what an image adds is that of its pixels, to first order, as it changes their number too. */
function ofImages({ classes, weights, seeds }: Outcomes, images: ImageShares, loss: number): Figure {
  const met = new Float64Array(classes);
  const hits = new Float64Array(classes * seeds);
  for (const shares of images) {
    for (const { label, pixels, hits: own } of shares) {
      met[label] = (met[label] as number) + pixels;
      for (let s = 0; s < seeds; s++)
        hits[label * seeds + s] = (hits[label * seeds + s] as number) + (own[loss * seeds + s] as number);
    }
  }
  const recall = hits.map((count, i) => count / (met[Math.floor(i / seeds)] as number));
  const values = Float64Array.from({ length: seeds }, (_, s) =>
    weights.reduce(
      (sum, weight, k) => sum + (weight > 0 ? weight * (recall[k * seeds + s] as number) : 0),
      0,
    ),
  );
  const influence = new Float64Array(images.length * seeds);
  for (const [i, shares] of images.entries()) {
    for (const { label, pixels, hits: own } of shares) {
      const share = (weights[label] as number) / (met[label] as number);
      for (let s = 0; s < seeds; s++) {
        const more = (own[loss * seeds + s] as number) - (recall[label * seeds + s] as number) * pixels;
        influence[i * seeds + s] = (influence[i * seeds + s] as number) + share * more;
      }
    }
  }
  return { values, strata: [{ influence, samples: images.length, least: 0 }] };
}
