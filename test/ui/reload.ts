/** What becomes of training when the window is reloaded. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { project } from "./editor.ts";
import {
  closeEditors,
  command,
  inFolder,
  panel,
  pick,
  type UiTest,
  until,
  type Workbench,
} from "./workbench.ts";

/** A data set of its own, as the panel offers the plan of the last comparison on it, which would be too short. */
const folder = "reloaded";
const manifest = `${folder}/train_if100.txt`;

/** Slow machines take a while for what trains. */
const patience = 240_000;

/** What the tests read of the file of a comparison. */
interface StoredComparison {
  readonly runs: readonly string[];
  readonly process: number;
  readonly state: { readonly kind: string };
}

/** Names of the comparisons on disk, oldest first. */
function comparisons(workbench: Workbench): string[] {
  const place = inFolder(workbench, ".equipoise", "experiments");
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith(".json"))
    .sort();
}

/** Undefined while its file is only taken, not yet written. */
function stored(workbench: Workbench, comparison: string): StoredComparison | undefined {
  const text = readFileSync(inFolder(workbench, ".equipoise", "experiments", comparison), "utf8");
  return text === "" ? undefined : (JSON.parse(text) as StoredComparison);
}

function ofRun(workbench: Workbench, run: string, file: string): string {
  const path = inFolder(workbench, ".equipoise", "runs", run, file);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Everything that its runs measured, in the order of training. */
function measured(workbench: Workbench, comparison: string): unknown {
  return stored(workbench, comparison)?.runs.map((run) => [
    JSON.parse(ofRun(workbench, run, "run.json")).state,
    ofRun(workbench, run, "scalars.jsonl"),
    ofRun(workbench, run, "predictions.npy"),
  ]);
}

/** The step of the last checkpoint of a run; 0 where there is none. */
function savedStep(workbench: Workbench, run: string): number {
  const scalars = /\\"step\\":(\d+)/.exec(ofRun(workbench, run, "checkpoint.safetensors"));
  return Number(scalars?.[1] ?? 0);
}

const isFinished = (workbench: Workbench, comparison: string): boolean =>
  stored(workbench, comparison)?.state.kind === "finished";

/** The run that trains: the last one with a checkpoint. */
function trainedRun(workbench: Workbench, comparison: string): string {
  const runs = stored(workbench, comparison)?.runs ?? [];
  return runs.findLast((run) => savedStep(workbench, run) > 0) ?? "";
}

/** Its folder tells it from the list of the same name that it is a copy of. */
async function openManifest(page: Page): Promise<void> {
  await page.keyboard.press("Control+P");
  await pick(page, folder, manifest);
  await page.locator('.tab[data-resource-name="train_if100.txt"]').waitFor();
}

/** Starts the comparison that the panel shows and returns its name. */
async function startComparison(workbench: Workbench): Promise<string> {
  const before = comparisons(workbench);
  const experiment = panel(workbench.page).getByRole("region", { name: "Experiment", exact: true });
  await experiment.getByRole("button", { name: /^Run(?: again)?$/ }).click();
  const begun = (): string => comparisons(workbench).find((name) => !before.includes(name)) ?? "";
  await until(
    "the comparison",
    async () => begun() !== "" && stored(workbench, begun()) !== undefined,
    60_000,
  );
  return begun();
}

/**
 * Reloads the window while a run trains that has a checkpoint. The function that it returns waits until another process
 * has gone on with that run beyond it, and holds that it did not begin anew.
 */
async function cutOff(workbench: Workbench, comparison: string): Promise<() => Promise<void>> {
  const { page } = workbench;
  const run = (): string => trainedRun(workbench, comparison);
  await until("a checkpoint", async () => run() !== "");
  const passed = savedStep(workbench, run());
  await until("one more", async () => savedStep(workbench, run()) > passed);
  const [torn, step] = [run(), savedStep(workbench, run())];
  const trainer = stored(workbench, comparison)?.process;
  await page.reload();
  await page.locator(".monaco-workbench .statusbar").waitFor();
  return async () => {
    let least = step;
    const goesOn = async (): Promise<boolean> => {
      least = Math.min(least, savedStep(workbench, torn));
      return stored(workbench, comparison)?.process !== trainer && savedStep(workbench, torn) > step;
    };
    await until("another process to go on", goesOn, 120_000);
    assert.equal(least, step, "no checkpoint of an earlier step");
  };
}

/** Waits for the end of a comparison that was cut off: all that it measured is what the one measured that was not. */
async function endsAs(workbench: Workbench, whole: string, torn: string): Promise<void> {
  await until("the end", async () => isFinished(workbench, torn), patience);
  assert.deepEqual(measured(workbench, torn), measured(workbench, whole));
  assert.equal(comparisons(workbench).at(-1), torn, "no other comparison was begun");
  const folders = readdirSync(inFolder(workbench, ".equipoise", "runs"));
  const own = folders.filter((run) => run.startsWith(torn.replace(".json", "")));
  assert.deepEqual(own.sort(), [...(stored(workbench, torn)?.runs ?? [])].sort());
}

/** The comparison of the tests below that nobody cut off. */
let whole = "";

export const reloadTests: readonly UiTest[] = [
  {
    title:
      "A comparison goes on by itself after a reload of the window, and comes to the end that it would have had",
    async run(workbench) {
      const { page, picture } = workbench;
      cpSync(inFolder(workbench, "cifar10-lt"), inFolder(workbench, folder), { recursive: true });
      writeFileSync(project(workbench), `manifest: ${manifest}\ntraining:\n  epochs: 800\n  seeds: 1\n`);
      await closeEditors(page);
      await openManifest(page);
      const lens = page.locator(".codelens-decoration", { hasText: "imbalance factor 100" }).first();
      await lens.locator("a").first().click();
      const lab = panel(page);
      // The panel is narrow: the experiment is one line.
      await lab.getByRole("button", { name: "Edit", exact: true }).click();
      // Two losses are enough.
      for (const rest of [3, 2]) {
        await lab
          .getByRole("button", { name: /^Remove / })
          .last()
          .click();
        await lab.getByText(`${rest} losses, 1 seed`).first().waitFor();
      }
      whole = await startComparison(workbench);
      await until("its end", async () => isFinished(workbench, whole), patience);

      const torn = await startComparison(workbench);
      const goesOn = await cutOff(workbench, torn);
      await lab.getByRole("progressbar").waitFor({ timeout: patience });
      await picture("22-goes-on-after-reload");
      await goesOn();
      await endsAs(workbench, whole, torn);
      await lab.getByText("No verdict from 1 seed.").first().waitFor();
    },
  },
  {
    title: "A comparison goes on too where the panel and all files were closed before the reload",
    async run(workbench) {
      const { page } = workbench;
      const torn = await startComparison(workbench);
      await closeEditors(page);
      rmSync(project(workbench));
      const goesOn = await cutOff(workbench, torn);
      await goesOn();
      await endsAs(workbench, whole, torn);
      await openManifest(page);
      await command(page, "Equipoise: Open Loss Lab");
      await panel(page).getByText("No verdict from 1 seed.").first().waitFor();
      await closeEditors(page);
      rmSync(inFolder(workbench, folder), { recursive: true });
    },
  },
];
