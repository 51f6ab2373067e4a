/** Texts that the extension writes for reading: explained findings, what to add to a problem report. */
import * as vscode from "vscode";

const scheme = "equipoise";

export interface GeneratedTexts extends vscode.Disposable {
  /** Keeps a text under a name such as `findings.md`, and gives its address. */
  put(name: string, text: string): vscode.Uri;
}

export function provideTexts(): GeneratedTexts {
  const texts = new Map<string, string>();
  const changes = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changes.event,
    provideTextDocumentContent: (uri) => texts.get(uri.path) ?? "",
  });
  return {
    put(name, text) {
      const uri = vscode.Uri.from({ scheme, path: `/${name}` });
      texts.set(uri.path, text);
      changes.fire(uri);
      return uri;
    },
    dispose() {
      provider.dispose();
      changes.dispose();
    },
  };
}
