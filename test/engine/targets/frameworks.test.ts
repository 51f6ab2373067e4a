import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cases, goldenPath } from "./cases.ts";
import { python, pythonHas } from "./codeSuite.ts";

/** What a target's scripts import; the other frameworks read files that only they can load. */
const modules: Readonly<Record<string, string>> = {
  pytorch: "torch",
  keras: "tensorflow.keras",
  "hugging-face": "transformers.trainer, accelerate",
};

const scripts = cases.map(({ target, file }) => [target, file.replace(/(\.\w+)$/, ".after$1")] as const);

/** What a script prints, run in a folder of its own. */
function printed(program: string, target: string, file: string): string {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-framework-"));
  try {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
    return execFileSync(program, [goldenPath(target, file)], {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [target, module] of Object.entries(modules)) {
  const own = scripts.filter(([each]) => each === target);
  const present = pythonHas(module, `${target} scripts with an inserted loss were not run`);
  describe.runIf(present)(`${target} trains with`, () => {
    test.each(own)("%s %s", (_, file) => expect(printed(python, target, file)).toContain("trained"), 300_000);
  });
}

describe("TensorFlow.js trains with", () => {
  const own = scripts.filter(([target]) => target === "tensorflow-js");
  test.each(own)(
    "%s %s",
    (target, file) => expect(printed(process.execPath, target, file)).toContain("trained"),
    120_000,
  );
});
