/** What the generated Meta Sampler of every language has to pass. */
import { beforeAll, describe, expect, test } from "vitest";
import { initialPsi } from "#engine/sampling/metaSampler.ts";
import { lossAsCode, samplerAsCode } from "#engine/targets/code.ts";
import type { CodeTargetId } from "#protocol/language.ts";
import { type Bits, expectNear, golden, type Matrix } from "../losses/goldenFiles.ts";
import type { MetaCase } from "../sampling/samplingGolden.ts";

/** A golden case with the code of the sampler and of balanced softmax. */
export interface MetaQuestion extends MetaCase {
  readonly source: string;
  readonly criterion: string;
}
/** How often each of four classes is drawn. */
export interface SharesQuestion {
  readonly source: string;
  readonly labels: readonly number[];
  readonly classes: number;
}
export interface MetaQuestions {
  readonly cases: readonly MetaQuestion[];
  readonly shares: SharesQuestion;
}

/** What the steps of a case gave. */
export interface MetaRun {
  readonly psi0: readonly number[];
  readonly steps: readonly {
    readonly rows: readonly number[];
    readonly innerLoss: number;
    readonly metaLoss: number;
    readonly gradPsi: readonly number[];
    readonly psi: readonly number[];
    readonly weight: Matrix;
    readonly bias: readonly number[];
  }[];
  readonly resumed: readonly [sameDraw: boolean, psi: readonly number[]];
}
export interface Shares extends Readonly<Record<"instance" | "class" | "said", readonly number[]>> {
  /** Whether the same seed draws the same, and another seed otherwise. */
  readonly seeded: readonly [boolean, boolean];
}
export interface MetaAnswers {
  readonly cases: readonly MetaRun[];
  readonly shares: Shares;
  /** What is said of a head with softmax and of optimisers that are not plain; where the language checks them. */
  readonly refusals?: readonly string[];
}

const { cases } = golden<{ readonly cases: readonly MetaCase[] }>("meta_sampler.json");
const numbered = cases.map(({ id }, at) => [id, at] as const);
const counts = [60, 25, 10, 5];
const labels = counts.flatMap((count, k) => new Array<number>(count).fill(k));
const names = (length: number): string[] => Array.from({ length }, (_, k) => `class ${k}`);

/** The suite of one language; `answer` is undefined where what it takes is not installed, which has been told. */
export function metaSamplerSuite(
  target: CodeTargetId,
  title: string,
  bits: Bits,
  answer?: (questions: MetaQuestions) => MetaAnswers | Promise<MetaAnswers>,
): void {
  const criterion = { loss: "balanced-softmax", parameters: {}, sampler: "instance-balanced" } as const;

  describe.runIf(answer)(`the Meta Sampler as ${title}`, () => {
    let results: MetaAnswers;
    beforeAll(async () => {
      const questions = {
        cases: cases.map((each) => ({
          ...each,
          source: samplerAsCode(target, "meta", names(each.counts.length), each.counts),
          criterion: lossAsCode(target, criterion, names(each.counts.length), each.counts),
        })),
        shares: { source: samplerAsCode(target, "meta", names(4), counts), labels, classes: 4 },
      };
      results = (await answer?.(questions)) ?? expect.fail("not run");
    }, 120_000);

    test.each(numbered)(
      "draws, trains the head and moves its rates as the golden vectors of %s do",
      (_, at) => {
        const [wanted, ran] = [cases[at]!, results.cases[at]!];
        expectNear("psi0", ran.psi0, initialPsi(wanted.counts, wanted.params.initPow));
        expect(ran.steps).toHaveLength(wanted.steps.length);
        for (const [step, { expected }] of wanted.steps.entries()) {
          const given = ran.steps[step]!;
          expect(given.rows).toEqual(expected.sampledIndices);
          const losses = [expected.innerLoss, expected.metaLoss];
          expectNear("losses", [given.innerLoss, given.metaLoss], losses, bits);
          expectNear("gradPsi", given.gradPsi, expected.gradPsi, bits);
          expectNear("psi", given.psi, expected.psiNext, bits);
          expectNear("weight", given.weight.flat(), expected.WNext.flat(), bits);
          expectNear("bias", given.bias, expected.bNext, bits);
        }
      },
    );

    test.each(numbered)("goes on from its state: %s", (_, at) => {
      const { resumed, steps } = results.cases[at]!;
      expect(resumed[0]).toBe(true);
      expect(resumed[1]).toEqual(steps[0]!.psi);
    });

    test("draws classes as often as it says, by either unit, and by its seed", () => {
      const { said, instance, class: byClass, seeded } = results.shares;
      const rate = [...initialPsi(counts, 0.5)].map((psi, k) => counts[k]! / (1 + Math.exp(-psi)));
      const total = rate.reduce((a, b) => a + b, 0);
      for (const [k, value] of rate.entries()) {
        expect(said[k]!).toBeCloseTo(value / total, 12);
        expect(Math.abs(instance[k]! - value / total)).toBeLessThan(0.03);
        expect(Math.abs(byClass[k]! - value / total)).toBeLessThan(0.03);
      }
      expect(seeded).toEqual([true, true]);
    });

    test.skipIf(target === "pytorch")("refuses heads and optimisers with other gradients", () => {
      const [softmax, nesterov, adam, ...more] = results.refusals ?? [];
      expect(softmax).toContain("the head must give plain logits");
      for (const told of [nesterov, adam]) expect(told).toContain("the gradient of the rates is that of");
      expect(more).toEqual([]);
    });
  });

  test(`the Meta Sampler as ${title} names source and counts, in lines of at most 118`, () => {
    const text = samplerAsCode(target, "meta", ['a"b', "ü"], [5000, 50]);
    expect(text).toContain("Meta Sampler for 2 classes, imbalance factor 100.");
    expect(text).toMatch(/CLASSES = \["a\\"b", "ü"\]/);
    expect(text).toMatch(/COUNTS = \[5000, 50\]/);
    expect(text).toContain("arXiv 2007.10740");
    const longest = text.split("\n").filter((line) => line.length > 118);
    expect(longest).toEqual([]);
    expect(() => samplerAsCode(target, "meta", ["a"], [0])).toThrow("No class has a sample");
  });
}
