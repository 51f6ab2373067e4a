/** Entry for every host: VS Code calls `run` inside the extension host. */
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import Mocha from "mocha";

interface Outcome {
  /** The file of the test, without its folder. */
  readonly file: string;
  readonly title: string;
  readonly state: string;
  readonly milliseconds: number;
  readonly error?: string | undefined;
}

/** Runs every suite beside this file, or those that EQUIPOISE_FILES names. A rejection becomes the host's exit code; the report is the second witness. */
export async function run(): Promise<void> {
  const grep = process.env["EQUIPOISE_GREP"];
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, color: false, ...(grep ? { grep } : {}) });
  const restricted = process.env["EQUIPOISE_RESTRICTED"] === "1";
  const only = process.env["EQUIPOISE_FILES"]?.split(",").filter(Boolean) ?? [];
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith(".test.cjs") && name.startsWith("restricted") === restricted)
      if (only.length === 0 || only.includes(name)) mocha.addFile(join(__dirname, name));
  const outcomes: Outcome[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("test end", (test) => {
      const { err, duration, state } = test;
      outcomes.push({
        file: basename(test.file ?? test.parent?.file ?? ""),
        title: test.fullTitle(),
        state: state ?? "pending",
        milliseconds: duration ?? 0,
        error: err?.stack,
      });
    });
    runner.on("fail", (test, problem) => {
      if ((test.type as string) !== "hook") return;
      outcomes.push({
        file: basename(test.file ?? test.parent?.file ?? ""),
        title: test.fullTitle(),
        state: "failed",
        milliseconds: 0,
        error: (problem as Error).stack,
      });
    });
  });
  const report = process.env["EQUIPOISE_REPORT"];
  if (report) writeFileSync(report, JSON.stringify({ failures, outcomes, node: process.version }, null, 1));
  if (outcomes.length === 0) throw new Error("The suite ran no tests.");
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
