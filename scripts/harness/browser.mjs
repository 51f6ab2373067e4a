// Starts the browser that drives the workbench.
import { chromium } from "playwright-core";
import { browserInstallation } from "./browserInstallation.mjs";

export { findBrowser } from "./browserInstallation.mjs";

/**
 * A headless browser and one context of it. It reaches 127.0.0.1 and nothing else, which proves that nothing of
 * ours needs the network.
 */
export async function startBrowser({
  viewport = { width: 1280, height: 800 },
  reducedMotion = "reduce",
} = {}) {
  const { executable, env } = await browserInstallation();
  const browser = await chromium.launch({
    executablePath: executable,
    env: { ...process.env, ...env },
    headless: true,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ],
  });
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1, reducedMotion });
  context.setDefaultTimeout(30_000);
  // The workbench is large, and the machine may have other work.
  context.setDefaultNavigationTimeout(120_000);
  return { browser, context };
}
