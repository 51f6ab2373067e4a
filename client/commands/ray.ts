/** A sweep on a Ray cluster from the editor, and the secret that opens the cluster. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import { commands } from "#protocol/language.ts";
import { engineRuntime } from "../engineRuntime.ts";
import { callRay, noteIn, progressIn, type RayCall } from "../rayProcess.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";

/** Key in the editor's secret storage, which keeps it out of settings, files and their backups. */
const tokenKey = "equipoise.rayToken";
const addressKey = "rayAddress";
/** Exit code of the command line for trials that are left. */
const tryAgain = 75;

export const setRayToken: Command = {
  id: commands.setRayToken,
  async run({ context }) {
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t("Token of the Ray cluster"),
      prompt: vscode.l10n.t("Kept in the editor's secret storage. Leave it empty to forget it."),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return;
    if (token.trim() === "") await context.secrets.delete(tokenKey);
    else await context.secrets.store(tokenKey, token.trim());
  },
};

export const runSweepOnRay: Command = {
  id: commands.runSweepOnRay,
  async run(services, resource) {
    const file = resource instanceof vscode.Uri ? resource : await chooseSweep();
    const address = file && (await askAddress(services));
    if (!file || !address) return;
    const { context } = services;
    const call = {
      program: await engineRuntime(),
      script: context.asAbsolutePath("dist/cli.cjs"),
      args: [file.fsPath, "--address", address, "--json"],
      token: await context.secrets.get(tokenKey),
    };
    await follow(services, call, file);
  },
};

async function chooseSweep(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles("**/*.sweep.json", "**/node_modules/**", 100);
  if (files.length === 0) {
    throw new EquipoiseError(
      "data/none",
      vscode.l10n.t(
        "There is no sweep file (*.sweep.json) in the workspace. Write one: equipoise sweep plan.",
      ),
    );
  }
  if (files.length === 1) return files[0];
  const choices = files.map((uri) => ({
    label: basename(uri.fsPath),
    description: vscode.workspace.asRelativePath(uri),
    uri,
  }));
  const picked = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t("Which sweep runs on Ray?"),
  });
  return picked?.uri;
}

async function askAddress({ context }: Services): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t("Address of Ray's dashboard"),
    value: context.workspaceState.get(addressKey, "http://127.0.0.1:8265"),
    ignoreFocusOut: true,
  });
  if (address) await context.workspaceState.update(addressKey, address);
  return address;
}

/** Shows how far the sweep is until it has ended or this end is closed; its jobs go on then. */
async function follow({ log, runsChanged }: Services, call: RayCall, file: vscode.Uri): Promise<void> {
  const title = vscode.l10n.t("{0} on Ray", basename(file.fsPath));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const closing = new AbortController();
  const end = await vscode.window.withProgress(options, (progress, cancelled) => {
    cancelled.onCancellationRequested(() => closing.abort());
    let shown = 0;
    const hear = (line: string): void => {
      const now = progressIn(line);
      const note = noteIn(line);
      if (note !== undefined) log.info(`${title}: ${note}`);
      if (!now) return;
      const message = vscode.l10n.t(
        "{0} of {1} trials, {2} jobs running",
        now.ended,
        now.trials,
        now.running,
      );
      progress.report({ message, increment: (100 * (now.ended - shown)) / now.trials });
      if (now.ended > shown) runsChanged.fire();
      shown = now.ended;
    };
    return callRay(call, hear, closing.signal);
  });
  runsChanged.fire();
  if (closing.signal.aborted) await offerStop(call, title);
  else if (end.code === 0)
    void vscode.window.showInformationMessage(vscode.l10n.t("{0}: every trial has ended.", title));
  else if (end.code === tryAgain)
    void vscode.window.showWarningMessage(vscode.l10n.t("{0}: {1}", title, end.message));
  else throw new EquipoiseError("cluster/refused", `${title}: ${end.message}`);
}

async function offerStop(call: RayCall, title: string): Promise<void> {
  const stop = vscode.l10n.t("Stop the Jobs");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("{0}: the jobs go on in the cluster. The same command finds them again.", title),
    stop,
  );
  if (answer !== stop) return;
  const [file = "", ...address] = call.args.filter((word) => word !== "--json");
  const { code, message } = await callRay({ ...call, args: ["stop", file, ...address] }, () => {});
  if (code !== 0) throw new EquipoiseError("cluster/refused", message);
}
