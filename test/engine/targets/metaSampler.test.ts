import { beforeAll, describe, expect, test } from "vitest";
import { initialPsi } from "#engine/sampling/metaSampler.ts";
import { metaSamplerAsPyTorch } from "#engine/targets/pytorch/metaSampler.ts";
import { golden } from "../losses/goldenFiles.ts";
import { pythonHas, runPython } from "./codeSuite.ts";

interface Expected {
  readonly sampledIndices: readonly number[];
  readonly innerLoss: number;
  readonly metaLoss: number;
  readonly gradPsi: readonly number[];
  readonly psiNext: readonly number[];
  readonly WNext: readonly (readonly number[])[];
  readonly bNext: readonly number[];
}
interface MetaCase {
  readonly id: string;
  readonly params: { readonly initPow: number };
  readonly instanceLabels: readonly number[];
  readonly counts: readonly number[];
  readonly psi0: readonly number[];
  readonly steps: readonly { readonly expected: Expected }[];
}
interface Ran {
  readonly psi0: readonly number[];
  readonly steps: readonly {
    readonly rows: readonly number[];
    readonly innerLoss: number;
    readonly metaLoss: number;
    readonly gradPsi: readonly number[];
    readonly psi: readonly number[];
    readonly weight: readonly (readonly number[])[];
    readonly bias: readonly number[];
  }[];
  readonly resumed: readonly [boolean, readonly number[]];
}
interface Results {
  readonly cases: readonly Ran[];
  readonly shares: Readonly<Record<"instance" | "class" | "said", readonly number[]>>;
}

const { cases } = golden<{ readonly cases: readonly MetaCase[] }>("meta_sampler.json");
const counts = [60, 25, 10, 5];
const labels = counts.flatMap((count, k) => new Array<number>(count).fill(k));
const names = (length: number): string[] => Array.from({ length }, (_, k) => `class ${k}`);
const near = (ours: readonly number[], theirs: readonly number[]): void => {
  expect(ours).toHaveLength(theirs.length);
  for (const [i, value] of theirs.entries())
    expect(Math.abs(ours[i]! - value)).toBeLessThanOrEqual(1e-9 + 1e-7 * Math.abs(value));
};

const hasTorch = pythonHas("torch", "the generated Meta Sampler was not run");

describe.runIf(hasTorch)("the Meta Sampler as PyTorch", () => {
  let results: Results;
  beforeAll(() => {
    results = runPython<Results>("runMetaSampler.py", {
      cases: cases.map((each) => ({
        ...each,
        source: metaSamplerAsPyTorch(names(each.counts.length), each.counts),
      })),
      shares: { source: metaSamplerAsPyTorch(names(4), counts), labels, classes: 4 },
    });
  }, 120_000);

  test.each(cases.map(({ id }, at) => [id, at] as const))(
    "draws, trains the head and moves its rates as the golden vectors of %s do",
    (_, at) => {
      const [wanted, ran] = [cases[at]!, results.cases[at]!];
      near(ran.psi0, wanted.psi0);
      near(ran.psi0, [...initialPsi(wanted.counts, wanted.params.initPow)]);
      for (const [step, { expected }] of wanted.steps.entries()) {
        const given = ran.steps[step]!;
        expect(given.rows).toEqual(expected.sampledIndices);
        near([given.innerLoss, given.metaLoss], [expected.innerLoss, expected.metaLoss]);
        near(given.gradPsi, expected.gradPsi);
        near(given.psi, expected.psiNext);
        near(given.weight.flat(), expected.WNext.flat());
        near(given.bias, expected.bNext);
      }
    },
  );

  test.each(cases.map(({ id }, at) => [id, at] as const))("goes on from its state: %s", (_, at) => {
    const { resumed, steps } = results.cases[at]!;
    expect(resumed[0]).toBe(true);
    expect(resumed[1]).toEqual(steps[0]!.psi);
  });

  test("draws classes as often as it says, by either unit", () => {
    const rate = [...initialPsi(counts, 0.5)].map((psi, k) => counts[k]! / (1 + Math.exp(-psi)));
    const total = rate.reduce((a, b) => a + b, 0);
    for (const [k, value] of rate.entries()) {
      expect(results.shares.said[k]!).toBeCloseTo(value / total, 12);
      expect(Math.abs(results.shares.instance[k]! - value / total)).toBeLessThan(0.03);
      expect(Math.abs(results.shares.class[k]! - value / total)).toBeLessThan(0.03);
    }
  });
});
