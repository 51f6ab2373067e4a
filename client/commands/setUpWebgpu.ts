/** Makes a GPU of any maker train for Equipoise, through WebGPU. */
import * as vscode from "vscode";
import type { SetupWish } from "#protocol/backends.ts";
import { commands } from "#protocol/language.ts";
import { isEditorsRuntime, nodeOnPath } from "../engineRuntime.ts";
import type { Command } from "./command.ts";
import { setUpBackend } from "./setUpBackend.ts";

export const setUpWebgpu: Command = {
  id: commands.setUpWebgpu,
  run: ({ training }) => setUpBackend(training, "WebGPU", choose),
};

async function choose(): Promise<SetupWish | undefined> {
  if (isEditorsRuntime() && !(await takeNode())) return undefined;
  const fromNpm = vscode.l10n.t("Download from npm's registry");
  const fromFile = vscode.l10n.t("From a file...");
  const picked = await vscode.window.showQuickPick(
    [
      { label: fromNpm, description: vscode.l10n.t("at most 51 MB, of which 22 MB are kept") },
      { label: fromFile, description: vscode.l10n.t("an archive that `npm pack webgpu` made elsewhere") },
    ],
    { title: vscode.l10n.t("Where does WebGPU come from?") },
  );
  if (!picked) return undefined;
  if (picked.label === fromNpm) return { backend: "webgpu" };
  const [file] =
    (await vscode.window.showOpenDialog({ title: picked.label, filters: { [fromFile]: ["tgz"] } })) ?? [];
  return file && { backend: "webgpu", from: file.fsPath };
}

/** Has training run on a Node of this machine from now on, where the user agrees. */
async function takeNode(): Promise<boolean> {
  const node = await nodeOnPath();
  if (node === undefined) {
    const open = vscode.l10n.t("Open Setting");
    const answer = await vscode.window.showErrorMessage(
      vscode.l10n.t(
        "WebGPU needs Node.js 20.19 or newer, as the editor's own runtime cannot run it, and none is on the path. Install it, or name one in the setting equipoise.engine.node.",
      ),
      open,
    );
    if (answer === open)
      await vscode.commands.executeCommand("workbench.action.openSettings", "equipoise.engine.node");
    return false;
  }
  const use = vscode.l10n.t("Train with It");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "WebGPU needs Node.js, as the editor's own runtime cannot run it. Train with {0} from now on? This sets equipoise.engine.node.",
      node,
    ),
    { modal: true },
    use,
  );
  if (answer !== use) return false;
  const settings = vscode.workspace.getConfiguration("equipoise");
  await settings.update("engine.node", node, vscode.ConfigurationTarget.Global);
  return true;
}
