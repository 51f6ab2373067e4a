/** The read-only viewer of manifests that are too large for a text editor: statistics, and rows by number. */
import * as vscode from "vscode";
import { commands, type RowsResult } from "#protocol/language.ts";
import type { FromViewer, ToViewer, ViewedFile } from "#protocol/viewer.ts";
import { nameOf } from "./places.ts";
import type { Services } from "./services.ts";
import { showPage } from "./webviewPage.ts";

export const viewerType = "equipoise.manifest";

/** Registers the viewer; VS Code hands it the address of a file and loads nothing. */
export function provideViewer(services: Services): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(
    viewerType,
    {
      openCustomDocument: (uri) => ({ uri, dispose() {} }),
      resolveCustomEditor: (document, panel) => show(services, document.uri, panel),
    },
    { supportsMultipleEditorsPerDocument: true },
  );
}

function show(
  { context, language, analyses, log }: Services,
  uri: vscode.Uri,
  panel: vscode.WebviewPanel,
): void {
  const { webview } = panel;
  const post = (message: ToViewer): void => void webview.postMessage(message);

  let asking = 0;

  async function sendFile(): Promise<void> {
    const { size } = await vscode.workspace.fs.stat(uri);
    const file: ViewedFile = { name: nameOf(uri), bytes: size };
    post({ kind: "file", file });
    asking++;
    const analysis = await language.analyse(uri, { asked: true }).finally(() => asking--);
    post({ kind: "file", file: { ...file, analysis: analysis ?? null } });
  }

  async function sendRows(from: number, count: number): Promise<void> {
    const result = await language.rows({ uri: uri.toString(), from, count });
    post({ kind: "rows", from, result });
  }

  const guarded = (work: Promise<void>): void =>
    void work.catch((problem: unknown) => {
      log.error(`viewer: ${String(problem)}`);
      const result: RowsResult = {
        kind: "lines",
        total: 0,
        rows: [],
        problem: vscode.l10n.t("The file could not be read."),
      };
      post({ kind: "rows", from: 0, result });
    });

  const hear = (message: FromViewer): void => {
    if (message.kind === "ready") guarded(sendFile());
    else if (message.kind === "rows") guarded(sendRows(message.from, message.count));
    else void vscode.commands.executeCommand(...commandOf(message.command, uri));
  };

  const subscriptions = [
    webview.onDidReceiveMessage(hear),
    language.onReading(({ uri: about, read, total }) => {
      if (about === uri.toString()) post({ kind: "reading", bytesRead: read, bytesTotal: total });
    }),
    analyses.onChange((changed) => {
      // Our own question is answered with an analysis too: that is no change.
      if (asking > 0 || changed.toString() !== uri.toString()) return;
      post({ kind: "changed" });
      guarded(sendFile());
    }),
  ];
  panel.onDidDispose(() => {
    for (const subscription of subscriptions) subscription.dispose();
  });
  showPage(webview, context.extensionUri, { name: "viewer", title: "Equipoise" });
}

type Call = [command: string, ...parameters: unknown[]];

function commandOf(command: Extract<FromViewer, { kind: "command" }>["command"], uri: vscode.Uri): Call {
  if (command === "lab") return [commands.openLab, uri];
  if (command === "text") return ["vscode.openWith", uri, "default"];
  return ["workbench.actions.view.problems"];
}
