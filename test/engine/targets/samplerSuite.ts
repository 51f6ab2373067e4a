/** What generated samplers and class weights of every language have to pass: the engine's own figures. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  classBalanced,
  effectiveProbabilities,
  mixedProbabilities,
  powerProbabilities,
  progressiveShare,
} from "#engine/sampling/classProbabilities.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { repeatFactors } from "#engine/sampling/repeatFactor.ts";
import { createSampler } from "#engine/sampling/samplers.ts";
import { samplerAsCode, weightsAsCode } from "#engine/targets/code.ts";
import { samplerParts } from "#engine/targets/samplers/sampler.ts";
import type { CodeTargetId } from "#protocol/language.ts";
import { type SamplerId, samplerIds, samplers } from "#protocol/losses.ts";
import { expectNear, golden } from "../losses/goldenFiles.ts";

/** A function of generated code and what it is given, or a sampler and what it shall draw. */
export type Question = { readonly framework: CodeTargetId; readonly source: string } & (
  | {
      readonly function: string;
      readonly arguments: readonly (number | string | readonly number[])[];
      /** Whether lists stay lists. */
      readonly plain: boolean;
    }
  | {
      readonly name: string;
      readonly labels: readonly (number | readonly number[])[];
      readonly options: Readonly<Record<string, number | string>>;
      readonly epochs: readonly number[];
      readonly replicas: number;
      /** Whether the framework's own loop draws two epochs. */
      readonly training?: boolean;
    }
);

export interface Answer {
  readonly values?: readonly number[];
  /** By replica and epoch. */
  readonly drawn?: readonly (readonly (readonly number[])[])[];
  readonly warnings?: readonly string[];
  readonly error?: string;
}

export type AnswerAll = (questions: readonly Question[]) => readonly Answer[] | Promise<readonly Answer[]>;

/** Classes of 300, 0, 60 and 20 samples, 12 of background and 8 that are left out. */
const labels = [
  ...new Array<number>(300).fill(0),
  ...new Array<number>(60).fill(2),
  ...new Array<number>(20).fill(3),
  ...new Array<number>(12).fill(-1),
  ...new Array<number>(8).fill(-100),
];
const counts = [300, 0, 60, 20];
const names = ["a", "b", "c", "d"];
const settings: Readonly<Partial<Record<SamplerId, Readonly<Record<string, number | string>>>>> = {
  power: { power: 0.3 },
  progressive: { epochs: 5 },
  "effective-number": { beta: 0.99 },
  "class-aware": { per_class: 2 },
  "repeat-factor": { threshold: 0.4 },
};

interface SamplersFile {
  readonly classProbabilities: readonly {
    readonly id: string;
    readonly counts: readonly number[];
    readonly kind: string;
    readonly params: Readonly<Record<string, number>>;
    readonly expected: { readonly classProbabilities: readonly number[] };
  }[];
  readonly repeatFactors: readonly {
    readonly imageFrequency: readonly number[];
    readonly t: number;
    readonly expected: readonly number[];
  }[];
}

interface WeightsFile {
  readonly classWeights: readonly {
    readonly id: string;
    readonly counts: readonly number[];
    readonly scheme: "none" | "inverse" | "sqrtInverse" | "effective";
    readonly zero: "exclude" | "clamp1";
    readonly beta?: number;
    readonly expected: { readonly weights: readonly number[] };
  }[];
  readonly deferredReweighting: readonly {
    readonly epoch: number;
    readonly switchEpoch: number;
    readonly beta: number;
    readonly counts: readonly number[];
    readonly expected: { readonly weights: readonly number[] };
  }[];
}

const namesOf = (all: readonly number[]): string[] => all.map((_, k) => `c${k}`);

/** Draws until the same sampler has made every share visible; deterministic, so that no run is unlucky. */
const epochs = Array.from({ length: 40 }, (_, epoch) => epoch);

