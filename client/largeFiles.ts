/** Files above 50 MB never reach an extension as documents: the server is asked to read them from disk. */
import * as vscode from "vscode";
import type { Services } from "./services.ts";

/** Bytes above which VS Code hands no document to extensions. */
export const largeFile: number = 50 * 2 ** 20;

/** Has each large file analysed when its tab comes to the front, until disposed. */
export function watchLargeFiles({ language, log }: Services): vscode.Disposable {
  const seen = new Map<string, number>();

  async function look(): Promise<void> {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (!(input instanceof vscode.TabInputText) || input.uri.scheme !== "file") return;
    const { size, mtime } = await vscode.workspace.fs.stat(input.uri);
    if (size <= largeFile || seen.get(input.uri.toString()) === mtime) return;
    seen.set(input.uri.toString(), mtime);
    await language.analyse(input.uri);
  }

  const update = (): void => {
    look().catch((problem: unknown) => log.warn(`large file: ${String(problem)}`));
  };
  update();
  return vscode.window.tabGroups.onDidChangeTabs(update);
}
