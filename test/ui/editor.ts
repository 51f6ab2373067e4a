/** What a user sees of a manifest in the editor. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import {
  closeEditors,
  command,
  inFolder,
  openFile,
  openFromExplorer,
  type UiTest,
  until,
  type Workbench,
} from "./workbench.ts";

export const manifest = "cifar10-lt/train_if100.txt";

/** Where the configuration of the sample belongs: in the folder that is open. */
export const project = (workbench: Workbench): string => inFolder(workbench, "equipoise.yaml");

export const editorTests: readonly UiTest[] = [
  {
    title: "A manifest shows its imbalance as a squiggle, a line above it and a row of the Problems view",
    async run({ page, picture }) {
      await openFile(page, manifest);
      await page.locator(".squiggly-warning").first().waitFor();
      await page.locator(".codelens-decoration", { hasText: "imbalance factor 100" }).first().waitFor();
      await page.locator(".codelens-decoration", { hasText: "Compare losses" }).first().waitFor();
      await command(page, "Problems: Focus on Problems View");
      // The list holds the rows in sight only, and the other manifests of the workspace have findings too.
      await page
        .locator(".markers-panel-action-filter-container input, .viewpane-filter input")
        .first()
        .fill("Imbalance factor 100");
      await page
        .locator(".markers-panel .monaco-list-row", { hasText: "Imbalance factor 100" })
        .first()
        .waitFor();
      await page.locator(".statusbar-item", { hasText: "Imbalance 100" }).waitFor();
      await picture("1-squiggle");
      await page.keyboard.press("Control+J");
    },
  },
  {
    title: "The squiggle explains itself on hover",
    async run({ page, picture }) {
      // The text lies over the squiggle.
      await page.locator(".view-line span span", { hasText: "0000.jpg" }).first().hover();
      const hover = page.locator(".monaco-hover:visible", { hasText: "Imbalance factor 100" }).first();
      await hover.waitFor();
      await picture("2-hover");
      await page.mouse.move(5, 5);
      await hover.waitFor({ state: "hidden" });
    },
  },
  {
    title: "The lightbulb inserts the recommended loss into equipoise.yaml, and one undo takes it back",
    async run(workbench) {
      const { page, picture } = workbench;
      await page.keyboard.press("Control+1"); // the editor, whatever had the focus
      await page.keyboard.press("Control+Home");
      const action = page
        .locator(".action-widget .monaco-list-row")
        .filter({ hasText: /^Insert balanced softmax into .*equipoise\.yaml/ })
        .first();
      // A request is cancelled while extensions still register providers: ask again, as a user does.
      await until("the menu of quick fixes", async () => {
        await page.keyboard.press("Control+.");
        return action.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
      });
      await picture("3-lightbulb");
      await action.click();
      const file = project(workbench);
      await until("equipoise.yaml", async () => existsSync(file));
      await openFromExplorer(page, "equipoise.yaml");
      await page.locator(".view-line", { hasText: "balanced-softmax" }).first().waitFor();
      await until("the saved file", async () => /id: balanced-softmax/.test(readFileSync(file, "utf8")));
      await picture("4-inserted");
      await page.keyboard.press("Control+Z");
      await until("the file to be gone", async () => !existsSync(file));
    },
  },
  {
    title: "Insert loss above the manifest says what it did, and its Undo takes it back",
    async run(workbench) {
      const { page } = workbench;
      const file = project(workbench);
      await openFile(page, manifest);
      await page.locator(".codelens-decoration a", { hasText: "Insert loss" }).first().click();
      const toast = page.locator(".notification-toast", { hasText: "Inserted into equipoise.yaml." });
      await toast.waitFor();
      await until("the loss to be saved", async () =>
        /id: balanced-softmax/.test(readFileSync(file, "utf8")),
      );
      await toast.getByRole("button", { name: "Undo" }).click();
      await until("the file to be gone", async () => !existsSync(file));
    },
  },
  {
    title: "An ordinary file shows nothing of ours",
    async run({ page }) {
      await closeEditors(page);
      await openFile(page, "LICENSES.md");
      await page.locator(".view-line").first().waitFor();
      assert.equal(await page.locator(".codelens-decoration").count(), 0);
      assert.equal(await page.locator(".squiggly-warning").count(), 0);
      await closeEditors(page);
    },
  },
];
