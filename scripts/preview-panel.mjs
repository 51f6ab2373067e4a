// Pictures of the Loss Lab panel outside the editor, from a recorded comparison:
//   node scripts/preview-panel.mjs [--themes themes.css] [--out folder] [name ...]
// or from the newest experiment on a manifest, as it lies in the runs of a folder:
//   node scripts/preview-panel.mjs --experiment train.txt [--folder .] [--out folder]
// With --axe it tells what breaks WCAG 2.2 AA on each. Without --themes the colours are VS Code's defaults for dark and light.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { browserInstallation, root } from "./harness/index.mjs";

const { values, positionals } = parseArgs({
  options: {
    themes: { type: "string" },
    out: { type: "string" },
    experiment: { type: "string" },
    folder: { type: "string" },
    axe: { type: "boolean" },
  },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "equipoise-panel-"));
const out = values.out ?? folder;
mkdirSync(out, { recursive: true });

// name: state of the panel, theme, width, tab
const pictures = {
  "winner-wide-dark": ["winner", "dark", 1200],
  "winner-middle-light": ["winner", "light", 1000],
  "no-winner-wide-light": ["noWinner", "light", 1200],
  "winner-wide-high-contrast": ["winner", "hc", 1200],
  "winner-wide-high-contrast-light": ["winner", "hc-light", 1200],
  "winner-narrow-dark": ["winner", "dark", 480],
  "winner-narrow-high-contrast": ["winner", "hc", 480],
  "confusion-wide-dark": ["winner", "dark", 1200, "Confusion"],
  "recall-narrow-light": ["winner", "light", 480, "Recall"],
  "winner-tiny-light": ["winner", "light", 340],
  "running-narrow-light": ["running", "light", 480],
  "running-wide-dark": ["running", "dark", 1200],
  "ready-wide-light": ["ready", "light", 1200],
  "ready-narrow-dark": ["ready", "dark", 480],
  "restricted-narrow-dark": ["restricted", "dark", 480],
  "empty-narrow-dark": ["empty", "dark", 480],
  "loading-narrow-dark": ["loading", "dark", 480],
  "stopped-narrow-dark": ["stopped", "dark", 480],
  "failed-narrow-dark": ["failed", "dark", 480],
  "one-seed-narrow-light": ["oneSeed", "light", 480],
  "many-wide-dark": ["many", "dark", 1200],
  "many-ready-wide-light": ["manyReady", "light", 1200],
  "many-narrow-light": ["many", "light", 480],
  "recording-wide-dark": ["recording", "dark", 1200],
  "recording-narrow-light": ["recording", "light", 480],
  "figures-wide-light": ["figures", "light", 1200],
  "figures-narrow-dark": ["figures", "dark", 480],
  "silent-narrow-dark": ["silent", "dark", 480],
  "adjusting-wide-dark": ["adjusting", "dark", 1200],
  "adjusting-narrow-light": ["adjusting", "light", 480],
  "measuring-narrow-dark": ["measuring", "dark", 480],
  "measured-wide-light": ["measured", "light", 1200],
  "measured-narrow-dark": ["measured", "dark", 480],
  "measured-beside-wide-dark": ["measuredBeside", "dark", 1200],
  "earlier-wide-dark": ["earlier", "dark", 1200],
  "earlier-narrow-light": ["earlier", "light", 480],
  "earlier-wide-high-contrast": ["earlier", "hc", 1200],
  "names-wide-dark": ["names", "dark", 1200],
};

const { executable, env } = await browserInstallation();
const browser = await chromium.launch({
  executablePath: executable,
  env: { ...process.env, ...env },
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});
try {
  await bundle();
  const given = values.experiment ? await storedSnapshot(values.experiment) : undefined;
  if (given) {
    await picture("loss-lab", "given", "dark", 1200, undefined, given);
    await picture("loss-lab-light", "given", "light", 1200, undefined, given);
  } else
    for (const [name, settings] of Object.entries(pictures)) {
      if (positionals.length === 0 || positionals.includes(name)) await picture(name, ...settings);
    }
} finally {
  await browser.close();
  if (values.out) rmSync(folder, { recursive: true });
}

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: { webview: "webview/main.ts", messages: "test/webview/fixtures/messages.ts" },
    bundle: true,
    format: "iife",
    outdir: folder,
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
    logLevel: "warning",
  });
  writeFileSync(join(folder, "themes.css"), values.themes ? readFileSync(values.themes) : defaultColours());
}

