// Runs test/vscode inside the extension host of a real VS Code server.
// node scripts/test-vscode.mjs [--no-build]; EQUIPOISE_GREP filters, EQUIPOISE_VERBOSE=1 shows the server's log.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitOnSignals, root, startBrowser, startServer, testSettings } from "./harness/index.mjs";
import { bundleSuite, judge } from "./harness/suite.mjs";
import { afterSecondTry } from "./harness/verdict.mjs";
import { run } from "./steps.mjs";

const limit = Number(process.env.EQUIPOISE_TIMEOUT_MS ?? 420_000);

exitOnSignals();
if (!process.argv.includes("--no-build")) {
  const { code } = await run(process.execPath, ["scripts/build.mjs"]);
  if (code !== 0) process.exit(code);
}
const suite = await bundleSuite();
const reportFolder = mkdtempSync(join(tmpdir(), "equipoise-report-"));
const report = join(reportFolder, "report.json");
const verdict = { passed: 0, failed: 0 };
try {
  for (const restricted of [false, true]) {
    const { passed, failed } = await withSecondTry(restricted);
    verdict.passed += passed;
    verdict.failed += failed;
    if (process.env.EQUIPOISE_GREP) break;
  }
} finally {
  rmSync(reportFolder, { recursive: true, force: true });
}
console.log(`\n${verdict.passed} passed, ${verdict.failed} failed`);
process.exit(verdict.failed > 0 ? 1 : 0);

/**
 * A mistake of ours fails twice; a VS Code on a crowded machine now and then misses a deadline once. Files with a failed
 * test run again, alone in another workbench, and the output says so; more than two of them are no accident.
 */
async function withSecondTry(restricted) {
  const first = await runSuite(restricted);
  if (first.failed === 0 || first.failedFiles.length === 0 || first.failedFiles.length > 2) return first;
  console.log(`\n!! SECOND TRY: ${first.failed} failed; again, alone: ${first.failedFiles.join(", ")}`);
  const second = await runSuite(restricted, first.failedFiles);
  if (second.failed === 0) console.log(`!! PASSED ON THE SECOND TRY: ${first.failedFiles.join(", ")}\n`);
  return afterSecondTry(first, second);
}

/** In a trusted workspace, or in Restricted Mode with the few tests that are about it. */
async function runSuite(restricted, files = []) {
  rmSync(report, { force: true });
  const trustSettings = {
    "security.workspace.trust.enabled": true,
    "security.workspace.trust.startupPrompt": "never",
  };
  const { browser, context } = await startBrowser();
  const server = await startServer({
    workspace: join(root, "samples"),
    copy: true,
    smokeTestDriver: true,
    trust: !restricted,
    // The second run is in a workspace of two folders, the second with settings of its own.
    ...(restricted && { beside: secondFolder() }),
    settings: restricted ? { ...testSettings, ...trustSettings } : testSettings,
    env: {
      EQUIPOISE_REPORT: report,
      EQUIPOISE_GREP: process.env.EQUIPOISE_GREP ?? "",
      EQUIPOISE_FILES: files.join(","),
      EQUIPOISE_RESTRICTED: restricted ? "1" : "",
    },
  });
  let failed = true;
  try {
    const page = await context.newPage();
    const exitCode = await runInWorkbench(server, page);
    const verdict = judge(exitCode, report, limit);
    failed = verdict.failed > 0;
    if (failed) {
      await page.screenshot({ path: join(root, "test", "ui", "failed-in-vscode.png") }).catch(() => {});
      console.log(server.log().slice(-4000));
    }
    return verdict;
  } finally {
    await browser.close().catch(() => {});
    await server.stop({ keep: failed });
    if (failed) console.log(`Kept for inspection: ${server.dir}`);
  }
}

function secondFolder() {
  const lines = Array.from({ length: 202 }, (_, i) => `images/${i}.jpg ${i < 200 ? "cat" : "dog"}`);
  return {
    "train.txt": `${lines.join("\n")}\n`,
    ".vscode/settings.json": JSON.stringify({ "equipoise.rules": { "imbalance/high": "off" } }),
  };
}

/** The exit code of the extension host, or "timeout". */
async function runInWorkbench(server, page) {
  // The page must have these functions before it loads.
  const ended = new Promise((resolve) => void page.exposeFunction("codeAutomationExit", resolve));
  await page.exposeFunction("codeAutomationLog", () => {});
  page.on("console", (message) => {
    const line = /MEASURED (\{.*?\})/.exec(message.text())?.[1];
    if (line) console.log(`measured: ${line}`);
  });
  const address = server.url([
    ["extensionDevelopmentPath", server.remoteUri(root)],
    ["extensionTestsPath", server.remoteUri(suite)],
    ["skipWelcome", "true"],
  ]);
  await page.goto(address, { timeout: 120_000 });
  return Promise.race([ended, new Promise((resolve) => setTimeout(resolve, limit, "timeout"))]);
}
