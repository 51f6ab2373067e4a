/** A sweep on a Ray cluster from the editor, and the secret that opens the cluster. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import { commands } from "#protocol/language.ts";
import { tokenKey } from "../raySweeps.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";

const addressKey = "rayAddress";
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
  async run(services, resource, known) {
    const file = resource instanceof vscode.Uri ? resource : await chooseSweep();
    const address = file && (typeof known === "string" ? known : await askAddress(services));
    if (file && address) await services.raySweeps.follow(file, address);
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
