/** A sampler as a JavaScript module with this dataset's counts: indices for TensorFlow.js to gather. */
import { type SamplerId, samplers } from "#protocol/losses.ts";
import { checkCounts, samplerHeadingOf } from "../code/settings.ts";
import { drawsByClass, type SamplerOption, samplerParts } from "../samplers/sampler.ts";
import { javaScriptCounts, javaScriptHead } from "../tensorflowjs.ts";

/**
 * One self-contained JavaScript module with the sampler, the counts it was made for and an example, typed in JSDoc. It
 * imports nothing. Throws `loss/unsuitable` where no class has a sample.
 */
export function samplerAsTensorFlowJs(
  id: SamplerId,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const { name, options } = samplerParts[id];
  const required = options.filter(({ value }) => value === undefined).map((option) => option.name);
  const given = required.length > 0 ? `, { ${required.join(", ")} }` : "";
  const example = `    const sampler = new ${name}(labels${given});
    for (const rows of sampler.batches(epoch, 64)) {
      const indices = tf.tensor1d(rows, "int32");
      await model.trainOnBatch(images.gather(indices), targets.gather(indices));
    }`;
  const pieces = [probabilities(id), checks, random, shuffle, seededSampler(id), sampler(id)];
  return `${javaScriptHead(samplerHeadingOf(id, data), example)}

${javaScriptCounts(data)}

${pieces.filter((piece) => piece !== "").join("\n\n")}
`;
}

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

const shuffle = `/**
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

/** The base class: what a stream of samples is cut to. */
function seededSampler(id: SamplerId): string {
  const counted =
    id === "repeat-factor"
      ? ""
      : `    /**
     * Samples of each class.
     * @type {number[][]}
     */
    this.members = CLASSES.map(() => []);
    for (const [i, label] of this.labels.entries()) if (label >= 0) this.members[label]?.push(i);
    this.counts = this.members.map((samples) => samples.length);
    checkCounts(this.counts);
`;
  return `/**
 * An endless stream of training samples that follows from seed and epoch, cut to \`length\`. Workers of a distributed
 * training share one stream, of which each takes its own part; the parts are of the same size.
 */
