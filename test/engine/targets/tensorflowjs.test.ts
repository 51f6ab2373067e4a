import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { weightSchemes, weightsAsCode } from "#engine/targets/code/weightsAsCode.ts";
import { metaSamplerAsTensorFlowJs } from "#engine/targets/tensorflowjs/metaSampler.ts";
import { samplerAsTensorFlowJs } from "#engine/targets/tensorflowjs/sampler.ts";
import { lossAsTensorFlowJs } from "#engine/targets/tensorflowjs.ts";
import { lossIds, samplerIds } from "#protocol/losses.ts";
import type { Case, Step } from "./codeCases.ts";
import { type CaseResult, codeSuite, type StepResult } from "./codeSuite.ts";
import { generatedModule } from "./generatedModule.ts";

codeSuite({ name: "TensorFlow.js module", write: lossAsTensorFlowJs, bits: 32, run: runAll });

type Criterion = (logits: tf.Tensor, labels: tf.Tensor, ...more: (tf.Tensor | undefined)[]) => tf.Scalar;

/** What the tests use of a loss that learns. */
interface Learning {
  training: boolean;
  loss: Criterion;
  state(): Promise<unknown>;
  restore(state: unknown): void;
  dispose(): void;
}

async function runAll(cases: readonly Case[]): Promise<CaseResult[]> {
  await tf.setBackend("cpu");
  const results: CaseResult[] = [];
  for (const each of cases) {
    try {
      results.push({ steps: await runCase(each, await criterionIn(each.source)) });
    } catch (problem) {
      results.push({ failure: problem instanceof Error ? String(problem.stack) : String(problem) });
    }
  }
  return results;
}

async function criterionIn(source: string): Promise<Criterion | Learning> {
  const found = Object.entries(await generatedModule(source)).filter(([name]) => /loss$/i.test(name));
  expect(found, "one loss").toHaveLength(1);
  const [name, value] = found[0]!;
  return /^[A-Z]/.test(name) ? new (value as new () => Learning)() : (value as Criterion);
}

async function runCase({ steps, logitScale }: Case, criterion: Criterion | Learning): Promise<StepResult[]> {
  const learning = typeof criterion === "function" ? undefined : criterion;
  const results: StepResult[] = [];
  for (const step of steps) {
    const before = await learning?.state();
    const lossOf = (z: tf.Tensor): tf.Scalar => {
      const [labels, ...more] = inputs(step);
      const logits = z.mul(logitScale);
      return typeof criterion === "function"
        ? criterion(logits, labels!, ...more)
        : criterion.loss(logits, labels!, ...more);
    };
    const stored = tf.tensor2d(step.logits.map((row) => [...row]));
    try {
      const { value, grad } = tf.valueAndGrad(lossOf)(stored);
      const after = await learning?.state();
      if (learning) {
        learning.training = false;
        lossOf(stored);
        learning.training = true;
      }
      results.push({
        loss: String((await value.data())[0]),
        grad: [...(await grad.data())],
        steady: JSON.stringify(after) === JSON.stringify(await learning?.state()),
        moved: JSON.stringify(before) !== JSON.stringify(after),
      });
    } catch (problem) {
      results.push({ loss: "", grad: [], steady: true, moved: false, error: String(problem) });
    }
  }
  return results;
}

function inputs({ labels, targets, quality, mask }: Step): tf.Tensor[] {
  return [
    targets ? tf.tensor2d(targets.map((row) => [...row])) : tf.tensor1d([...(labels ?? [])], "int32"),
    ...(quality ? [tf.tensor1d([...quality])] : []),
    ...(mask ? [tf.tensor2d(mask.map((row) => [...row]))] : []),
  ];
}

test.each(lossIds)("the TensorFlow.js module of %s leaves no tensor behind", async (loss) => {
  const choice = { loss, parameters: {}, sampler: "instance-balanced" } as const;
  const criterion = await criterionIn(lossAsTensorFlowJs(choice, ["a", "b", "c"], [5000, 3, 1]));
  const learning = typeof criterion === "function" ? undefined : criterion;
  const of: Criterion = (...given) =>
    typeof criterion === "function" ? criterion(...given) : criterion.loss(...given);
  const weights = tf.variable(tf.randomNormal([4, 3], 0, 1, "float32", 1));
  const optimizer = tf.train.sgd(0.1);
  const x = tf.randomNormal([8, 4], 0, 1, "float32", 2);
  const labels = tf.tensor1d([0, 0, 0, 1, 2, 0, 1, 0], "int32");
  const more = loss === "equalized-quality-focal" ? [tf.ones([8])] : [];
  const step = (): void => {
    optimizer.minimize(() => of(x.matMul(weights) as tf.Tensor, labels, ...more));
  };
  step();
  const { numTensors } = tf.memory();
  for (let n = 0; n < 5; n++) step();
  expect(tf.memory().numTensors).toBe(numTensors);
  if (!learning) return;
  const state = await learning.state();
  const given = [x.matMul(weights), labels, ...more] as const;
  const next = await learning.loss(...given).data();
  learning.restore(JSON.parse(JSON.stringify(state)));
  expect(await learning.loss(...given).data()).toEqual(next);
  learning.dispose();
});

test("TypeScript finds no mistake in the TensorFlow.js modules, in its strictest mode", () => {
  const cache = fileURLToPath(new URL("../../../.cache/", import.meta.url));
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(join(cache, "typed-"));
  try {
    for (const loss of lossIds) {
      const choice = { loss, parameters: {}, sampler: "instance-balanced" } as const;
      writeFileSync(join(own, `${loss}.mjs`), lossAsTensorFlowJs(choice, ["a", "b"], [50, 5]));
    }
    for (const id of samplerIds)
      writeFileSync(join(own, `sampler-${id}.mjs`), samplerAsTensorFlowJs(id, ["a", "b"], [50, 5]));
    writeFileSync(join(own, "sampler-meta.mjs"), metaSamplerAsTensorFlowJs(["a", "b"], [50, 5]));
    for (const scheme of weightSchemes) {
      const text = weightsAsCode("tensorflowjs", { scheme, switchEpoch: 3 }, ["a", "b"], [50, 5]);
      writeFileSync(join(own, `weights-${scheme}.mjs`), text);
    }
    const compilerOptions = {
      ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, noUncheckedIndexedAccess: true },
      ...{ module: "nodenext", target: "es2022", types: [], skipLibCheck: true },
    };
    writeFileSync(join(own, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mjs"] }));
    const compiler = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", own], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}, 120_000);
