/** What a user meets around a manifest: walkthrough, menus, settings as they are typed, a second window. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { manifest, project } from "./editor.ts";
import { closeEditors, command, openFile, openFromExplorer, pick, type UiTest, until } from "./workbench.ts";

export const surroundingsTests: readonly UiTest[] = [
  {
    title: "The walkthrough leads through four steps, each with its picture and button",
    async run({ page, picture }) {
      await command(page, "Welcome: Open Walkthrough...");
      await pick(page, "Train on imbalanced data");
      const steps = page.locator(".gettingStarted .getting-started-step");
      await steps.first().waitFor();
      assert.equal(await steps.count(), 4);
      for (const [index, action] of [
        [1, "Show findings"],
        [0, "Choose Manifest"],
      ] as const) {
        await steps.nth(index).locator(".step-title").click();
        await steps
          .nth(index)
          .getByRole("button", { name: new RegExp(action, "i") })
          .first()
          .waitFor();
      }
      await page.locator(".gettingStarted .getting-started-media").first().waitFor();
      await picture("16-walkthrough");
      await closeEditors(page);
    },
  },
  {
    title: "The Explorer's menu of a file has what can be done with a manifest",
    async run({ page, picture }) {
      await page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: "LICENSES.md" })
        .first()
        .waitFor();
      const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: "cifar10-lt" }).first();
      await row.click({ button: "right" });
      const entry = page.locator(".monaco-menu .action-item", { hasText: "Equipoise" }).first();
      await entry.hover();
      await page.locator(".monaco-menu .action-item", { hasText: "Compare Losses" }).first().waitFor();
      await picture("17-explorer-menu");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
    },
  },
  {
    title: "Settings are completed and explained as they are typed",
    async run(workbench) {
      const { page, picture } = workbench;
      writeFileSync(project(workbench), `manifest: ${manifest}\nloss:\n  id: \n`);
      await openFromExplorer(page, "equipoise.yaml");
      await page.locator(".view-line", { hasText: "manifest" }).first().click();
      await page.keyboard.press("Control+End");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("End");
      const suggestion = page
        .locator(".suggest-widget .monaco-list-row", { hasText: "balanced-softmax" })
        .first();
      await until("the suggestions", async () => {
        await page.keyboard.press("Control+Space");
        return suggestion.waitFor({ timeout: 5000 }).then(
          () => true,
          () => false,
        );
      });
      await picture("18-completion");
      await page.keyboard.press("Escape");
      await closeEditors(page);
      rmSync(project(workbench), { force: true });
    },
  },
  {
    title: "Two windows on one folder say the same, and follow what is written beside them",
    async run(workbench) {
      const { page } = workbench;
      await openFile(page, manifest);
      const other = await page.context().newPage();
      try {
        await other.goto(page.url(), { timeout: 120_000 });
        await other.locator(".monaco-workbench .statusbar").waitFor();
        await openFile(other, manifest);
        const warned = (window: typeof page): Promise<boolean> =>
          window.locator(".squiggly-warning").first().isVisible();
        for (const window of [page, other]) await until("the warning", () => warned(window), 60_000);
        writeFileSync(project(workbench), "rules:\n  imbalance/high: off\n");
        for (const window of [page, other])
          await until("no warning", async () => !(await warned(window)), 60_000);
        rmSync(project(workbench));
        for (const window of [page, other]) await until("the warning again", () => warned(window), 60_000);
      } finally {
        await other.close();
      }
      await closeEditors(page);
    },
  },
];
