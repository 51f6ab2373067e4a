/** Resampling where test samples come in images: pixels of one image are alike, so images are what is drawn. */
import { generator, type Outcomes } from "./bootstrap.ts";

/** What an image adds to the recall of one of its classes. */
interface Share {
  readonly label: number;
  readonly pixels: number;
  /** Pixels that each loss and seed gets right, at `l * seeds + s`. */
  readonly hits: Float64Array;
}

/**
 * Returns the score of every loss in every draw, as `bootstrapScores` does, but draws whole images of `pixels` samples
 * each. A class that a draw does not meet is left out of its score, the other weights scaled up.
 */
export async function bootstrapImageScores(
  outcomes: Outcomes,
  pixels: number,
  draws: number,
  pause: () => Promise<void> = async () => {},
): Promise<Float64Array[]> {
  const { losses, seeds, classes, weights } = outcomes;
  const images = sharesOf(outcomes, pixels);
  const scores = Array.from({ length: losses }, () => new Float64Array(draws));
  const below = generator(0x9e3779b9);
  const met = new Float64Array(classes);
  const hits = new Float64Array(losses * seeds * classes);
  const times = new Float64Array(seeds);
  for (let draw = 0; draw < draws; draw++) {
    if (draw % 16 === 0) await pause();
    met.fill(0);
    hits.fill(0);
    times.fill(0);
    for (let s = 0; s < seeds; s++) {
      const drawn = below(seeds);
      times[drawn] = (times[drawn] as number) + 1 / seeds;
    }
    for (let i = 0; i < images.length; i++) addImage(images[below(images.length)] ?? [], met, hits);
    for (let l = 0; l < losses; l++)
      (scores[l] as Float64Array)[draw] = scoreOf(l, { met, hits, times }, weights);
  }
  return scores;
}

/** What one draw came to. */
interface Drawn {
  /** `[classes]`, pixels. */
  readonly met: Float64Array;
  /** `[losses * seeds * classes]`, pixels. */
  readonly hits: Float64Array;
  /** `[seeds]`, sum 1. */
  readonly times: Float64Array;
}

function scoreOf(loss: number, { met, hits, times }: Drawn, weights: Float64Array): number {
  const [classes, seeds] = [met.length, times.length];
  let score = 0;
  let whole = 0;
  for (let k = 0; k < classes; k++) {
    if (met[k] === 0) continue;
    whole += weights[k] as number;
    let right = 0;
    for (let s = 0; s < seeds; s++)
      right += (times[s] as number) * (hits[(loss * seeds + s) * classes + k] as number);
    score += ((weights[k] as number) * right) / (met[k] as number);
  }
  return score / whole;
}

function addImage(shares: readonly Share[], met: Float64Array, hits: Float64Array): void {
  for (const { label, pixels, hits: own } of shares) {
    met[label] = (met[label] as number) + pixels;
    for (let r = 0; r < own.length; r++) {
      const at = r * met.length + label;
      hits[at] = (hits[at] as number) + (own[r] as number);
    }
  }
}

/** What each image adds to its classes. */
export type ImageShares = readonly (readonly Share[])[];

/** Returns the classes of each image, those that it has alone. */
export function sharesOf({ truth, predicted }: Outcomes, pixels: number): ImageShares {
  return Array.from({ length: truth.length / pixels }, (_, image) => {
    const byLabel = new Map<number, { label: number; pixels: number; hits: Float64Array }>();
    for (let i = image * pixels; i < (image + 1) * pixels; i++) {
      const label = truth[i] as number;
      if (label < 0) continue;
      const share = byLabel.get(label) ?? { label, pixels: 0, hits: new Float64Array(predicted.length) };
      byLabel.set(label, share);
      share.pixels++;
      for (const [r, run] of predicted.entries())
        if (run[i] === label) share.hits[r] = (share.hits[r] as number) + 1;
    }
    return [...byLabel.values()];
  });
}
