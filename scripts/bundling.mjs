// How the processes of Node are bundled: what build.mjs and the tests of the bundled server share.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./steps.mjs";

const require = createRequire(import.meta.url);

/** @satisfies {import("esbuild").BuildOptions} */
export const nodeProcess = {
  absWorkingDir: root,
  bundle: true,
  alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
  tsconfig: join(root, "tsconfig.base.json"),
  platform: "node",
  format: "cjs",
  target: "node20",
  mainFields: ["module", "main"],
  // Bundles beside are required when they are needed: Node's loader of modules would first parse each for its exports.
  supported: { "dynamic-import": false },
  // The backends look for their files beside the module that they are in.
  define: { "import.meta.dirname": "__dirname" },
};

/** Dynamic imports that load the bundle beside, so that nobody pays for it at start. */
const bundlesBeside = new Map([
  ["#engine/targets/configurations.ts", "./targets.cjs"],
  ["#engine/targets/sources.ts", "./sources.cjs"],
  ["#engine/project/project.ts", "./project.cjs"],
  ["./manifestReading.ts", "./reading.cjs"],
  ["../manifestReading.ts", "./reading.cjs"],
  ["#engine/manifest/parquet/library.ts", "./parquet.cjs"],
  ["./languageLibrary.ts", "./languageLibrary.cjs"],
  ["./run.ts", "./cliTraining.cjs"],
  ["../measure.ts", "./cliTraining.cjs"],
  ["../lossOption.ts", "./cliTraining.cjs"],
]);
/** @type {import("esbuild").Plugin} */
export const lazyBundles = {
  name: "lazy-bundles",
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      const bundle = kind === "dynamic-import" ? bundlesBeside.get(path) : undefined;
      return bundle && { path: bundle, external: true };
    });
  },
};

/**
 * Keeps the YAML library in a bundle of its own, which all processes share and which is loaded where there is YAML.
 *
 * @type {import("esbuild").Plugin}
 */
export const yamlBeside = {
  name: "yaml-beside",
  setup({ onResolve }) {
    onResolve({ filter: /^yaml$/ }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./yaml.cjs", external: true },
    );
  },
};

/** What is imported by many files, with the names that it exports. */
const packages = new Map([
  ["vscode", namesOfEditor()],
  ["vscode-languageserver", Object.keys(require("vscode-languageserver"))],
]);

/**
 * Takes packages in CommonJS that many files import apart once. By itself esbuild copies all exports of such a package
 * for every file that imports it, each behind a function of its own: 8 MB of an idle server, and much of its start.
 *
 * @type {import("esbuild").Plugin}
 */
export const oneCopy = {
  name: "one-copy",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode(-languageserver)?$/ }, ({ path, kind }) =>
      // A call of require, as in the module below, is for the package itself.
      kind === "import-statement" ? { path, namespace: "one-copy", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "one-copy" }, ({ path }) => ({
      contents: asModule(path, packages.get(path)),
      resolveDir: import.meta.dirname,
    }));
  },
};

function asModule(name, exported) {
  const names = exported.map((each) => `export const ${each} = /* @__PURE__ */ take("${each}");`);
  return `const all = require("${name}");\nconst take = (name) => all[name];\n${names.join("\n")}\n`;
}

/** The editor is there only where the bundle runs; its types tell what it exports. */
function namesOfEditor() {
  const types = readFileSync(require.resolve("@types/vscode/index.d.ts"), "utf8");
  const exported = /^\texport (?:namespace|(?:abstract )?class|enum|const|function) (\w+)/gm;
  return [...new Set([...types.matchAll(exported)].map(([, name]) => name))];
}

/**
 * Writes a bundle with escapes in place of what is not ASCII, which esbuild leaves in tagged templates: Node reads and
 * parses such a file in half the time.
 */
export function asciiOnly(file) {
  const text = readFileSync(file, "utf8");
  const escaped = text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (escaped !== text) writeFileSync(file, escaped);
}
