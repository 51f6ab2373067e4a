/** What a user sees of the Loss Lab. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { writeRecordedRun } from "../recordedRun.ts";
import { violations } from "./axe.ts";
import { manifest, project } from "./editor.ts";
import { lookingBackTests, measureTests, streamTests } from "./lossLab.ts";
import {
  closeEditors,
  colorTheme,
  command,
  openFile,
  painted,
  panel,
  type UiTest,
  until,
} from "./workbench.ts";

/** Every canvas on screen has ink. */
async function everyChartIsDrawn(page: Page): Promise<void> {
  const charts = panel(page).locator("canvas:visible");
  await charts.first().waitFor();
  const count = await charts.count();
  for (let index = 0; index < count; index++)
    await until(`chart ${index} of ${count}`, async () => (await painted(charts.nth(index))) > 0.001);
}

const colours = (page: Page): Promise<{ background: string; text: string }> =>
  panel(page)
    .locator("body")
    .evaluate((body) => {
      const { backgroundColor, color } = getComputedStyle(body);
      return { background: backgroundColor, text: color };
    });

export const panelTests: readonly UiTest[] = [
  {
    title: "The Loss Lab opens from the line above the manifest and shows advice and counts",
    async run(workbench) {
      const { page, picture } = workbench;
      // A short comparison, so that the tests see its end.
      writeFileSync(project(workbench), `manifest: ${manifest}\ntraining:\n  epochs: 12\n  seeds: 3\n`);
      await openFile(page, manifest);
      await page
        .locator(".codelens-decoration", { hasText: "imbalance factor 100" })
        .first()
        .locator("a")
        .first()
        .click();
      await panel(page).getByRole("region", { name: "Verdict" }).waitFor();
      await panel(page).getByRole("button", { name: "Run comparison" }).waitFor();
      await everyChartIsDrawn(page);
      await picture("5-panel-ready");
      await closeEditors(page);
    },
  },
  ...measureTests,
  {
    title: "A comparison runs live in the panel to its verdict",
    async run({ page, picture }) {
      await command(page, "Equipoise: Open Loss Lab");
      const lab = panel(page);
      await lab.getByRole("button", { name: "Run comparison" }).click();
      await lab.getByRole("progressbar").waitFor();
      await lab.getByRole("region", { name: "Runs", exact: true }).waitFor();
      await until("the first numbers", async () =>
        /\d+\.\d/.test(
          (await lab.getByRole("region", { name: "Runs", exact: true }).locator("tbody").textContent()) ?? "",
        ),
      );
      await picture("6-panel-running");
      await lab.getByRole("progressbar").waitFor({ state: "hidden", timeout: 240_000 });
      const verdict = lab.getByRole("region", { name: "Verdict" });
      await verdict
        .getByText(/wins|No winner|not beaten/)
        .first()
        .waitFor();
      await everyChartIsDrawn(page);
    },
  },
  {
    title: "The panel follows the theme: dark, light and high contrast",
    async run({ page, picture }) {
      const seen = new Set<string>();
      for (const [label, style, name] of [
        ["Dark Modern", "vscode-dark", "7-panel-dark"],
        ["Light Modern", "vscode-light", "8-panel-light"],
        ["Dark High Contrast", "vscode-high-contrast", "9-panel-high-contrast"],
      ] as const) {
        await colorTheme(page, label);
        await panel(page).locator(`body.${style}`).waitFor();
        await everyChartIsDrawn(page);
        const { background, text } = await colours(page);
        seen.add(`${background} ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 500)); // let the charts repaint before the picture
        await picture(name);
      }
      assert.equal(seen.size, 3, "each theme has colours of its own");
    },
  },
  {
    title: "The panel has no accessibility violation in any of these themes",
    async run({ page, axe }) {
      for (const label of ["Dark High Contrast", "Light Modern", "Dark Modern"]) {
        await colorTheme(page, label);
        await new Promise((resolve) => setTimeout(resolve, 500));
        assert.deepEqual(await violations(page, axe), [], label);
      }
    },
  },
  {
    title: "The panel comes back whole after it was hidden and after a reload of the window",
    async run({ page }) {
      const verdict = (): Promise<string | null> =>
        panel(page).getByRole("region", { name: "Verdict" }).textContent();
      const before = await verdict();
      await openFile(page, "LICENSES.md");
      await page.locator("iframe.webview.ready").waitFor({ state: "hidden" });
      await page.locator(".tab", { hasText: "Loss Lab" }).click();
      await until("the verdict after hiding", async () => (await verdict()) === before);
      await page.reload();
      await page.locator(".tab", { hasText: "Loss Lab" }).first().click();
      await until(
        "the verdict after the reload",
        async () => (await verdict().catch(() => null)) === before,
        60_000,
      );
      await everyChartIsDrawn(page);
    },
  },
  {
    title: "The trees list the datasets with their thirds and the runs with their accuracy",
    async run({ page, picture }) {
      await page.locator('.activitybar a[aria-label^="Equipoise"]').first().click();
      const row = (text: string | RegExp): Locator =>
        page.locator(".pane .monaco-list-row").filter({ hasText: text }).first();
      await row(/train_if100\.txt\s*imbalance 100/)
        .locator(".monaco-tl-twistie")
        .click();
      await row(/head\s*3 classes, 79\.0 %/).waitFor();
      await row(/train_if100\.txt\s*12 runs/).waitFor();
      await row(/Balanced softmax\s*\d\d\.\d %/).waitFor();
      await picture("10-trees");
      await page.keyboard.press("Control+Shift+E");
    },
  },
  {
    title: "Insert writes the winner into equipoise.yaml and says so",
    async run(workbench) {
      const { page, picture } = workbench;
      await panel(page)
        .getByRole("button", { name: /^Insert/ })
        .first()
        .click();
      await page.locator(".notification-toast", { hasText: "Inserted into equipoise.yaml." }).waitFor();
      await until("the loss to be saved", async () =>
        /^loss:\n {2}id: /m.test(readFileSync(project(workbench), "utf8")),
      );
      await picture("11-inserted-from-panel");
    },
  },
  ...lookingBackTests,
  ...streamTests,
  {
    title: "A run of another program with many classes shows up live as a map that keys can read",
    async run(workbench) {
      const { page, folder, picture, axe } = workbench;
      await closeEditors(page);
      const counts = Array.from({ length: 60 }, (_, index) => Math.round(600 * 0.93 ** index));
      const lines = counts.flatMap((count, label) =>
        Array.from({ length: count }, (_, image) => `images/${label}/${image}.jpg ${label}`),
      );
      mkdirSync(join(folder, "many"), { recursive: true });
      writeFileSync(join(folder, "many", "train.txt"), `${lines.join("\n")}\n`);
      await openFile(page, "many/train.txt");
      await page.locator(".codelens-decoration a", { hasText: "60 classes" }).first().click();
      const lab = panel(page);
      await lab.getByRole("region", { name: "Verdict" }).waitFor();
      const run = writeRecordedRun(folder, "20261130-120000-other", {
        loss: "HingeLoss",
        classes: counts.map((_, label) => String(label)),
        counts,
      });
      for (let step = 1; step <= 300; step++)
        run.report(step, Math.ceil(step / 100), step % 100 ? undefined : 0.25);
      await lab.getByText("Recording.").first().waitFor();
      const map = lab.getByRole("group", { name: /^Gradient ratio of all classes by step/ });
      await map.waitFor();
      await lab.getByText(/Step 300, epoch 3/).waitFor();
      run.report(301, 4);
      await lab.getByText(/Step 301, epoch 4/).waitFor();
      await map.focus();
      for (const key of ["ArrowRight", "Control+ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
      await lab.getByText(/^Class 21 of 60, 20, 141 images, step \d+: hingeLoss \d+/i).waitFor();
      await everyChartIsDrawn(page);
      await picture("12-map-live");
      for (const [label, name] of [
        ["Dark High Contrast", "13-map-high-contrast"],
        ["Light Modern", "14-map-light"],
        ["Dark Modern", undefined],
      ] as const) {
        await colorTheme(page, label);
        await new Promise((resolve) => setTimeout(resolve, 500)); // let the charts repaint before the picture
        assert.deepEqual(await violations(page, axe), [], label);
        if (name) await picture(name);
      }
      run.state({ kind: "finished", accuracy: 0.25, balancedAccuracy: 0.25 });
      await lab.getByText("Recorded.").first().waitFor();
    },
  },
  {
    title: "The package trains on images too, decoded by what it brings along",
    async run({ page }) {
      await closeEditors(page);
      await openFile(page, "cifar10-lt-images/train_if20.txt");
      await page.locator(".codelens-decoration a", { hasText: "Compare losses" }).first().click();
      const runs = panel(page).getByRole("region", { name: "Runs", exact: true }).locator("tbody");
      await until("the first numbers", async () => /\d+\.\d/.test((await runs.textContent()) ?? ""), 120_000);
      await command(page, "Equipoise: Stop Training");
      await panel(page).getByRole("progressbar").waitFor({ state: "hidden" });
    },
  },
];
