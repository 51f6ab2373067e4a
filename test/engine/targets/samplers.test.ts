import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, vi } from "vitest";
import { pythonHas, runPython } from "./codeSuite.ts";
import { type Answer, type Question, samplerSuite } from "./samplerSuite.ts";

const inPython = (questions: readonly Question[]): readonly Answer[] =>
  runPython("runSamplers.py", questions);

const torch = pythonHas("torch, numpy", "samplers in PyTorch were not run");
samplerSuite("pytorch", "PyTorch form", torch ? inPython : undefined);

const keras = pythonHas("keras, tensorflow", "samplers for Keras were not run");
samplerSuite("keras", "Keras form", keras ? inPython : undefined);

const folder = mkdtempSync(join(tmpdir(), "equipoise-samplers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

interface RunningSampler {
  indices(epoch: number): Iterable<number>;
  readonly size: number;
}
type Generated = Readonly<Record<string, unknown>>;

samplerSuite("tensorflowjs", "TensorFlow.js form", async (questions) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const answers: Answer[] = [];
    for (const [index, question] of questions.entries()) {
      const path = join(folder, `${index}.mjs`);
      writeFileSync(path, question.source);
      warn.mockClear();
      const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Generated;
      try {
        const answer = answerOf(module, question);
        answers.push({ ...answer, warnings: warn.mock.calls.map(([text]) => String(text)) });
      } catch (problem) {
        answers.push({ error: String(problem) });
      }
    }
    return answers;
  } finally {
    warn.mockRestore();
  }
});

function answerOf(module: Generated, question: Question): Answer {
  if ("function" in question) {
    const call = module[camel(question.function)] as (...given: readonly unknown[]) => readonly number[];
    return { values: call(...question.arguments) };
  }
  const Sampler = module[question.name] as new (labels: unknown, options: object) => RunningSampler;
  const options = Object.fromEntries(
    Object.entries(question.options).map(([key, value]) => [camel(key), value]),
  );
  const drawn = Array.from({ length: question.replicas }, (_, rank) => {
    const sampler = new Sampler(question.labels, { ...options, rank, replicas: question.replicas });
    return question.epochs.map((epoch) => [...sampler.indices(epoch)]);
  });
  return { drawn };
}
