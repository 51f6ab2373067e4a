/** Functions that the samplers share in their TensorFlow.js modules. */
import type { SamplerId } from "#protocol/losses.ts";

/** Warns of other counts. */
export const checks = `/**
 * Warns where there are not as many samples as when this file was made.
 *
 * @param {readonly number[]} counts
 */
function checkCounts(counts) {
  const at = counts.findIndex((count, k) => count !== COUNTS[k]);
  if (at < 0) return;
  console.warn(\`\${CLASSES[at]} has \${counts[at]} samples, this file was made for \${COUNTS[at]}: the labels decide\`);
}`;

/** The generator that draws follow from. */
export const random = `/**
 * Numbers in [0, 1) that follow from the seeds: sfc32 of PractRand, with 53 bits.
 *
 * @param {readonly number[]} seeds
 * @returns {() => number}
 */
function randomFrom(seeds) {
  let [a, b, c, counter] = [0x9e3779b9, seeds[0] ?? 0, seeds[1] ?? 0, 1];
  const word = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) word();
  return () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
}`;

/** The order of what is drawn without replacement. */
export const shuffle = `/**
 * A list in random order: Fisher and Yates.
 *
 * @param {ArrayLike<number>} values
 * @param {() => number} random
 */
function shuffled(values, random) {
  const order = Int32Array.from(values);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}`;

/** How likely each class is, or how often each stands: what a sampler draws by; empty where it draws evenly. */
export function probabilities(id: SamplerId): string {
  const power = `/**
 * Probability that the next sample is of each class: proportional to n^power, 0 for a class without a sample.
 *
 * @param {readonly number[]} counts
 * @param {number} power
 */
export function classProbabilities(counts, power) {
  const shares = counts.map((n) => (n > 0 ? n ** power : 0));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}`;
  const pieces: Readonly<Partial<Record<SamplerId, string>>> = {
    "class-balanced": power,
    "square-root": power,
    power,
    progressive: `${power}

/**
 * Share of class-balanced sampling in an epoch, from 0.
 *
 * @param {number} epoch
 * @param {number} epochs
 * @param {"code" | "paper"} progress
 */
export function progressiveShare(epoch, epochs, progress = "code") {
  const last = progress === "code" ? epochs - 1 : epochs;
  return last > 0 ? Math.min(1, epoch / last) : 1;
}

/**
 * Instance-balanced and class-balanced sampling mixed, with this share of the latter.
 *
 * @param {readonly number[]} counts
 * @param {number} share
 */
export function mixedProbabilities(counts, share) {
  const balanced = classProbabilities(counts, 0);
  return classProbabilities(counts, 1).map((p, k) => (1 - share) * p + share * (balanced[k] ?? 0));
}`,
    "effective-number": `/**
 * Probability that the next sample is of each class: n over its effective number (1 - beta^n) / (1 - beta).
 *
 * @param {readonly number[]} counts
 * @param {number} beta
 */
export function classProbabilities(counts, beta) {
  // expm1 and log1p: the plain formula loses its digits where beta is near 1.
  const effective = (/** @type {number} */ n) =>
    beta < 1 ? Math.expm1(n * Math.log1p(beta - 1)) / (beta - 1) : n;
  const shares = counts.map((n) => (n > 0 ? n / effective(n) : 0));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}`,
    "repeat-factor": `/**
 * max(1, sqrt(threshold / f)) of each class; 1 for a class that no sample has.
 *
 * @param {readonly number[]} frequencies
 * @param {number} threshold
 */
export function repeatFactors(frequencies, threshold) {
  return frequencies.map((f) => (f > 0 ? Math.max(1, Math.sqrt(threshold / f)) : 1));
}`,
  };
  return pieces[id] ?? "";
}
