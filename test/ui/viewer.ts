/** What a user sees of a manifest in the viewer, and of the menus that lead there. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Locator } from "playwright-core";
import { violations } from "./axe.ts";
import { manifest } from "./editor.ts";
import {
  closeEditors,
  colorTheme,
  command,
  inFolder,
  openFile,
  openFromExplorer,
  panel,
  type UiTest,
  until,
} from "./workbench.ts";

const rowsFile = "long.txt";
const gzipFile = "packed.txt.gz";

const isSoon = (locator: Locator, state: "visible" | "hidden"): Promise<boolean> =>
  locator.waitFor({ state, timeout: 2000 }).then(
    () => true,
    () => false,
  );

export const viewerTests: readonly UiTest[] = [
  {
    title: "The viewer shows counts, findings and the rows of a manifest, and moves by keyboard",
    async run(workbench) {
      const { page, picture } = workbench;
      const classes = ["airplane", "automobile", "bird", "cat"];
      const lines = Array.from({ length: 200_000 }, (_, i) => {
        const label = i % 1000 === 0 ? 3 : i % 100 === 0 ? 2 : i % 10 === 0 ? 1 : 0;
        return `images/${classes[label]}/${String(i).padStart(6, "0")}.jpg ${classes[label]}`;
      });
      writeFileSync(inFolder(workbench, rowsFile), `${lines.join("\n")}\n`);
      await openFromExplorer(page, rowsFile);
      await page.locator(".codelens-decoration", { hasText: "200,000 images" }).first().waitFor();
      await command(page, "Equipoise: Open Statistics and Rows");
      const viewer = panel(page);
      await viewer.getByText("200,000 in all").waitFor();
      await viewer.getByText(/200,000 images, 4 classes, imbalance factor/).waitFor();
      await viewer.getByRole("region", { name: "Findings" }).getByText("imbalance/high").waitFor();
      const list = viewer.getByRole("listbox");
      await list.focus();
      await page.keyboard.press("End");
      await viewer.getByRole("option", { selected: true }).getByText("200,000").waitFor();
      await viewer.getByRole("option", { selected: true }).getByText("199999.jpg").waitFor();
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowDown");
      await viewer.getByRole("option", { selected: true }).getByText("000001.jpg").waitFor();
      await viewer.getByLabel("Go to row").fill("150,001");
      await page.keyboard.press("Enter");
      await viewer.getByRole("option", { selected: true }).getByText("150000.jpg").waitFor();
      const shown = await viewer.getByRole("option").count();
      assert.ok(shown < 100, `${shown} rows are in the page`);
      await picture("12-viewer-dark");
    },
  },
  {
    title: "The viewer follows the theme and has no accessibility violation in any",
    async run({ page, axe, picture }) {
      for (const [label, style, name] of [
        ["Light Modern", "vscode-light", "13-viewer-light"],
        ["Dark High Contrast", "vscode-high-contrast", "14-viewer-high-contrast"],
        ["Dark Modern", "vscode-dark", "12-viewer-dark"],
      ] as const) {
        await colorTheme(page, label);
        await panel(page).locator(`body.${style}`).waitFor();
        await new Promise((resolve) => setTimeout(resolve, 500));
        assert.deepEqual(await violations(page, axe), [], label);
        await picture(name);
      }
      await closeEditors(page);
    },
  },
  {
    title: "The Explorer's menu of a gzip file leads to its rows",
    async run(workbench) {
      const { page, picture } = workbench;
      const lines = Array.from({ length: 300 }, (_, i) => `images/${i}.jpg ${i % 10 ? "cat" : "dog"}`);
      writeFileSync(inFolder(workbench, gzipFile), gzipSync(`${lines.join("\n")}\n`));
      await page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: gzipFile })
        .first()
        .click({ button: "right" });
      const entries = page.locator(".monaco-menu .action-menu-item");
      const rows = entries.filter({ hasText: "Open Statistics and Rows" }).first();
      await until("our entries", async () => {
        await entries
          .filter({ hasText: /^Equipoise$/ })
          .first()
          .hover();
        return isSoon(rows, "visible");
      });
      await picture("23-menu-of-gzip");
      // An entry takes clicks a moment after it shows: click again as long as it is there, as a user does.
      await until("the entry to be taken", async () => {
        await rows.click({ timeout: 2000 }).catch(() => {});
        return isSoon(rows, "hidden");
      });
      await panel(page)
        .getByText(/300 images, 2 classes/)
        .waitFor();
      await panel(page).getByRole("option").first().getByText("0.jpg").waitFor();
      await closeEditors(page);
    },
  },
  {
    title:
      "The title of a manifest's editor leads to the Loss Lab, the status item tells dataset, backend and memory",
    async run({ page, picture }) {
      await openFile(page, manifest);
      const title = page.locator('.editor-actions a[aria-label^="Open Loss Lab"]').first();
      await title.waitFor();
      const item = page.locator(".statusbar-item", { hasText: "Imbalance 100" });
      await item.hover();
      const tip = page.locator(".monaco-hover:visible", { hasText: "Memory of the language server" }).first();
      await tip.waitFor();
      const told = (await tip.textContent())?.replaceAll("\u00a0", " ") ?? "";
      assert.match(told, /Backend: .*Memory of the language server: \d+ MB/s);
      await picture("15-status");
      await page.mouse.move(5, 5);
      await until("the tooltip to go", async () => !(await tip.isVisible()));
      await closeEditors(page);
    },
  },
];