async function picture(name, state, theme, width, tab, snapshot) {
  const page = await browser.newPage({ viewport: { width, height: 300 } });
  page.on("console", (message) => {
    // axe reads the style sheets once more, which the policy forbids.
    const isAxe = values.axe && message.text().startsWith("Connecting to");
    if (message.type() === "error" && !isAxe) console.log(`${name}: ${message.text()}`);
  });
  page.on("pageerror", (problem) => console.log(`${name}: ${problem.stack}`));
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html(state, theme));
  await page.goto(pathToFileURL(file).href);
  if (snapshot) {
    await page.evaluate((sent) => window.postMessage({ kind: "snapshot", snapshot: sent }, "*"), snapshot);
  }
  await page.waitForTimeout(700);
  if (tab) await page.getByRole("tab", { name: tab }).click();
  if (tab) await page.waitForTimeout(300);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) console.log(`${name}: scrolls sideways by ${wide} px`);
  if (values.axe) for (const line of await violations(page)) console.log(`${name}: ${line}`);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  await page.close();
  console.log(join(out, `${name}.png`));
}

async function violations(page) {
  await page.evaluate(readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}

// What the extension would send: advice from the manifest, and the experiment from disk.
async function storedSnapshot(path) {
  const manifest = resolve(path);
  const entry = join(folder, "engine.cjs");
  await build({
    stdin: {
      contents: `export { latestExperiment } from "./engine/training/stored.ts";
        export { proposeExperiment } from "./engine/training/proposal.ts";
        export { analyse } from "./engine/analysis.ts";
        export { fileSource } from "./engine/manifest/source.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: entry,
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
    mainFields: ["module", "main"],
    external: ["@tensorflow/tfjs-node", "sharp"],
    logLevel: "error",
  });
  const { latestExperiment, proposeExperiment, analyse, fileSource } = createRequire(import.meta.url)(entry);
  const home = resolve(values.folder ?? dirname(manifest));
  const experiment = await latestExperiment(home, manifest);
  if (!experiment)
    throw new Error(`No experiment on ${manifest} was found. Give the folder that holds .equipoise.`);
  const { format, views, findings, recommendation } = await analyse(fileSource(manifest), {});
  const dataset = { manifest, name: basename(manifest), format, view: views[0], findings, recommendation };
  const proposal = await proposeExperiment({ manifest, folder: home });
  return { dataset, manifests: [], proposal, experiment, trusted: true };
}

// The same content security policy as in the editor: no inline style, no inline script.
function html(state, theme) {
  const kinds = { dark: "vscode-dark", light: "vscode-light", hc: "vscode-high-contrast" };
  const kind = kinds[theme] ?? "vscode-high-contrast vscode-high-contrast-light";
  return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>Loss Lab</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src file:; script-src file:">
<link rel="stylesheet" href="themes.css"><link rel="stylesheet" href="webview.css"></head>
<body class="${kind}" data-preview="${state}"><main id="app"></main>
<script src="messages.js"></script><script src="webview.js"></script></body></html>`;
}

function defaultColours() {
  const theme = (
    name,
    foreground,
    background,
    border,
    blue,
    yellow,
    green,
    purple,
  ) => `html[data-theme="${name}"] {
    --vscode-font-family: system-ui, sans-serif; --vscode-font-weight: normal;
    --vscode-foreground: ${foreground}; --vscode-editor-background: ${background}; --vscode-panel-border: ${border};
    --vscode-input-background: ${background}; --vscode-input-border: ${border}; --vscode-dropdown-background: ${background};
    --vscode-focusBorder: ${blue}; --vscode-textLink-foreground: ${blue}; --vscode-button-background: ${blue};
    --vscode-button-foreground: ${background}; --vscode-progressBar-background: ${blue};
    --vscode-charts-blue: ${blue}; --vscode-charts-yellow: ${yellow}; --vscode-charts-green: ${green};
    --vscode-charts-purple: ${purple}; --vscode-editorWarning-foreground: ${yellow}; --vscode-editorError-foreground: #f14c4c; }`;
  return [
    theme("dark", "#cccccc", "#1f1f1f", "#2b2b2b", "#59a4f9", "#cca700", "#89d185", "#b180d7"),
    theme("light", "#3b3b3b", "#ffffff", "#e5e5e5", "#0063d3", "#bf8803", "#388a34", "#652d90"),
    theme("hc", "#ffffff", "#000000", "#6fc3df", "#59a4f9", "#ffd370", "#89d185", "#b180d7"),
    theme("hc-light", "#292929", "#ffffff", "#0f4a85", "#0063d3", "#895503", "#388a34", "#652d90"),
  ].join("\n");
}