export function samplerSuite(framework: CodeTargetId, title: string, answerAll?: AnswerAll): void {
  const questions: Question[] = [];
  let answers: readonly Answer[] = [];
  const ask = (question: Question): number => questions.push(question) - 1;
  const answerTo = (index: number): Answer => answers[index] ?? expect.fail("not run");
  const drawnBy = (index: number): readonly (readonly (readonly number[])[])[] =>
    answerTo(index).drawn ?? expect.fail(answerTo(index).error ?? "nothing drawn");
  const source = (id: SamplerId): string => samplerAsCode(framework, id, names, counts);
  const call = (text: string, name: string, given: readonly (number | string | readonly number[])[]) =>
    ask({ framework, source: text, function: name, arguments: given, plain: false });
  const draw = (id: SamplerId, more: Partial<Extract<Question, { name: string }>> = {}): number =>
    ask({
      framework,
      source: source(id),
      name: samplerParts[id].name,
      labels,
      options: settings[id] ?? {},
      epochs,
      replicas: 1,
      ...more,
    });

  describe.runIf(answerAll)(`the ${title} of samplers:`, () => {
    const golds = golden<SamplersFile>("samplers.json");
    const kinds: Readonly<Record<string, SamplerId>> = {
      class: "class-balanced",
      sqrt: "square-root",
      power: "power",
      instance: "power",
      effective: "effective-number",
      progressive: "progressive",
      progressivePaper: "progressive",
    };
    const probabilities = golds.classProbabilities.map(({ id, counts: n, kind, params, expected }) => {
      const text = samplerAsCode(framework, kinds[kind]!, namesOf(n), n);
      const progress = kind === "progressivePaper" ? "paper" : "code";
      const q = { instance: 1, class: 0, sqrt: 0.5, power: params["q"], effective: params["beta"] }[kind];
      const index = kind.startsWith("progressive")
        ? call(text, "mixed_probabilities", [n, progressiveShare(params["t"]!, params["T"]!, progress)])
        : call(text, "class_probabilities", [n, q!]);
      return [id, index, expected.classProbabilities] as const;
    });
    const shares = [0, 1, 4, 9].flatMap((epoch) =>
      (["code", "paper"] as const).map(
        (form) => [epoch, form, call(source("progressive"), "progressive_share", [epoch, 10, form])] as const,
      ),
    );
    const factors = golds.repeatFactors.map(
      ({ imageFrequency, t, expected }) =>
        [call(source("repeat-factor"), "repeat_factors", [imageFrequency, t]), expected] as const,
    );
    const draws = new Map(samplerIds.map((id) => [id, draw(id)]));
    const sharded = new Map(samplerIds.map((id) => [id, draw(id, { replicas: 3, epochs: [0, 1] })]));
    const seeded = draw("class-balanced", { options: { seed: 7 }, epochs: [0] });
    const images = [[0, 1], [0], [0], [0], [], [0], [0], [-100], [0, 1], [0]];
    const several = draw("repeat-factor", { labels: images, options: { threshold: 0.75 } });
    const wrongLabel = draw("square-root", { labels: [0, 4] });
    const nothing = draw("class-aware", { labels: [-1, -100] });
    const wrongOption = draw("power", { options: { power: 1.5 } });
    const otherCounts = draw("class-balanced", { labels: labels.slice(5), epochs: [0] });
    const trained = draw("class-balanced", { training: true });
    beforeAll(async () => {
      answers = (await answerAll?.(questions)) ?? [];
    }, 300_000);

    test.each(probabilities)("%s has the golden class probabilities", (_, index, expected) => {
      expectNear("probabilities", answerTo(index).values ?? expect.fail(answerTo(index).error), expected);
    });

    test("the share of class-balanced sampling is the engine's in every epoch", () => {
      for (const [epoch, form, index] of shares)
        expect(answerTo(index).values).toBe(progressiveShare(epoch, 10, form));
    });

    test.each(factors)("repeat factors are the golden ones (%i)", (index, expected) => {
      expectNear("factors", answerTo(index).values ?? expect.fail(answerTo(index).error), expected);
    });

    test.each(samplerIds)("%s draws each class as often as the engine says", (id) => {
      const drawn = drawnBy(draws.get(id)!)[0]!;
      for (const [epoch, indices] of drawn.entries()) {
        expect(indices.every((i) => labels[i] !== -100)).toBe(true);
        expect(indices).not.toEqual(drawn[epoch + 1]);
      }
      expectShares(id, drawn);
      expect(answerTo(draws.get(id)!).warnings).toEqual([]);
    });

    test.each(samplerIds)("%s is as long as the engine's, and all its samples come", (id) => {
      const { per_class: perClass, ...rest } = settings[id] ?? {};
      const options = { ...rest, ...(perClass !== undefined && { perClass: Number(perClass) }) };
      const engine = createSampler(id, Int32Array.from(labels), 4, createRandom(1), {
        epochs: 5,
        ...options,
      });
      const drawn = drawnBy(draws.get(id)!)[0]!;
      expect(drawn.map(({ length }) => length)).toEqual(epochs.map(() => engine.epochLength));
      const background = id === "instance-balanced" || id === "repeat-factor";
      const all = [...labels.keys()].filter((i) => labels[i]! >= (background ? -1 : 0));
      expect([...new Set(drawn.flat())].sort((a, b) => a - b)).toEqual(all);
    });

    test.each(samplerIds)("%s is shared by three processes in parts of the same size", (id) => {
      const parts = drawnBy(sharded.get(id)!);
      const whole = drawnBy(draws.get(id)!)[0]!;
      for (const epoch of [0, 1]) {
        const together = parts[0]![epoch]!.flatMap((_, at) => parts.map((part) => part[epoch]![at]));
        expect(together.slice(0, whole[epoch]!.length)).toEqual(whole[epoch]);
        expect(together.length - whole[epoch]!.length).toBeLessThan(3);
      }
    });

    test("another seed draws otherwise", () => {
      expect(drawnBy(seeded)[0]![0]).not.toEqual(drawnBy(draws.get("class-balanced")!)[0]![0]);
    });

    test("instance-balanced shows every sample once an epoch", () => {
      for (const indices of drawnBy(draws.get("instance-balanced")!)[0]!)
        expect([...indices].sort((a, b) => a - b)).toEqual([...Array(392).keys()]);
    });

    test("class-aware is balanced in every cycle, and no sample comes again before all of its class came", () => {
      for (const indices of drawnBy(draws.get("class-aware")!)[0]!) {
        for (let at = 0; at + 6 <= indices.length; at += 6) {
          const cycle = indices.slice(at, at + 6).map((i) => labels[i]!);
          expect(cycle.toSorted()).toEqual([0, 0, 2, 2, 3, 3]);
        }
        const ofRarest = indices.filter((i) => labels[i] === 3);
        expect(new Set(ofRarest.slice(0, 20)).size).toBe(20);
      }
    });

    test("repeat-factor goes by the rarest class of an image", () => {
      // Class 0 is in 8 of 9 images, class 1 in 2 of 9, one image has no class.
      const [, rare] = repeatFactors([8 / 9, 2 / 9], 0.75);
      const drawn = drawnBy(several)[0]!.flat();
      const timesOf = (i: number): number => drawn.filter((each) => each === i).length / epochs.length;
      expect(drawnBy(several)[0]![0]).toHaveLength(Math.round(7 + 2 * rare!));
      expect(timesOf(0)).toBeCloseTo(rare!, 0);
      expect(timesOf(4)).toBeGreaterThan(0.7);
      expect(timesOf(7)).toBe(0);
    });

    test("wrong labels and options are named, and labels of other data told", () => {
      expect(answerTo(wrongLabel).error).toContain("sample 1 has label 4, outside 0 to 3");
      expect(answerTo(nothing).error).toContain("no sample has a class");
      expect(answerTo(wrongOption).error).toContain("power is 1.5: give 0 to 1");
      expect(answerTo(otherCounts).warnings).toEqual([
        "a has 295 samples, this file was made for 300: the labels decide",
      ]);
    });

    test.skipIf(framework === "tensorflowjs")(
      "the framework's own loop takes the samples of each epoch",
      () => {
        const sorted = (indices: readonly number[]): number[] => indices.toSorted((a, b) => a - b);
        const own = drawnBy(draws.get("class-balanced")!)[0]!.slice(0, 2);
        expect(drawnBy(trained)[0]!.map(sorted)).toEqual(own.map(sorted));
      },
    );

    const weightsFile = golden<WeightsFile>("weights.json");
    const weights = weightsFile.classWeights.map(({ id, counts: n, scheme, zero, beta, expected }) => {
      const choice = { scheme, absent: zero, ...(beta !== undefined && { beta }) };
      const text = weightsAsCode(framework, choice, namesOf(n), n);
      return [id, call2(text, "class_weights", []), expected.weights] as const;
    });
    const deferred = weightsFile.deferredReweighting.map((each) => {
      const choice = { scheme: "effective", beta: each.beta, switchEpoch: each.switchEpoch } as const;
      const text = weightsAsCode(framework, choice, namesOf(each.counts), each.counts);
      return [each.epoch, call2(text, "deferred_weights", [each.epoch]), each.expected.weights] as const;
    });
    function call2(text: string, name: string, given: readonly number[]): number {
      return ask({ framework, source: text, function: name, arguments: given, plain: true });
    }
    test.each(weights)("class weights %s are the golden ones", (_, index, expected) => {
      expectNear("weights", answerTo(index).values ?? expect.fail(answerTo(index).error), expected);
    });
    test.each(deferred)("deferred weights in epoch %i are the golden ones", (_, index, expected) => {
      expectNear("weights", answerTo(index).values ?? expect.fail(answerTo(index).error), expected);
    });
  });

  test.each(samplerIds)(
    `the ${title} of %s names sampler, source and counts, in lines of at most 118`,
    (id) => {
      const text = samplerAsCode(framework, id, ['a"b', "ü"], [5000, 50]);
      expect(text).toContain(`${samplers[id].title} sampling for 2 classes, imbalance factor 100.`);
      expect(text).toMatch(/COUNTS = \[5000, 50\]/);
      if (samplers[id].source !== "baseline") expect(text).toContain(samplers[id].source);
      expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(118);
    },
  );

  test(`without any sample there is neither sampler nor weight as ${title}`, () => {
    expect(() => samplerAsCode(framework, "power", ["a"], [0])).toThrow("No class has a sample");
    expect(() => weightsAsCode(framework, { scheme: "inverse" }, ["a"], [0])).toThrow(
      "No class has a sample",
    );
    expect(() => weightsAsCode(framework, { scheme: "effective", beta: 2 }, ["a"], [1])).toThrow(
      "outside 0 to 1",
    );
  });
}

