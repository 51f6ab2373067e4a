// Builds the .vsix, offline. By default for this machine's platform, with the image decoder (sharp) in it;
// node scripts/package.mjs --universal leaves the decoder out: embeddings train everywhere, images do not.
// Options: [--universal] [--binding] [--out FILE]. --binding puts tfjs-node's binding to TensorFlow in, compiled here
// against the wheel of EQUIPOISE_PYTHON and proven by the self-test, so that users of this system need no compiler. Prints the path of the package as its last line.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createVSIX, listFiles, PackageManager } from "@vscode/vsce";
import { root, run } from "./steps.mjs";

const { values } = parseArgs({
  options: { universal: { type: "boolean" }, binding: { type: "boolean" }, out: { type: "string" } },
});
// Packed from a copy of the few folders concerned: vsce looks at every file below the folder it packs.
const stage = join(root, ".cache", "package");
const staged = [
  ".vscodeignore",
  "package.json",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "dist",
  "docs",
  "l10n",
  "media",
  "package.nls.json",
  "schema",
];
const target = values.universal ? undefined : platformTarget();
const file = resolve(
  values.out ?? join(root, "dist", target ? "equipoise.vsix" : "equipoise-universal.vsix"),
);

/** What each window starts with, and the most bytes that it may have. Larger things are loaded when they are needed. */
const largest = { "server.cjs": 500_000, "extension.cjs": 120_000 };

/** What the extension cannot do without. */
const required = [
  "package.json",
  "README.md",
  "LICENSE",
  "docs/findings.md",
  "l10n/bundle.l10n.json",
  "package.nls.json",
  "media/icon.png",
  "schema/equipoise.schema.json",
  "dist/extension.cjs",
  "dist/languageLibrary.cjs",
  "dist/server.cjs",
  "dist/parquet.cjs",
  "dist/yaml.cjs",
  "dist/targets.cjs",
  "dist/sources.cjs",
  "dist/project.cjs",
  "dist/reading.cjs",
  "dist/readingThread.cjs",
  "dist/engine.cjs",
  "dist/cli.cjs",
  "dist/cliTraining.cjs",
  "dist/webview.js",
  "dist/webview.css",
  "dist/viewer.js",
  "dist/viewer.css",
  "dist/sweep.js",
  "dist/sweep.css",
  "dist/wasm/tfjs-backend-wasm-simd.wasm",
  "dist/tree-sitter/tree-sitter-python.wasm",
  "dist/tensorflow/binding/tfjs_binding.cc",
  "dist/tensorflow/include/node_api.h",
];

for (const step of [["scripts/write-l10n.mjs"], ["scripts/build.mjs", "--production"]]) {
  const { code } = await run(process.execPath, step);
  if (code !== 0) process.exit(code);
}
if (values.binding) await makeBinding();
rmSync(stage, { recursive: true, force: true });
for (const path of staged) cpSync(join(root, path), join(stage, path), { recursive: true });
if (target) copyDecoder(join(stage, "dist", "node_modules"));
await check();
await createVSIX({
  cwd: stage,
  packagePath: file,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false, // no repository to point to
  ...(target ? { target } : {}),
});
rmSync(stage, { recursive: true, force: true });
console.log(file);

/** The command line's own set-up, in a data folder that is thrown away but for the binding. */
async function makeBinding() {
  const home = join(root, ".cache", "binding");
  const setup = ["dist/cli.cjs", "backend", "setup", "tensorflow", "--compile"];
  const python = process.env.EQUIPOISE_PYTHON;
  process.env.EQUIPOISE_HOME = home;
  const made = await run(process.execPath, python ? [...setup, "--python", python] : setup);
  if (made.code !== 0) process.exit(made.code);
  const folder = join(root, "dist", "tensorflow", `${process.platform}-${process.arch}`);
  cpSync(join(home, "tensorflow", "tfjs_binding.node"), join(folder, "tfjs_binding.node"));
  rmSync(home, { recursive: true, force: true });
}

/** The name that editors have for this platform, or undefined where no decoder is installed for it. */
function platformTarget() {
  const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  const decoderPlatform = `${process.platform}${musl ? "musl" : ""}-${process.arch}`;
  if (!existsSync(join(root, "node_modules", "@img", `sharp-${decoderPlatform}`))) {
    console.log(`No image decoder is installed for ${decoderPlatform}: packing without it.`);
    return undefined;
  }
  const names = {
    "linux-arm": "linux-armhf",
    "linuxmusl-x64": "alpine-x64",
    "linuxmusl-arm64": "alpine-arm64",
  };
  return names[decoderPlatform] ?? decoderPlatform;
}

/** sharp and what it needs, beside the bundle, where the engine's `require` looks first. */
function copyDecoder(folder) {
  const wanted = ["sharp"];
  const done = new Set();
  for (let next = wanted.pop(); next; next = wanted.pop()) {
    const from = join(root, "node_modules", next);
    if (done.has(next) || !existsSync(from)) continue; // optional ones of other platforms are not there
    done.add(next);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(from, "package.json"), "utf8"),
    );
    wanted.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
    mkdirSync(join(folder, next), { recursive: true });
    const unwanted = /[\\/](src|install|node_modules)$|\.(d\.ts|map)$/;
    cpSync(from, join(folder, next), {
      recursive: true,
      filter: (path) => path === from || !unwanted.test(path),
    });
  }
}

async function check() {
  for (const [name, most] of Object.entries(largest)) {
    const { size } = statSync(join(stage, "dist", name));
    console.log(`dist/${name} ${(size / 1000).toFixed(0)} kB`);
    if (size > most)
      throw new Error(
        `dist/${name} has ${size} bytes, more than ${most}. Load what is new when it is needed.`,
      );
  }
  const files = new Set(
    (await listFiles({ cwd: stage, packageManager: PackageManager.None })).map((path) =>
      path.replaceAll("\\", "/"),
    ),
  );
  const missing = required.filter((path) => !files.has(path));
  if (missing.length > 0) throw new Error(`The package would lack ${missing.join(", ")}. See .vscodeignore.`);
  const stray = [...files].filter((path) => /^(samples|test|bench|node_modules)\//.test(path));
  if (stray.length > 0)
    throw new Error(`The package would hold ${stray.slice(0, 5).join(", ")}. See .vscodeignore.`);
}
