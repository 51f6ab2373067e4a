/** What a user sees of a sweep: from the file through a run on this machine to the winner in the project file. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { violations } from "./axe.ts";
import {
  closeEditors,
  colorTheme,
  inFolder,
  openFromExplorer,
  panel,
  type UiTest,
  until,
} from "./workbench.ts";

const cli = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));

export const sweepTests: readonly UiTest[] = [
  {
    title: "A sweep file opens as a page that runs its trials, ranks them and inserts the winner",
    async run(workbench) {
      const { page, axe, picture } = workbench;
      const file = "trials.sweep.json";
      const losses = ["--loss", "cross-entropy", "--loss", "balanced-softmax:tau=0.5/1"];
      const short = ["--epochs", "2", "--seeds", "2", "--backend", "wasm"];
      const manifest = inFolder(workbench, "cifar10-lt/train_if100.txt");
      execFileSync(process.execPath, [
        cli,
        "sweep",
        "plan",
        manifest,
        ...losses,
        ...short,
        "--out",
        inFolder(workbench, file),
      ]);
      await openFromExplorer(page, file);
      const view = panel(page);
      await view.getByText("0 of 6 trials finished").waitFor();
      await view.getByRole("button", { name: "Run here" }).click();
      await view.getByText("6 of 6 trials finished").waitFor({ timeout: 120_000 });
      await view.getByRole("rowheader", { name: "Balanced softmax, τ 1" }).first().waitFor();
      await picture("40-sweep-dark");
      await view.getByRole("button", { name: "Kubernetes job" }).click();
      await view.getByText("completionMode: Indexed").waitFor();
      assert.deepEqual(await violations(page, axe), []);
      const insert = view.getByRole("button", { name: "Insert Balanced softmax, τ 1" });
      const size = page.viewportSize() ?? { width: 1440, height: 900 };
      await page.setViewportSize({ ...size, width: 820 });
      await picture("42-sweep-narrow");
      const box = await insert.boundingBox();
      assert.ok(box && box.x > 0 && box.x + box.width <= 820, "Insert is in sight in a narrow column");
      await page.setViewportSize(size);
      await insert.click();
      const project = inFolder(workbench, "cifar10-lt/equipoise.yaml");
      const written = (): string => {
        const places = [project, inFolder(workbench, "equipoise.yaml")];
        return places.map((place) => readText(place)).join("");
      };
      await until("the evidence", async () =>
        /sweep-[0-9a-f]{12} of 3 configurations with 2 seeds/.test(written()),
      );
      await colorTheme(page, "Light Modern");
      await picture("41-sweep-light");
      await colorTheme(page, "Dark Modern");
      await closeEditors(page);
    },
  },
];

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