/** Shares of all draws lie within five standard deviations of the engine's probabilities. */
function expectShares(id: SamplerId, drawn: readonly (readonly number[])[]): void {
  const expected = drawn.map((_, epoch) => expectedShares(id, epoch));
  for (let k = 0; k < counts.length; k++) {
    let [seen, mean, variance] = [0, 0, 0];
    for (const [epoch, indices] of drawn.entries()) {
      const p = expected[epoch]![k]!;
      seen += indices.filter((i) => labels[i] === k).length;
      mean += p * indices.length;
      variance += p * (1 - p) * indices.length;
    }
    expect(Math.abs(seen - mean), `class ${k}: ${seen} draws, expected ${mean}`).toBeLessThanOrEqual(
      5 * Math.sqrt(variance),
    );
  }
}

/** Probabilities of the classes; with repeat factors and background they are shares of a pass. */
function expectedShares(id: SamplerId, epoch: number): Float64Array {
  switch (id) {
    case "class-balanced":
    case "class-aware":
      return classBalanced(counts);
    case "square-root":
      return powerProbabilities(counts, 0.5);
    case "power":
      return powerProbabilities(counts, 0.3);
    case "effective-number":
      return effectiveProbabilities(counts, 0.99);
    case "progressive":
      return mixedProbabilities(counts, progressiveShare(epoch, 5, "code"));
    case "repeat-factor": {
      const factors = repeatFactors(
        counts.map((n) => n / 392),
        0.4,
      );
      const total = counts.reduce((sum, n, k) => sum + n * factors[k]!, 12);
      return Float64Array.from(counts, (n, k) => (n * factors[k]!) / total);
    }
    case "instance-balanced":
      return Float64Array.from(counts, (n) => n / 392);
  }
}