class SeededSampler {
  /**
   * @param {ArrayLike<number>} labels
   * @param {{ seed?: number, length?: number, rank?: number, replicas?: number }} options
   */
  constructor(labels, { seed = 0, length, rank = 0, replicas = 1 } = {}) {
    this.labels = Int32Array.from(labels);
    const wrong = this.labels.findIndex((label) => label >= CLASSES.length || (label < -1 && label !== -100));
    if (wrong >= 0) {
      throw new Error(\`sample \${wrong} has label \${this.labels[wrong]}, outside 0 to \${CLASSES.length - 1}\`);
    }
    if (this.labels.every((label) => label < 0)) {
      throw new Error("no sample has a class, so nothing can be drawn");
    }
    /** All that are not left out, background included. */
    this.drawable = Int32Array.from(this.labels.keys()).filter((i) => this.labels[i] !== -100);
${counted}    this.seed = seed;
    this.rank = rank;
    this.replicas = replicas;
    this.length = length ?? this.drawable.length;
  }

  /** Samples of this worker in an epoch. */
  get size() {
    return Math.ceil(this.length / this.replicas);
  }

  /**
   * The samples of an epoch, from 0, as indices.
   *
   * @param {number} epoch
   * @returns {Generator<number, void, undefined>}
   */
  *indices(epoch) {
    const draws = this.draws(randomFrom([this.seed, epoch]), epoch);
    const total = this.size * this.replicas;
    for (let at = 0; at < total; at++) {
      const drawn = Number(draws.next().value);
      if (at % this.replicas === this.rank) yield drawn;
    }
  }

  /**
   * The same as batches; the last one may be smaller.
   *
   * @param {number} epoch
   * @param {number} batchSize
   * @returns {Generator<Int32Array, void, undefined>}
   */
  *batches(epoch, batchSize) {
    const indices = Int32Array.from(this.indices(epoch));
    for (let at = 0; at < indices.length; at += batchSize) yield indices.slice(at, at + batchSize);
  }

  /**
   * @param {() => number} random
   * @param {number} epoch
   * @returns {Generator<number, void, undefined>}
   */
  draws(random, epoch) {
    throw new Error(\`each sampler draws in its own way (\${random}, \${epoch})\`);
  }
}`;
}

function probabilities(id: SamplerId): string {
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

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function sampler(id: SamplerId): string {
  const { name, options } = samplerParts[id];
  const own = [
    ...options.filter(({ value }) => value === undefined),
    ...options.filter(({ value }) => value),
  ];
  const types = own.map(
    ({ name: each, type, value }) =>
      `${camel(each)}${value === undefined ? "" : "?"}: ${type === "form" ? '"code" | "paper"' : "number"}`,
  );
  const general = ["seed?: number", "length?: number", "rank?: number", "replicas?: number"];
  const labelType = id === "repeat-factor" ? "ArrayLike<number | readonly number[]>" : "ArrayLike<number>";
  const taken = own.map(({ name: each, value }) => (value ? `${camel(each)} = ${value}` : camel(each)));
  const anyRequired = own.some(({ value }) => value === undefined);
  const parameters =
    taken.length > 0
      ? `labels, { ${[...taken, "...options"].join(", ")} }${anyRequired ? "" : " = {}"}`
      : "labels, options = {}";
  return `/** ${samplers[id].description} */
export class ${name} extends SeededSampler {
  /**
   * ${aboutLabels(id).join("\n   * ")}
${own.map((option) => `   * ${camel(option.name)}: ${option.about}.\n`).join("")}   * length: samples an epoch${id === "class-aware" ? "; as if every class had as many as the largest, where not given" : ""}.
   * rank, replicas: which of how many workers this is.
   *
   * @param {${labelType}} labels
   * @param {{
   *   ${[...types, ...general].join(",\n   *   ")}
   * }} ${anyRequired ? "options" : "[options]"}
   */
  constructor(${parameters}) {
${rangeChecks(own)}${constructorBody(id)}${own
  .filter(({ name: each }) => each !== "threshold")
  .map(({ name: each }) => `    this.${camel(each)} = ${camel(each)};\n`)
  .join("")}  }

  /**
   * @override
   * @param {() => number} random
   * @param {number} epoch
   * @returns {Generator<number, void, undefined>}
   */
  *draws(random, epoch) {
${draws(id)}
  }
}`;
}

function aboutLabels(id: SamplerId): readonly string[] {
  if (id === "repeat-factor") {
    return [
      "labels: class of each training sample, or a list of its classes; -1 is background, -100 is left out. A sample",
      "stands as often as the largest factor of its classes says; the fraction is rounded at random each pass.",
    ];
  }
  return id === "instance-balanced"
    ? ["labels: class of each training sample; -1 is background, -100 is never drawn."]
    : ["labels: class of each training sample; those of -1 (background) and -100 are never drawn."];
}

function rangeChecks(options: readonly SamplerOption[]): string {
  return options
    .flatMap(({ name, range }) => {
      if (!range) return [];
      const [low, high] = range;
      const each = camel(name);
      const right = high === Infinity ? `${each} >= ${low}` : `${each} >= ${low} && ${each} <= ${high}`;
      const words = high === Infinity ? `at least ${low}` : `${low} to ${high}`;
      return [`    if (!(${right})) throw new Error(\`${each} is \${${each}}: give ${words}\`);\n`];
    })
    .join("");
}

function constructorBody(id: SamplerId): string {
  if (id === "class-aware") {
    return `    super(labels, options);
    this.present = this.counts.flatMap((count, k) => (count > 0 ? [k] : []));
    this.length = options.length ?? Math.max(...this.counts) * this.present.length;
`;
  }
  if (id !== "repeat-factor") return "    super(labels, options);\n";
  return `    const classesOf = Array.from(labels, (each) => new Set(typeof each === "number" ? [each] : each));
    super(
      classesOf.map((classes) => Math.min(...(classes.size > 0 ? classes : [-1]))),
      options,
    );
    const samples = CLASSES.map(() => 0);
    for (const i of this.drawable) {
      for (const k of classesOf[i] ?? []) if (k >= 0) samples[k] = (samples[k] ?? 0) + 1;
    }
    checkCounts(samples);
    const ofClass = repeatFactors(samples.map((n) => n / this.drawable.length), threshold);
    /** How often each drawable sample stands in a pass. */
    this.factors = Array.from(this.drawable, (i) =>
      Math.max(1, ...[...(classesOf[i] ?? [])].map((k) => ofClass[k] ?? 1)),
    );
    this.length = options.length ?? Math.round(this.factors.reduce((a, b) => a + b, 0));
`;
}

function draws(id: SamplerId): string {
  if (drawsByClass(id)) return `${byClass(id)}`;
  if (id === "class-aware") {
    return `    /** @type {number[][]} */
    const left = CLASSES.map(() => []);
    while (true) {
      for (const k of shuffled(this.present, random)) {
        for (let n = 0; n < this.perClass; n++) {
          if (left[k]?.length === 0) left[k] = [...shuffled(this.members[k] ?? [], random)];
          yield left[k]?.pop() ?? 0;
        }
      }
    }`;
  }
  if (id === "repeat-factor") {
    return `    while (true) {
      const repeated = [...this.drawable].flatMap((i, at) => {
        const factor = this.factors[at] ?? 1;
        const times = Math.floor(factor) + (random() < factor % 1 ? 1 : 0);
        return new Array(times).fill(i);
      });
      yield* shuffled(repeated, random);
    }`;
  }
  return "    while (true) yield* shuffled(this.drawable, random);";
}

function byClass(id: SamplerId): string {
  const probability: Readonly<Partial<Record<SamplerId, string>>> = {
    "class-balanced": "classProbabilities(this.counts, 0)",
    "square-root": "classProbabilities(this.counts, 0.5)",
    power: "classProbabilities(this.counts, this.power)",
    "effective-number": "classProbabilities(this.counts, this.beta)",
    progressive: "mixedProbabilities(this.counts, progressiveShare(epoch, this.epochs, this.progress))",
  };
  return `    let sum = 0;
    const probabilities = ${probability[id]};
    const upTo = probabilities.map((p) => (sum += p));
    while (true) {
      const x = random() * sum;
      // The first class whose cumulative probability is above x.
      let [low, high] = [0, upTo.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((upTo[middle] ?? sum) > x) high = middle;
        else low = middle + 1;
      }
      const members = this.members[low] ?? this.drawable;
      yield members[Math.floor(random() * members.length)] ?? 0;
    }`;
}
