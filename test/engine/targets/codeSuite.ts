/** What generated code of every language has to pass. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { losses, lossIds } from "#protocol/losses.ts";
import { expectGradient, expectNear } from "../losses/goldenFiles.ts";
import { type Case, extremeCases, goldenCases, ignoredCases, type LossAsCode } from "./codeCases.ts";

export interface StepResult {
  /** As text, as JSON has no word for NaN. */
  readonly loss: string;
  readonly grad: readonly number[];
  /** Whether an evaluation left the state alone. */
  readonly steady: boolean;
  /** Whether the step changed the state. */
  readonly moved: boolean;
  readonly error?: string;
}
export type CaseResult = { readonly steps: readonly StepResult[] } | { readonly failure: string };

export interface Language {
  /** Such as "PyTorch module". */
  readonly name: string;
  readonly write: LossAsCode;
  /** Precision that the code can compute in. */
  readonly bits: 32 | 64;
  /** Runs cases; undefined where what it takes is not installed, which has been told. */
  readonly run?: (cases: readonly Case[]) => readonly CaseResult[] | Promise<readonly CaseResult[]>;
}

/** Runs every golden vector, extreme logits and ignored batches through the code of a language. */
export function codeSuite({ name, write, bits, run }: Language): void {
  const golden = goldenCases(write, bits);
  const extremes = extremeCases(write);
  const ignored = ignoredCases(write, bits);
  let results: readonly CaseResult[] = [];

  describe.runIf(run)(`the ${name} reproduces the golden vectors:`, () => {
    beforeAll(async () => {
      results = (await run?.([...golden, ...extremes, ...ignored])) ?? [];
    }, 300_000);
    const stepsOf = (index: number): readonly StepResult[] => {
      const result = results[index];
      if (!result || "failure" in result) return expect.fail(result?.failure ?? "not run");
      return result.steps;
    };

    test.each(golden.map((each, index) => [each.id, each, index] as const))("%s", (_, each, index) => {
      const results = stepsOf(index);
      for (const [at, { expected, logits }] of each.steps.entries()) {
        const step = results[at]!;
        if (expected.error) {
          expect(step.error).toContain("count anew");
          continue;
        }
        expect(step.error).toBeUndefined();
        expectNear(`loss of step ${at}`, [Number(step.loss)], [expected.loss], bits);
        expectGradient(Float64Array.from(step.grad), logits[0]!.length, expected, bits);
        expect(step.steady, "evaluation leaves the state alone").toBe(true);
      }
    });

    test.each(extremes.map(({ id }, index) => [id, index] as const))("%s", (_, index) => {
      for (const { loss, grad } of stepsOf(golden.length + index)) {
        expect(Number.isFinite(Number(loss)), `loss ${loss}`).toBe(true);
        expect(grad.every((each) => Number.isFinite(each))).toBe(true);
      }
    });

    test.each(ignored.map(({ id }, index) => [id, index] as const))("%s", (_, index) => {
      const [first, second] = stepsOf(golden.length + extremes.length + index);
      expect(first).toMatchObject({ moved: false });
      expect(first?.grad.map(Math.abs)).toEqual(new Array(6).fill(0));
      expect(Number(first?.loss)).toBeCloseTo(0, 12);
      expect(Number(second?.loss)).toBeGreaterThan(0);
    });
  });

  test.skipIf(process.env["EQUIPOISE_GOLDEN"])(`every ${name} is compared with our golden vectors`, () => {
    expect([...new Set(golden.map(({ loss }) => loss))].sort()).toEqual([...lossIds].sort());
  });

  test.each(lossIds)(
    `the ${name} of %s names its loss, its source and the counts, in lines of at most 118`,
    (loss) => {
      const source = write({ loss, parameters: {}, sampler: "instance-balanced" }, ['a"b', "ü"], [5000, 50]);
      expect(source).toContain(`${losses[loss].title} for 2 classes, imbalance factor 100.`);
      expect(source).toMatch(/CLASSES = \["a\\"b", "ü"\]/);
      expect(source).toMatch(/COUNTS = \[5000, 50\]/);
      if (losses[loss].source !== "baseline") expect(source).toContain(losses[loss].source);
      expect(Math.max(...source.split("\n").map((line) => line.length))).toBeLessThanOrEqual(118);
    },
  );

  test(`without any sample there is no ${name} to write`, () => {
    const choice = { loss: "balanced-softmax", parameters: {}, sampler: "instance-balanced" } as const;
    expect(() => write(choice, ["a"], [0])).toThrow("No class has a sample");
  });
}

/** The Python that tests run, as `EQUIPOISE_PYTHON` names it. */
export const python: string = process.env["EQUIPOISE_PYTHON"] ?? "python3";

/** Whether that Python has a module; where not, says loudly what is skipped. */
export function pythonHas(module: string, skipped: string): boolean {
  try {
    execFileSync(python, ["-W", "ignore", "-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    console.warn(
      `Skipped: ${skipped}, as ${python} has no ${module}. Install it, or name a Python that has it in EQUIPOISE_PYTHON.`,
    );
    return false;
  }
}

/** Runs a script beside this file on JSON and returns what it writes. */
export function runPython<T>(script: string, input: unknown): T {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-python-"));
  try {
    const [from, to] = [join(folder, "input.json"), join(folder, "output.json")];
    writeFileSync(from, JSON.stringify(input));
    execFileSync(python, [fileURLToPath(new URL(script, import.meta.url)), from, to], {
      stdio: "inherit",
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" },
    });
    // Python writes NaN and Infinity, which JSON has no words for.
    const text = readFileSync(to, "utf8").replace(/(?<=[[ ,:])(?:-?Infinity|NaN)/g, "null");
    return JSON.parse(text) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Cases for a runner in Python, without what it shall not know. */
export function questions(cases: readonly Case[]): unknown {
  return cases.map(({ steps, ...rest }) => ({
    ...rest,
    steps: steps.map(({ expected: _, ...step }) => step),
  }));
}
