// The suite that runs inside the extension host of an editor, and how its outcome is judged.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./cache.mjs";
import { verdictOf } from "./verdict.mjs";

/**
 * Bundles test/vscode and gives the path of its entry. Mocha stays outside: the suites have to use the one copy that
 * owns describe and it.
 */
export async function bundleSuite() {
  const suite = join(root, ".cache", "test-vscode");
  const folder = join(root, "test", "vscode");
  const names = readdirSync(folder).filter((name) => name === "index.ts" || name.endsWith(".test.ts"));
  rmSync(suite, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => join(folder, name)),
    outdir: suite,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
    logLevel: "warning",
  });
  return join(suite, "index.cjs");
}

/**
 * Counts what the report says and prints it, with the files whose tests failed. Two witnesses have to agree, the exit code
 * of the host and the report: a suite that ends its own process with 0 is no success.
 */
export function judge(exitCode, report, limit) {
  const result = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  const outcomes = result?.outcomes ?? [];
  for (const { state, title, milliseconds, error } of outcomes)
    console.log(
      `${state === "passed" ? "ok  " : "FAIL"} ${title} (${milliseconds} ms)${error ? `\n${error}` : ""}`,
    );
  const verdict = verdictOf(outcomes);
  if (verdict.failed > 0 || (exitCode === 0 && verdict.passed > 0)) return verdict;
  console.log(
    exitCode === "timeout"
      ? `No verdict after ${limit / 1000} s.`
      : `No verdict: the extension host ended with ${exitCode}, its report has ${verdict.passed} passed tests.`,
  );
  return { ...verdict, failed: 1 };
}
