/** Drives the workbench as a user does: keyboard, mouse and what is on screen. */
import { join } from "node:path";
import type { Frame, FrameLocator, Locator, Page } from "playwright-core";

export interface Workbench {
  readonly page: Page;
  /** The opened folder, a copy that tests may change. */
  readonly folder: string;
  /** Where the extension is installed. */
  readonly extension: string;
  /** Where pictures go. */
  readonly pictures: string;
  /** Where axe-core lies. */
  readonly axe: string;
  /** Saves a picture of the window. */
  picture(name: string): Promise<void>;
  /** Counts the test that runs as skipped, and prints why. */
  skip(reason: string): void;
}

/** A user interface test. They run in order, in one window, each from where the one before has left it. */
export interface UiTest {
  /** A true sentence. */
  readonly title: string;
  run(workbench: Workbench): Promise<void>;
}

/** The field of a quick pick or of an input box, a masked one too. */
export const picker = (page: Page): Locator =>
  page.locator(".quick-input-widget input:is([type=text], [type=password])").first();

/** Types into the open quick pick and takes the first row with that text, which need not be the first of all. */
export async function pick(page: Page, text: string, typed: string = text): Promise<void> {
  await picker(page).fill(typed);
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first().click();
}

/** Runs a command of the palette by its visible title. */
export async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  await pick(page, title, `>${title}`);
}

export async function openFile(page: Page, path: string): Promise<void> {
  const name = path.split("/").at(-1) ?? path;
  await page.keyboard.press("Control+P");
  await pick(page, name, path);
  await page.locator(`.tab[data-resource-name="${name}"]`).first().waitFor();
}

/** Opens a file of the top folder by its row in the Explorer, which shows new files at once; the search does not. */
export async function openFromExplorer(page: Page, name: string): Promise<void> {
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first().dblclick();
  await page.locator(`.tab[data-resource-name="${name}"]`).first().waitFor();
}

export async function closeEditors(page: Page): Promise<void> {
  await command(page, "View: Close All Editors");
  await page.locator(".tab").first().waitFor({ state: "detached" });
}

export async function colorTheme(page: Page, label: string): Promise<void> {
  await command(page, "Preferences: Color Theme");
  await page.locator('.quick-input-widget input[placeholder*="Theme"]').waitFor();
  await pick(page, label);
  await picker(page).waitFor({ state: "hidden" });
}

/** The panel's page: a webview is two frames deep. */
export function panel(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
}

/** The same as a frame, which can run scripts. */
export async function panelFrame(page: Page): Promise<Frame> {
  const inner = await page
    .frameLocator("iframe.webview.ready")
    .locator("iframe#active-frame")
    .elementHandle();
  const frame = await inner?.contentFrame();
  if (!frame) throw new Error("The panel has no page.");
  return frame;
}

/** The share of a canvas that is painted. */
export function painted(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
    let ink = 0;
    for (let i = 3; data && i < data.length; i += 4) if (data[i]) ink++;
    return ink / (width * height);
  });
}

/** Gives up after a time with the name of what did not come. */
export async function until(
  what: string,
  probe: () => Promise<boolean>,
  milliseconds = 30_000,
): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await probe()); ) {
    if (Date.now() > end) throw new Error(`Timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const inFolder = ({ folder }: Workbench, ...path: string[]): string => join(folder, ...path);
