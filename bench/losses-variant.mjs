// The engine with and without the statements that sum gradients per class, to tell what those cost.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = "engine/kernels/assembly/rows.ts";
const rows = "engine/losses/defineLoss.ts";

/** Statements that sum, by file, and how often each is there. */
const sums = {
  [kernels]: [
    ["v128.store(negative + k, f32x4.add(v128.load(negative + k), size));", 2],
    ["store<f32>(positive + own, <f32>(<f64>load<f32>(positive + own) + size));", 2],
  ],
  [rows]: [
    ["negative[k] += weight * Math.abs(value);", 1],
    ["positive[single] += weight * Math.abs(gradientRow[single]);", 1],
  ],
};

function withoutSums(file) {
  let text = readFileSync(join(root, file), "utf8");
  for (const [statement, times] of sums[file]) {
    const parts = text.split(statement);
    if (parts.length !== times + 1) throw new Error(`${file} does not say ${times} times: ${statement}`);
    text = parts.join("");
  }
  return text;
}

const leaveOut = {
  name: "without-sums",
  setup({ onLoad }) {
    onLoad({ filter: /engine\/kernels\/heapModules\.ts$/ }, async () => {
      const [plain, shared] = [await compiled(false), await compiled(true)].map((code) =>
        code.toString("base64"),
      );
      return { loader: "ts", contents: `export const heapModules = ${JSON.stringify({ plain, shared })};` };
    });
    onLoad({ filter: /engine\/losses\/defineLoss\.ts$/ }, () => ({
      loader: "ts",
      contents: withoutSums(rows),
    }));
  },
};

async function compiled(shared) {
  let binary;
  const { error, stderr } = await asc.main(
    ["engine/kernels/assembly/kernels.ts", "--outFile", "kernels.wasm", "-O3", "--noAssert"]
      .concat(["--runtime", "stub", "--importMemory", "--initialMemory", "1", "--use", "abort="])
      .concat(["--enable", "simd", "--enable", "bulk-memory"])
      .concat(shared ? ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"] : []),
    {
      readFile: (name) => {
        if (name === kernels) return withoutSums(kernels);
        try {
          return readFileSync(join(root, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${kernels} without sums does not compile: ${error.message}\n${stderr}`);
  return Buffer.from(binary);
}

/** Imports the losses from source. */
export async function lossEngine({ statistics }) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `export * from "./protocol/losses.ts"; export { prepareLoss } from "./engine/losses/registry.ts";
        export { startRowThreads, stopRowThreads } from "./engine/backends/rowThreads.ts";
        export { lossAsPyTorch } from "./engine/targets/pytorch.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "warning",
    plugins: statistics ? [] : [leaveOut],
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
