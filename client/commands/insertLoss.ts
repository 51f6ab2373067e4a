/** Writes a loss into equipoise.yaml as one undoable edit, and offers to take it back. */

import * as vscode from "vscode";
import { commands } from "#protocol/language.ts";
import { baseName } from "../places.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";
import { choiceFor } from "./lossChoice.ts";
import { manifestFor } from "./manifest.ts";

export const insertLoss: Command = {
  id: commands.insertLoss,
  async run(services, manifestArgument, choiceArgument, evidence) {
    const manifest = await manifestFor(services, manifestArgument);
    if (!manifest) return undefined;
    // A row of the tree of runs names manifest and loss in one argument.
    const choice = await choiceFor(services, manifest, choiceArgument, manifestArgument);
    const edit = await services.language.insertion({
      manifest: manifest.toString(),
      choice,
      ...(typeof evidence === "string" && { evidence }),
    });
    if (!edit) {
      void vscode.window.showInformationMessage(vscode.l10n.t("equipoise.yaml has this loss already."));
      return undefined;
    }
    return insert(services, edit);
  },
};

/** Applies the edit, shows and saves the file, and gives its path. */
async function insert({ lab }: Services, edit: vscode.WorkspaceEdit): Promise<string> {
  const target = targetOf(edit);
  const before = await textOf(target);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error(
      vscode.l10n.t("The editor refused to change {0}. Check that it can be written.", baseName(target)),
    );
  const document = await vscode.workspace.openTextDocument(target);
  await vscode.window.showTextDocument(document, { preview: false, viewColumn: columnFor() });
  // Training reads the file, not the editor.
  await document.save();
  lab.post({ kind: "inserted", file: baseName(target) });
  offerUndo(target, before, document.getText());
  return target.fsPath;
}

/** The file that the edit changes or creates; the edits of the server change one. */
function targetOf(edit: vscode.WorkspaceEdit): vscode.Uri {
  const [first] = edit.entries();
  if (!first) throw new Error(vscode.l10n.t("The edit of the language server changes no file."));
  return first[0];
}

/** Undefined where the file does not exist. */
async function textOf(file: vscode.Uri): Promise<string | undefined> {
  try {
    await vscode.workspace.fs.stat(file);
  } catch {
    return undefined;
  }
  return (await vscode.workspace.openTextDocument(file)).getText();
}

/** Where text is shown already, else beside the panel, never over it. */
function columnFor(): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const texts = all.find(({ activeTab }) => activeTab?.input instanceof vscode.TabInputText);
  if (texts) return texts.viewColumn;
  return activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview
    ? vscode.ViewColumn.Beside
    : vscode.ViewColumn.Active;
}

function offerUndo(file: vscode.Uri, before: string | undefined, after: string): void {
  vscode.window
    .showInformationMessage(vscode.l10n.t("Inserted into {0}.", baseName(file)), vscode.l10n.t("Undo"))
    .then(
      (answer) => (answer ? takeBack(file, before, after) : undefined),
      () => {},
    );
}

/** Undoes the insertion unless the file has changed since: then only the user knows what to keep. */
async function takeBack(file: vscode.Uri, before: string | undefined, after: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  if (document.getText() !== after) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t("{0} has changed since. Use the editor's own undo.", baseName(file)),
    );
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  if (before === undefined) edit.deleteFile(file, { ignoreIfNotExists: true });
  else {
    const end = document.lineAt(document.lineCount - 1).range.end;
    edit.replace(file, new vscode.Range(new vscode.Position(0, 0), end), before);
  }
  await vscode.workspace.applyEdit(edit);
  if (before !== undefined) await document.save();
}
