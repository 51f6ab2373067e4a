/** What a user does in the Loss Lab beyond one comparison: measures, looks back, sets side by side, adjusts, exports. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { violations } from "./axe.ts";
import { manifest } from "./editor.ts";
import {
  closeEditors,
  colorTheme,
  command,
  inFolder,
  openFile,
  panel,
  type UiTest,
  until,
} from "./workbench.ts";

const region = (page: Page, name: string): Locator => panel(page).getByRole("region", { name, exact: true });

/** Slow machines take a while for what trains. */
const patience = 240_000;

/** Before any comparison: the panel is open on the sample, with advice from its counts. */
export const measureTests: readonly UiTest[] = [
  {
    title: "Measure tries losses with progress, can be stopped, and offers its choice",
    async run({ page, picture }) {
      await command(page, "Equipoise: Open Loss Lab");
      const lab = panel(page);
      const measure = lab.getByRole("button", { name: "Measure for 60 s" }).first();
      await measure.click();
      await lab.getByText("Measuring.").first().waitFor();
      await lab.getByRole("progressbar").waitFor();
      await picture("16-measuring");
      await lab.getByRole("button", { name: "Stop" }).first().click();
      await lab.getByRole("button", { name: "Run comparison" }).first().waitFor();

      await measure.click();
      const advice = region(page, "Measured advice");
      await advice.waitFor({ timeout: patience });
      await advice.getByText("taken", { exact: true }).waitFor();
      await picture("17-measured");
      // What Insert writes is held to the evidence in the suite inside the editor.
      await region(page, "Verdict")
        .getByRole("button", { name: /^Insert/ })
        .waitFor();
      await closeEditors(page);
    },
  },
];

/** After a comparison has come to its verdict. */
export const lookingBackTests: readonly UiTest[] = [
  {
    title: "Logits adjusted after training show recall by group at the slider's tau",
    async run({ page, picture }) {
      await command(page, "Equipoise: Open Loss Lab");
      const adjustment = region(page, "Logit adjustment after training");
      await adjustment.getByRole("button", { name: "Preview" }).click();
      const tau = adjustment.getByRole("slider", { name: "Tau" });
      await tau.waitFor();
      const tail = (): Promise<string | null> => adjustment.locator("tr", { hasText: "tail" }).textContent();
      const before = await tail();
      await tau.focus();
      for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowRight");
      await until("another recall in the tail", async () => (await tail()) !== before);
      await adjustment.scrollIntoViewIfNeeded();
      await picture("18-adjusted");
      await adjustment.getByRole("button", { name: "Hide" }).click();
    },
  },
  {
    title: "A chart is saved as a drawing that says what the chart says",
    async run(workbench) {
      const { page } = workbench;
      const lab = panel(page);
      await lab.getByRole("button", { name: "More on Gradient ratio by step" }).click();
      await lab.getByRole("menuitem", { name: "Save drawing (SVG)" }).click();
      const file = inFolder(workbench, "gradient-ratio-by-step.svg");
      await page.locator(".quick-input-widget input[type=text]").first().waitFor();
      await page.keyboard.press("Enter");
      await until(
        "the drawing",
        async () => existsSync(file) && readFileSync(file, "utf8").includes("</svg>"),
      );
      const drawing = readFileSync(file, "utf8");
      assert.match(drawing, /<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      assert.ok(!/<image| d="[^"]*(?:NaN|undefined)/.test(drawing), "lines and words, not a picture");
      assert.ok((drawing.match(/<path /g) ?? []).length >= 4, "a line for each loss, and the grid");
      assert.match(drawing, />100</, "the numbers of the axis are text");
    },
  },
  {
    title: "Run again makes a second comparison; the first opens, stands beside it, is named and deleted",
    async run({ page, picture, axe }) {
      const lab = panel(page);
      const experiment = region(page, "Experiment");
      // Where the panel is narrow the experiment is one line.
      const edit = lab.getByRole("button", { name: "Edit", exact: true });
      if (await edit.isVisible()) await edit.click();
      await experiment.getByLabel("Seeds").selectOption("1");
      await experiment.getByRole("button", { name: "Run again" }).click();
      await lab.getByText("No verdict from 1 seed.").first().waitFor({ timeout: patience });
      await lab.getByRole("button", { name: "Comparisons: 2" }).click();
      const list = region(page, "Comparisons");
      const rows = list.locator("tbody tr");
      assert.equal(await rows.count(), 2);
      await rows.nth(1).getByRole("checkbox").check();
      await region(page, "Side by side").waitFor();
      await picture("19-side-by-side");
      for (const label of ["Dark High Contrast", "Light Modern", "Dark Modern"]) {
        await colorTheme(page, label);
        assert.deepEqual(await violations(page, axe), [], label);
      }

      const act = async (row: number, name: string): Promise<void> => {
        await rows
          .nth(row)
          .getByRole("button", { name: /^Actions on/ })
          .click();
        await lab.getByRole("menuitem", { name }).click();
      };
      await act(1, "Rename");
      await page.locator(".quick-input-widget input[type=text]").first().fill("three seeds");
      await page.keyboard.press("Enter");
      await rows.nth(1).getByRole("button", { name: "Open three seeds" }).click();
      await lab.getByRole("button", { name: "Back to the newest" }).waitFor();
      await picture("20-earlier-comparison");
      await lab.getByRole("button", { name: "Back to the newest" }).click();
      await lab.getByText("No verdict from 1 seed.").first().waitFor();
      await act(0, "Delete");
      await page.locator(".monaco-dialog-box").getByRole("button", { name: "Delete" }).click();
      await until("the other one alone", async () => (await rows.count()) === 1);
      await lab.getByRole("button", { name: "Comparisons: 1" }).click();
    },
  },
];

