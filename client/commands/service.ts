/** Starts the processes anew, and tells what a problem report needs. */
import * as vscode from "vscode";
import { commands } from "#protocol/language.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";

export const restartServer: Command = {
  id: commands.restartServer,
  async run({ language, log }) {
    log.info("the language server is started anew");
    await language.restart();
  },
};

export const restartEngine: Command = {
  id: commands.restartEngine,
  async run({ engine, training, log }) {
    if (training.isRunning()) {
      const stop = vscode.l10n.t("Stop and Restart");
      const message = vscode.l10n.t("A comparison runs. It is stopped first; finished runs are kept.");
      if ((await vscode.window.showWarningMessage(message, { modal: true }, stop)) !== stop) return;
      await training.stop();
    }
    log.info("the training process is started anew");
    engine.rest();
  },
};

export const showDebugInfo: Command = {
  id: commands.showDebugInfo,
  async run(services) {
    const text = await debugInfo(services);
    const document = await vscode.workspace.openTextDocument(services.texts.put("debug-info.txt", text));
    await vscode.window.showTextDocument(document, { preview: true });
    return text;
  },
};

/** Versions, processes and settings; no paths, names or contents of files. */
async function debugInfo({ context, language, engine, training }: Services): Promise<string> {
  const { packageJSON } = context.extension;
  const status = await language.status();
  const settings = vscode.workspace.getConfiguration("equipoise");
  const lines: [string, unknown][] = [
    ["Equipoise", packageJSON.version],
    ["Editor", `${vscode.env.appName} ${vscode.version}, ${vscode.env.appHost}`],
    ["Remote", vscode.env.remoteName ?? "none"],
    ["Platform", `${process.platform} ${process.arch}, Node ${process.versions.node}`],
    [
      "Workspace",
      `${vscode.workspace.workspaceFolders?.length ?? 0} folders, ${vscode.workspace.isTrusted ? "trusted" : "Restricted Mode"}`,
    ],
    [
      "Language server",
      status
        ? `process ${status.pid}, ${megabytes(status.memory)}, ${status.seconds} s, Node ${status.node}`
        : "does not run",
    ],
    [
      "Documents",
      status ? `${status.open} open, ${status.known} known, diagnostics ${status.diagnostics}` : "unknown",
    ],
    ["Training process", engine.pid() === undefined ? "does not run" : `process ${engine.pid()}`],
    ["Backend", training.current()?.backend ?? "none in this session"],
    ["Training", training.current()?.state.kind ?? "none in this session"],
    ...settingNames(packageJSON).map((name): [string, unknown] => [
      name,
      JSON.stringify(settings.get(name.slice("equipoise.".length))),
    ]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, value]) => `${name.padEnd(width)}${String(value)}\n`).join("");
}

function settingNames({
  contributes,
}: {
  readonly contributes: { readonly configuration: unknown };
}): string[] {
  const groups = [contributes.configuration].flat() as { readonly properties: object }[];
  return groups.flatMap(({ properties }) => Object.keys(properties));
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
