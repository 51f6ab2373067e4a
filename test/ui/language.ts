/** What a user sees whose editor speaks another language: a made one, whose texts are the English ones in brackets. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  closeEditors,
  command,
  inFolder,
  openFromExplorer,
  panel,
  type UiTest,
  type Workbench,
} from "./workbench.ts";

/** The name that pseudo-translations go by. */
const language = "qps-ploc";
const list = "language.txt";
const labels = "cat/1.jpg cat\n".repeat(200) + "dog/1.jpg dog\n".repeat(2);

export const languageTests: readonly UiTest[] = [
  {
    title: "In another language editor, menus, panel and viewer say everything in it",
    async run(workbench) {
      const made = [...writeTranslations(workbench), inFolder(workbench, list)];
      writeFileSync(inFolder(workbench, list), labels);
      const page = await workbench.page.context().newPage();
      try {
        // What the editor's own translations would set, which come from the network.
        await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = "${language}";`);
        await page.goto(workbench.page.url(), { timeout: 120_000 });
        await page.locator(".monaco-workbench .statusbar").waitFor();
        await openFromExplorer(page, list);
        await page.locator(".codelens-decoration", { hasText: "⟦" }).first().waitFor({ timeout: 60_000 });
        await page.keyboard.press("Control+Shift+M");
        await page.locator(".markers-panel .monaco-list-row", { hasText: "⟦" }).first().waitFor();
        await page.keyboard.press("Control+Shift+M");

        await command(page, "⟦Open Statistics and Rows⟧");
        const viewer = panel(page);
        await viewer
          .getByText(/⟦.*202/)
          .first()
          .waitFor();
        assert.deepEqual(await headings(viewer), []);
        await closeEditors(page);

        await openFromExplorer(page, list);
        await command(page, "⟦Open Loss Lab⟧");
        const lab = panel(page);
        await lab
          .getByText(/⟦.*202/)
          .first()
          .waitFor({ timeout: 60_000 });
        assert.deepEqual(await headings(lab), []);
        await page.screenshot({ path: join(workbench.pictures, "30-language.png") });
      } catch (problem) {
        await page.screenshot({ path: join(workbench.pictures, "failed-language.png") });
        throw problem;
      } finally {
        await page.close();
        for (const path of made) rmSync(path);
      }
    },
  },
];

/** Headings and buttons of a page that are not in the language; names of losses and signs stay. */
async function headings(frame: ReturnType<typeof panel>): Promise<string[]> {
  const texts = await frame.locator("h1, h2, h3, button").allInnerTexts();
  assert.ok(texts.length > 2, "the page has headings and buttons");
  return texts.filter((text) => /\p{L}{3,}/u.test(text) && !text.includes("⟦") && !text.includes("."));
}

/** Puts the language beside the English of the installed extension; gives the files that this made. */
function writeTranslations({ extension }: Workbench): string[] {
  const bracketed = (path: string): string => {
    const texts = JSON.parse(readFileSync(path, "utf8")) as Readonly<Record<string, string>>;
    return JSON.stringify(Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, `⟦${text}⟧`])));
  };
  const pairs = [
    [join("l10n", "bundle.l10n.json"), join("l10n", `bundle.l10n.${language}.json`)],
    ["package.nls.json", `package.nls.${language}.json`],
  ] as const;
  return pairs.map(([english, made]) => {
    writeFileSync(join(extension, made), bracketed(join(extension, english)));
    return join(extension, made);
  });
}
