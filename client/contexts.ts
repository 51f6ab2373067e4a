/** What menus ask: which files are manifests, and which of them no text editor holds in memory. */
import * as vscode from "vscode";
import { largeFile } from "./largeFiles.ts";
import type { Services } from "./services.ts";
import { debounced } from "./views/datasets.ts";

/** Keeps the contexts `equipoise.manifests` and `equipoise.largeManifests` true until disposed. */
export function followManifests({ analyses, log }: Services): vscode.Disposable {
  const large = new Map<string, boolean>();

  async function update(): Promise<void> {
    const files = analyses.entries().map(([file]) => file);
    for (const file of files) {
      if (large.has(file.fsPath)) continue;
      const { size } = await vscode.workspace.fs.stat(file).then(
        (found) => found,
        () => ({ size: 0 }),
      );
      large.set(file.fsPath, size > largeFile);
    }
    const paths = files.map(({ fsPath }) => fsPath);
    const set = (name: string, value: string[]): Thenable<unknown> =>
      vscode.commands.executeCommand("setContext", name, value);
    await set("equipoise.manifests", paths);
    await set(
      "equipoise.largeManifests",
      paths.filter((path) => large.get(path)),
    );
  }

  const soon = debounced(
    () => void update().catch((problem: unknown) => log.error(`menus: ${String(problem)}`)),
  );
  return vscode.Disposable.from(soon, analyses.onChange(soon.call));
}
