/** The page of a sweep: the editor that VS Code opens a sweep file with. It follows the files, whoever trains the trials. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import { describeError } from "#protocol/dialogue.ts";
import { commands } from "#protocol/language.ts";
import type { FromSweepPage, SweepPlace, ToSweepPage } from "#protocol/sweepRequests.ts";
import { nameOf } from "./places.ts";
import type { Services } from "./services.ts";
import { restrictedMode } from "./training.ts";
import { showPage } from "./webviewPage.ts";

export const sweepEditorType = "equipoise.sweep";

/** Milliseconds between two looks at the files: while something runs here, while the page is seen, and else. */
const looks = { running: 1000, seen: 5000, hidden: 60_000 };

/** Registers the editor of sweep files. */
export function provideSweepEditor(services: Services): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(
    sweepEditorType,
    {
      openCustomDocument: (uri) => ({ uri, dispose() {} }),
      resolveCustomEditor: (document, panel) => show(services, document.uri, panel),
    },
    { supportsMultipleEditorsPerDocument: true },
  );
}

function show(services: Services, uri: vscode.Uri, panel: vscode.WebviewPanel): void {
  const { context, training, raySweeps, log } = services;
  const { webview } = panel;
  const place: SweepPlace = { path: uri.fsPath, root: dirname(uri.fsPath) };
  const post = (message: ToSweepPage): void => void (isOpen && webview.postMessage(message));
  let isOpen = true;
  let next: NodeJS.Timeout | undefined;

  /** Asking keeps the process alive, also of a pool whose page was closed. */
  async function look(): Promise<void> {
    clearTimeout(next);
    const found = await training.ask("sweep/look", place);
    const followed = raySweeps.followed(uri);
    const trusted = vscode.workspace.isTrusted;
    post({ kind: "look", name: nameOf(uri), look: found, trusted, ...(followed ? { followed } : {}) });
    const isRunning = found.pool !== undefined || followed !== undefined;
    if (!isOpen && !isRunning) return;
    const pause = isOpen && isRunning ? looks.running : isOpen && panel.visible ? looks.seen : looks.hidden;
    next = setTimeout(() => guarded(look()), pause);
    next.unref();
  }

  async function hear(message: FromSweepPage): Promise<void> {
    switch (message.kind) {
      case "ready":
        return look();
      case "run":
        if (!vscode.workspace.isTrusted) return post({ kind: "problem", message: restrictedMode() });
        await training.ask("sweep/run", place);
        return look();
      case "stop":
        await training.ask("sweep/stop", null);
        return look();
      case "log": {
        const text = await training.ask("sweep/log", { ...place, index: message.index });
        return post({ kind: "log", index: message.index, text });
      }
      case "job": {
        const { scheduler } = message;
        const program = context.asAbsolutePath("dist/cli.cjs");
        return post({
          kind: "job",
          scheduler,
          text: await training.ask("sweep/job", { ...place, scheduler, program }),
        });
      }
      case "insert": {
        const { kind: _, ...which } = message;
        const { manifest, choice, evidence } = await training.ask("sweep/winner", { ...place, ...which });
        await vscode.commands.executeCommand(
          commands.insertLoss,
          vscode.Uri.file(manifest),
          choice,
          evidence,
        );
        return;
      }
      case "ray":
        if (!vscode.workspace.isTrusted) return post({ kind: "problem", message: restrictedMode() });
        // It goes on for hours, and its end is told by itself.
        void vscode.commands
          .executeCommand(commands.runSweepOnRay, uri, message.address)
          .then(() => guarded(look()));
        return;
      case "ray-logs":
        return post({ kind: "ray", text: await raySweeps.logs(uri, message.address) });
      case "ray-stop":
        post({ kind: "ray", text: await raySweeps.stop(uri, message.address) });
        return look();
      case "copy":
        return vscode.env.clipboard.writeText(message.text);
      case "text":
        await vscode.commands.executeCommand("vscode.openWith", uri, "default");
    }
  }

  function guarded(work: Promise<unknown>): void {
    work.catch((problem: unknown) => {
      log.error(`sweep: ${String(problem)}`);
      post({ kind: "problem", message: describeError(problem).message });
    });
  }

  const hearing = webview.onDidReceiveMessage((message: FromSweepPage) => guarded(hear(message)));
  panel.onDidDispose(() => {
    isOpen = false;
    hearing.dispose();
  });
  showPage(webview, context.extensionUri, { name: "sweep", title: "Equipoise" });
}
