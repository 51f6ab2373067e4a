// The Loss Lab panel with 1,203 classes by 10,000 steps in a real browser, drawn in software:
//   node bench/panel.mjs [--classes 1203] [--steps 10000] [--losses 2] [--seconds 20] [--json] [--profile]
// First paint after the data and the last chart's, frames while the pointer moves over the map, and ten updates a second with the memory before
// and after. An hour of updates: --seconds 3600.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { browserInstallation, root } from "../scripts/harness/index.mjs";

const { values } = parseArgs({
  options: {
    classes: { type: "string", default: "1203" },
    steps: { type: "string", default: "10000" },
    losses: { type: "string", default: "2" },
    seconds: { type: "string", default: "20" },
    json: { type: "boolean" },
    profile: { type: "boolean" },
  },
});
const size = { classes: Number(values.classes), steps: Number(values.steps), losses: Number(values.losses) };
const updatesPerSecond = 10;

const folder = mkdtempSync(join(tmpdir(), "equipoise-bench-panel-"));
const { executable, env } = await browserInstallation();
const browser = await chromium.launch({
  executablePath: executable,
  env: { ...process.env, ...env },
  args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
});
try {
  await bundle();
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.on("pageerror", (problem) => console.error(problem.stack));
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  const devtools = await page.context().newCDPSession(page);
  // The processor's time of the page alone: on a loaded machine the clock on the wall measures the others.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const result = {
    ...size,
    ...(await paints(page, devtools)),
    ...(await frames(page, devtools)),
    ...(await live(page, devtools)),
  };
  if (values.json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(24)} ${value}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** The panel as it ships, and the other end of its messages. */
async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: { webview: "webview/main.ts", host: "bench/panelHost.ts" },
    bundle: true,
    minify: !values.profile,
    format: "iife",
    outdir: folder,
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
    logLevel: "warning",
  });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="webview.css">
<style>:root { --vscode-foreground: #ccc; --vscode-editor-background: #1f1f1f; --vscode-charts-blue: #59a4f9;
--vscode-charts-yellow: #cca700; --vscode-panel-border: #2b2b2b; }</style>
<body class="vscode-dark"><main id="app"></main><script src="host.js"></script><script src="webview.js"></script>`,
  );
}

/** Milliseconds from the snapshot's arrival to the frame that shows it, and to that with all charts: first, then with warm code. */
async function paints(page, devtools) {
  const paint = async () => {
    await page.evaluate((size) => host.prepare(size), size);
    const before = await processor(devtools);
    const first = await page.evaluate(() => host.paint());
    const between = await processor(devtools);
    const charts = await page.evaluate(() => host.charts());
    const after = await processor(devtools);
    return { first, charts, firstProcessor: between - before, chartsProcessor: after - before };
  };
  const first = await profiled(devtools, "first paint", paint);
  const warm = [];
  for (let run = 0; run < 5; run++) warm.push(await paint());
  const then = (name) => round(median(warm.map((one) => one[name])));
  return {
    firstPaintMs: `${round(first.first)}, then ${then("first")}`,
    firstPaintProcessorMs: `${round(first.firstProcessor)}, then ${then("firstProcessor")}`,
    allChartsMs: `${round(first.charts)}, then ${then("charts")}`,
    allChartsProcessorMs: `${round(first.chartsProcessor)}, then ${then("chartsProcessor")}`,
    heapWithAllStepsMB: round(await heap(devtools)),
  };
}

/** Frames while the pointer crosses the map, and while the step slider moves. */
async function frames(page, devtools) {
  const pointer = await profiled(devtools, "pointer", () =>
    perFrame(devtools, () => page.evaluate(() => host.pointer(3000))),
  );
  const slider = await profiled(devtools, "slider", () =>
    perFrame(devtools, () => page.evaluate(() => host.slider(3000))),
  );
  return {
    pointerProcessorMs: round(pointer.processor),
    sliderProcessorMs: round(slider.processor),
    pointerFramesPerSecond: round(1000 / median(pointer.gaps)),
    pointerWorkMs: `${round(median(pointer.work))} (${spread(pointer.work)})`,
    sliderFramesPerSecond: round(1000 / median(slider.gaps)),
    sliderWorkMs: `${round(median(slider.work))} (${spread(slider.work)})`,
  };
}

/** A run from its first step, ten updates a second. */
async function live(page, devtools) {
  const seconds = Number(values.seconds);
  await page.evaluate((size) => host.begin(size), size);
  const before = await heap(devtools);
  const work = [];
  const heaps = [];
  const total = seconds * updatesPerSecond;
  const begun = await processor(devtools);
  // A page that cannot keep up is sent fewer, not for longer.
  let done = 0;
  const start = performance.now();
  const share = () => Math.max(done / total, (performance.now() - start) / (1000 * seconds));
  while (share() < 1) {
    const part = Math.min(total - done, 600);
    work.push(
      ...(await page.evaluate(([from, to, all]) => host.live(from, to, all), [done, done + part, total])),
    );
    done += part;
    const sixths = Math.min(6, Math.floor(6 * share()));
    while (heaps.length < sixths) heaps.push(await heap(devtools));
  }
  const spent = (await processor(devtools)) - begun;
  return {
    updates: done,
    updateProcessorMs: round(spent / done),
    updateWorkMs: `${round(median(work))} (${spread(work)})`,
    heapBeforeMB: round(before),
    heapBySixthsMB: heaps.map(round).join(", "),
  };
}

/** What frames report, and the processor's time of the page for each. */
async function perFrame(devtools, act) {
  const before = await processor(devtools);
  const measured = await act();
  const spent = (await processor(devtools)) - before;
  return { ...measured, processor: spent / measured.work.length };
}

async function processor(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}

/** Live bytes after a collection: JavaScript's and those of typed arrays. */
async function heap(devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
  return (usedSize + backingStorageSize) / 1e6;
}

/** The functions that took most of the time, themselves without what they called. */
async function profiled(devtools, name, act) {
  if (!values.profile) return act();
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.start");
  const result = await act();
  const { profile } = await devtools.send("Profiler.stop");
  const times = new Map();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  profile.samples.forEach((id, index) => {
    const { functionName, lineNumber, url } = nodes.get(id);
    const place = `${functionName || "(anonymous)"} ${url.split("/").at(-1)}:${lineNumber + 1}`;
    times.set(place, (times.get(place) ?? 0) + profile.timeDeltas[index] / 1000);
  });
  const top = [...times].sort(([, a], [, b]) => b - a).slice(0, 14);
  console.log(`${name}:\n${top.map(([place, time]) => `  ${round(time)} ms  ${place}`).join("\n")}`);
  return result;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return `${round(sorted[0])} to ${round(sorted[Math.floor(sorted.length * 0.99)])}`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