/** The training script of the samples, recorded by the code action and run: its gradient ratios arrive while it trains. */
export const streamTests: readonly UiTest[] = [
  {
    title: "A PyTorch script that records its gradient ratios shows up live in the panel",
    async run(workbench) {
      const { page, picture } = workbench;
      const python = process.env["EQUIPOISE_PYTHON"] ?? "python3";
      try {
        execFileSync(python, ["-W", "ignore", "-c", "import torch, numpy"], { stdio: "ignore" });
      } catch {
        console.log(
          `Skipped: the PyTorch script was not run, as ${python} has no torch. Name another in EQUIPOISE_PYTHON.`,
        );
        return;
      }
      await closeEditors(page);
      await openFile(page, manifest);
      await page
        .locator(".codelens-decoration", { hasText: "imbalance factor 100" })
        .first()
        .locator("a")
        .first()
        .click();
      await region(page, "Verdict").waitFor();
      await openFile(page, "pytorch/train.py");
      await command(page, "Equipoise: Record Gradient Ratios");
      await page.locator(".view-line", { hasText: "RecordedLoss" }).first().waitFor();
      await page.keyboard.press("Control+S");
      const script = inFolder(workbench, "pytorch", "train.py");
      await until("the saved script", async () => readFileSync(script, "utf8").includes("RecordedLoss("));
      await page.locator(".tab", { hasText: "Loss Lab" }).first().click();
      const before = new Set(readdirSync(inFolder(workbench, ".equipoise", "runs")));
      const training = spawn(python, ["-W", "ignore", script, "--epochs", "40"], { stdio: "ignore" });
      try {
        await panel(page).getByText("Recording.").first().waitFor({ timeout: patience });
        await until("steps to come", async () =>
          /Step [\d,]+, epoch ([2-9]|\d\d)/.test((await region(page, "Verdict").textContent()) ?? ""),
        );
        await picture("21-pytorch-live");
        await panel(page).getByText("Recorded.").first().waitFor({ timeout: patience });
      } finally {
        training.kill();
      }
      const added = readdirSync(inFolder(workbench, ".equipoise", "runs")).filter((run) => !before.has(run));
      assert.equal(added.length, 1, "one run, where the panel looks");
    },
  },
];
