// Runs commands one after the other and adds up what their test runners counted.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command, shows what it prints, and gives its exit code with the tests it counted. */
export function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, ...counted(output) }));
  });
}

/** The counts of Vitest's closing line, or of the plain `N passed, N failed`. */
function counted(output) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are stripped
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const line = [...plain.matchAll(/^\s*(?:Tests\s+.*|\d+ passed, \d+ failed.*)$/gm)].at(-1)?.[0] ?? "";
  const number = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed"), skipped: number("skipped") };
}

/** Runs every step even after a failure, so that one run shows all that is wrong; ends the process with the sum. */
export async function runSteps(steps) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const broken = [];
  for (const { name, command, args, env, again } of steps) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    let result = await run(command, args, env);
    if (result.code !== 0 && again) {
      console.log(`\n== ${name}: exit ${result.code}; once more, as ${again}`);
      result = await run(command, args, env);
    }
    sum.passed += result.passed;
    sum.failed += result.failed;
    sum.skipped += result.skipped;
    if (result.code !== 0) {
      broken.push(name);
      if (result.failed === 0) sum.failed++;
    }
    console.log(`== ${name}: exit ${result.code}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  if (broken.length > 0) console.log(`\nFailed: ${broken.join(", ")}`);
  console.log(
    `\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`,
  );
  process.exitCode = sum.failed > 0 || broken.length > 0 ? 1 : 0;
}

const npx = (name, tool, ...args) => ({ name, command: "npx", args: ["--no-install", tool, ...args] });
const node = (name, ...args) => ({ name, command: process.execPath, args });

// Its tests go on from where the one before left the window, so that all of them run again; the suite in VS Code runs
// files with a failure again by itself.
const busyEditor = "an editor on a busy machine can miss a deadline";

/** Everything that `npm test` runs; needs nothing beyond the checkout. */
export const projectSteps = [
  node("build", "scripts/build.mjs"),
  npx("lint", "biome", "ci", "."),
  npx("types", "tsc", "-b"),
  npx("unit", "vitest", "run", "--project", "unit"),
  node("engine package", "scripts/test-engine-package.mjs"),
  node("in VS Code", "scripts/test-vscode.mjs", "--no-build"),
  { ...node("user interface", "scripts/test-ui.mjs"), again: busyEditor },
];

/** What CI adds: real data where EQUIPOISE_DATA, or its default beside the checkout, has it, and a Ray cluster where Ray is. */
export const realSteps = [
  npx("real data", "vitest", "run", "--project", "real"),
  node("Ray", "scripts/test-ray.mjs", "--no-build"),
];
