/** A sampler as a JavaScript module with this dataset's counts: indices for TensorFlow.js to gather. */
import { type SamplerId, samplers } from "#protocol/losses.ts";
import { checkCounts, samplerHeadingOf } from "../code/settings.ts";
import { drawsByClass, type SamplerOption, samplerParts } from "../samplers/sampler.ts";
import { javaScriptCounts, javaScriptHead } from "../tensorflowjs.ts";
import { checks, probabilities, random, shuffle } from "./samplerFunctions.ts";

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
