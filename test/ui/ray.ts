/** A sweep on a Ray cluster from its page alone; the cluster is a fake one whose jobs are real trials. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FakeJob, FakeRay } from "../engine/sweep/ray/fakeRay.ts";
import { violations } from "./axe.ts";
import {
  closeEditors,
  command,
  inFolder,
  openFromExplorer,
  panel,
  picker,
  type UiTest,
} from "./workbench.ts";

const cli = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));
const secret = "a-token-of-the-tests";

/** Does what the node of a job does, one job after the other. */
function trainer(sweep: string, results: string): (job: FakeJob) => Promise<void> {
  let last = Promise.resolve();
  const train = (job: FakeJob): Promise<void> =>
    new Promise((resolve) => {
      const args = ["train", "--sweep", sweep, "--index", job.indices.join(","), "--frames"];
      execFile(
        process.execPath,
        [cli, ...args, "--results", results],
        { maxBuffer: 1 << 28 },
        (problem, out) => {
          job.log = out;
          job.status = problem ? "FAILED" : "SUCCEEDED";
          resolve();
        },
      );
    });
  return (job) => {
    last = last.then(() => train(job));
    return last;
  };
}

export const rayTests: readonly UiTest[] = [
  {
    title:
      "A sweep is sent to Ray, looked at, stopped, found again and collected from its page, with the token kept",
    async run(workbench) {
      const { page, axe, picture } = workbench;
      const ray = await new FakeRay().start();
      const elsewhere = mkdtempSync(join(tmpdir(), "equipoise-node-"));
      try {
        const file = "onray.sweep.json";
        const path = inFolder(workbench, file);
        const losses = ["--loss", "cross-entropy", "--loss", "balanced-softmax:tau=0.5/1"];
        const short = ["--epochs", "1", "--seeds", "1", "--backend", "wasm", "--out", path];
        const manifest = inFolder(workbench, "cifar10-lt/train_if100.txt");
        execFileSync(process.execPath, [cli, "sweep", "plan", manifest, ...losses, ...short]);
        await command(page, "Equipoise: Set Ray Token...");
        await answer(secret);

        await openFromExplorer(page, file);
        const view = panel(page);
        ray.work = (job) => {
          job.log = `trial ${job.indices[0]} begins\n`;
        };
        await view.getByRole("button", { name: "Run on Ray" }).click();
        await answer(ray.url);
        await view.getByText("3 jobs running").waitFor({ timeout: 60_000 });
        await view.getByRole("button", { name: "Show logs" }).click();
        await view.getByText("trial 2 begins").waitFor({ timeout: 30_000 });
        await picture("43-sweep-on-ray");
        assert.deepEqual(await violations(page, axe), []);
        await view.getByRole("button", { name: "Stop jobs" }).click();
        await view.getByText("3 jobs stopped").waitFor({ timeout: 30_000 });

        ray.work = trainer(path, elsewhere);
        // Asks for no address: it is known.
        await view.getByRole("button", { name: "Go on with Ray" }).click({ timeout: 60_000 });
        await view.getByText("3 of 3 trials finished").waitFor({ timeout: 120_000 });
        await view
          .getByText("3 jobs, all of them ended")
          .or(view.getByText("6 jobs, all of them ended"))
          .waitFor();

        const asked = new Set(ray.requests.map(({ headers }) => headers.authorization));
        assert.deepEqual([...asked], [`Bearer ${secret}`]);
        assert.ok(!writtenBelow(workbench.folder).some((text) => text.includes(secret)));
      } finally {
        await ray.close();
        rmSync(elsewhere, { recursive: true, force: true });
      }
      await command(page, "Equipoise: Set Ray Token...");
      await answer("");
      await closeEditors(page);

      async function answer(text: string): Promise<void> {
        await picker(page).waitFor();
        await picker(page).fill(text);
        await page.keyboard.press("Enter");
        await picker(page).waitFor({ state: "hidden" });
      }
    },
  },
];

/** All texts that Equipoise wrote into the workspace. */
function writtenBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.includes(".equipoise") && /\.(json|log|jsonl|claim)$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}
