// Packs the .vsix, installs it in a VS Code server, and drives the workbench with a browser: node scripts/test-ui.mjs
// [--vsix FILE] [--only PATTERN] [--keep-pictures]. Pictures go to test/ui/latest; --keep-pictures also writes them, with
// fewer colours, to test/ui/screenshots, which is in the repository.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { exitOnSignals, root, startBrowser, startServer, testSettings } from "./harness/index.mjs";
import { run } from "./steps.mjs";

const { values } = parseArgs({
  options: { vsix: { type: "string" }, only: { type: "string" }, "keep-pictures": { type: "boolean" } },
});
const pictures = join(root, "test", "ui", "latest");
const vsix = values.vsix ?? (await packed());
const tests = (await loadTests()).filter(({ title }) => new RegExp(values.only ?? "").test(title));

exitOnSignals();
let passed = 0;
let failed = 0;
let skipped = 0;
const python = process.env.EQUIPOISE_PYTHON;
rmSync(join(root, ".cache", "test-ui", "home"), { recursive: true, force: true });
const { browser, context } = await startBrowser({ viewport: { width: 1440, height: 900 } });
const server = await startServer({
  workspace: join(root, "samples"),
  copy: true,
  vsix: [vsix],
  settings: { ...testSettings, "workbench.colorTheme": "Dark Modern", "editor.minimap.enabled": false },
  env: {
    // Set-ups of tests touch nothing of the user's, and nothing is downloaded.
    EQUIPOISE_HOME: join(root, ".cache", "test-ui", "home"),
    TFJS_NODE_BASE_URI: "http://127.0.0.1:9/libtensorflow-",
    // Runs of tests last seconds, and one that is cut off is to have a checkpoint.
    EQUIPOISE_CHECKPOINT_SECONDS: "0.3",
    ...(python && { VIRTUAL_ENV: join(python, "..", "..") }),
  },
});
try {
  const page = await context.newPage();
  const workbench = {
    page,
    folder: server.workspace,
    extension: installed(join(server.dir, "extensions")),
    pictures,
    axe: join(root, "node_modules", "axe-core", "axe.min.js"),
    picture: (name) => takePicture(page, name),
    skip: (reason) => {
      skipped++;
      console.log(`SKIPPED: ${reason}`);
    },
  };
  mkdirSync(pictures, { recursive: true });
  await page.goto(server.address, { timeout: 120_000 });
  await page.locator(".monaco-workbench .statusbar").waitFor();
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "cifar10-lt" }).first().waitFor();
  for (const test of tests) await runTest(test, workbench);
} catch (problem) {
  failed++;
  console.log(`FAIL the workbench: ${problem.stack}`);
} finally {
  await browser.close().catch(() => {});
  await server.stop({ keep: failed > 0 });
  if (failed > 0) console.log(`${server.log().slice(-2000)}\nKept for inspection: ${server.dir}`);
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runTest({ title, run: body }, workbench) {
  const [started, skippedBefore] = [performance.now(), skipped];
  try {
    await body(workbench);
    if (skipped > skippedBefore) return;
    passed++;
    console.log(`ok   ${title} (${Math.round(performance.now() - started)} ms)`);
  } catch (problem) {
    failed++;
    console.log(`FAIL ${title}\n${problem.stack}`);
    const name = `failed-${title.toLowerCase().replace(/\W+/g, "-").slice(0, 50)}.png`;
    await workbench.page.screenshot({ path: join(root, "test", "ui", name) }).catch(() => {});
  }
}

async function takePicture(page, name) {
  const picture = await page.screenshot({ path: join(pictures, `${name}.png`) });
  if (!values["keep-pictures"]) return;
  const { default: sharp } = await import("sharp");
  const kept = join(root, "test", "ui", "screenshots");
  mkdirSync(kept, { recursive: true });
  await sharp(picture)
    .png({ palette: true, colours: 64 })
    .toFile(join(kept, `${name}.png`));
}

/** The folder that the editor has unpacked the package to. */
function installed(extensions) {
  const name = readdirSync(extensions).find((each) => each.startsWith("equipoise.equipoise-"));
  if (!name) throw new Error("The package is not installed.");
  return join(extensions, name);
}

async function packed() {
  const file = join(root, ".cache", "test-ui", "equipoise.vsix");
  mkdirSync(join(root, ".cache", "test-ui"), { recursive: true });
  const { code } = await run(process.execPath, ["scripts/package.mjs", "--out", file]);
  if (code !== 0) process.exit(code);
  return file;
}

async function loadTests() {
  const outfile = join(root, ".cache", "test-ui", "tests.mjs");
  rmSync(outfile, { force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["test/ui/tests.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "warning",
  });
  return (await import(pathToFileURL(outfile).href)).tests;
}
