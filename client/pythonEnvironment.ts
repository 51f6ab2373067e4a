/** Tells the server which Python environment is selected, as the Python extension has it; that extension is not started. */
import * as vscode from "vscode";
import type { LanguageService } from "./languageClient.ts";

/** The part of the Python extension's interface that is used: its environments are a documented, stable one. */
interface PythonExtension {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** Follows the selection from when the Python extension runs, which it does once a Python file was open. */
export function followPythonEnvironment(
  language: LanguageService,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  let followed = false;

  function tell({ environments }: PythonExtension): void {
    const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
    const { path } = environments.getActiveEnvironmentPath(resource);
    language.selectEnvironment(path === "" ? undefined : path);
  }

  function follow(): void {
    const extension = vscode.extensions.getExtension<PythonExtension | undefined>("ms-python.python");
    const python = !followed && extension?.isActive ? extension.exports : undefined;
    if (!python) return;
    followed = true;
    try {
      tell(python);
      subscriptions.push(python.environments.onDidChangeActiveEnvironmentPath(() => tell(python)));
    } catch (problem) {
      log.debug(`The Python extension does not say which environment is selected: ${String(problem)}`);
    }
  }

  follow();
  subscriptions.push(
    vscode.window.onDidChangeActiveTextEditor(follow),
    vscode.extensions.onDidChange(follow),
  );
  return { dispose: () => vscode.Disposable.from(...subscriptions).dispose() };
}
