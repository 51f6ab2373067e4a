import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { vulkanEnvironment } from "./scripts/harness/vulkanInstallation.mjs";

const here = (folder: string): string => fileURLToPath(new URL(folder, import.meta.url));
const alias = { "#protocol": here("./protocol"), "#engine": here("./engine") };

/** What the user set up for training must not change what tests see; those of TensorFlow and WebGPU name their own. */
const env = { EQUIPOISE_HOME: here("./.cache/test-home"), EQUIPOISE_TENSORFLOW: "", EQUIPOISE_WEBGPU: "" };

// A process looks up where its libraries lie when it starts, so this one has it for those that run the tests.
Object.assign(process.env, vulkanEnvironment());

export default defineConfig({
  test: {
    // By itself Vitest leaves a core to its own process, which has next to nothing to do: on two cores, one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          env,
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**", "test/vscode/**", "test/ui/**"],
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "real",
          env,
          include: ["test/real/**/*.test.ts"],
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
