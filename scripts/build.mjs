// Builds the bundles into dist/: node scripts/build.mjs [--production] [--watch]
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, context } from "esbuild";
import { buildKernels } from "./build-kernels.mjs";
import { asciiOnly, lazyBundles, nodeProcess, oneCopy, yamlBeside } from "./bundling.mjs";
import { root } from "./steps.mjs";
import { writeSchema } from "./write-schema.mjs";

const watching = process.argv.includes("--watch");
const production = process.argv.includes("--production");
const output = {
  minify: production,
  sourcemap: production ? false : "linked",
  logLevel: "warning",
  outdir: "dist",
};
const shared = {
  ...output,
  absWorkingDir: root,
  bundle: true,
  alias: nodeProcess.alias,
  tsconfig: nodeProcess.tsconfig,
};
// Packages that stay beside the bundle: native binaries cannot be inlined, TensorFlow.js finds its .wasm by path.
const external = ["sharp"];
const node = {
  ...nodeProcess,
  ...output,
  outExtension: { ".js": ".cjs" },
  define: {
    ...nodeProcess.define,
    // Kept analyses are believed by the code that made them; while it changes under our hands nothing is kept.
    equipoiseBuild: JSON.stringify(watching ? "" : hashOfSources()),
  },
  plugins: [yamlBeside],
};

const lazy = [yamlBeside, lazyBundles];
const jobs = [
  {
    ...node,
    entryPoints: { extension: "client/extension.ts" },
    external: ["vscode"],
    plugins: [...lazy, oneCopy],
  },
  { ...node, entryPoints: { languageLibrary: "client/languageLibrary.ts" }, external: ["vscode"] },
  { ...node, entryPoints: { server: "server/main.ts" }, plugins: [...lazy, oneCopy] },
  { ...node, entryPoints: { targets: "engine/targets/configurations.ts" } },
  { ...node, entryPoints: { sources: "engine/targets/sources.ts" } },
  { ...node, entryPoints: { project: "engine/project/project.ts" } },
  { ...node, entryPoints: { reading: "server/manifestReading.ts" }, plugins: lazy },
  { ...node, entryPoints: { readingThread: "server/readingThread.ts" }, plugins: lazy },
  { ...node, entryPoints: { parquet: "engine/manifest/parquet/library.ts" } },
  { ...node, entryPoints: { yaml: "yaml" } },
  { ...node, entryPoints: { engine: "engine/main.ts" }, external, plugins: lazy },
  {
    ...node,
    entryPoints: { cli: "cli/main.ts" },
    external,
    banner: { js: "#!/usr/bin/env node" },
    plugins: lazy,
  },
  { ...node, entryPoints: { cliTraining: "cli/run.ts" }, external, plugins: lazy },
  {
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: {
      webview: "webview/main.ts",
      viewer: "webview/viewer/main.ts",
      sweep: "webview/sweep/main.ts",
    },
  },
  {
    ...shared,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    entryPoints: { index: "engine/index.ts" },
    outdir: "engine/dist",
  },
];

await buildKernels();
await writeSchema();
copyTensorFlowWasm();
copyGrammars();
copyBindingSources();
if (watching) {
  for (const job of jobs) await (await context(job)).watch();
} else await Promise.all(jobs.map((job) => build(job)));
// Not where a source map counts columns.
if (production)
  for (const name of readdirSync(join(root, "dist")))
    if (name.endsWith(".cjs")) asciiOnly(join(root, "dist", name));

/** Of the sources that decide what an analysis says. */
function hashOfSources() {
  const hash = createHash("sha256");
  for (const folder of ["engine", "protocol"])
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort())
      if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(root, folder, name)));
  return hash.digest("hex").slice(0, 16);
}

/** The backend looks for its WebAssembly files beside the bundle. */
function copyTensorFlowWasm() {
  const require = createRequire(import.meta.url);
  const from = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out");
  const to = join(root, "dist", "wasm");
  mkdirSync(to, { recursive: true });
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith(".map") });
}

/** The parsers of configurations, which server and command line load when they first need one. */
function copyGrammars() {
  const from = dirname(createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm"));
  const to = join(root, "dist", "tree-sitter");
  mkdirSync(to, { recursive: true });
  // CommonJS by its name: the package.json above says that .js is not.
  cpSync(join(from, "tree-sitter.js"), join(to, "tree-sitter.cjs"));
  cpSync(join(from, "tree-sitter.wasm"), join(to, "tree-sitter.wasm"));
  for (const name of ["python", "javascript", "typescript"].map((each) => `tree-sitter-${each}.wasm`))
    cpSync(join(from, name), join(to, name));
  cpSync(join(from, "..", "LICENSE"), join(to, "LICENSE"));
  // Our own package is a module, and Node would take the parser for one too.
  writeFileSync(join(to, "package.json"), '{ "type": "commonjs" }\n');
}

/** What the set-up of TensorFlow compiles: the binding of tfjs-node, against the headers of Node's binary interface. */
function copyBindingSources() {
  const require = createRequire(import.meta.url);
  const to = join(root, "dist", "tensorflow");
  const take = (manifest, folder, name) =>
    cpSync(join(dirname(require.resolve(manifest)), folder), join(to, name), { recursive: true });
  take("@tensorflow/tfjs-node/package.json", "binding", "binding");
  take("node-api-headers/package.json", "include", "include");
}
