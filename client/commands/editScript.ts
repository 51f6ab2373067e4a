/** Puts a loss, or the recorder of gradient ratios, into the training script in front, as one undoable edit. */

import * as vscode from "vscode";
import { commands, type ScriptEditParams } from "#protocol/language.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";
import { choiceFor } from "./lossChoice.ts";
import { manifestFor, pickManifest } from "./manifest.ts";

export const insertLossHere: Command = {
  id: commands.insertLossHere,
  async run(services, manifestArgument, choiceArgument) {
    const editor = editorInFront();
    const manifest = manifestArgument
      ? await manifestFor(services, manifestArgument)
      : (services.lab.manifest() ?? (await pickManifest(services)));
    if (!manifest) return undefined;
    const choice = await choiceFor(services, manifest, choiceArgument);
    return edit(services, editor, manifest, { kind: "insert", choice });
  },
};

export const recordGradientRatios: Command = {
  id: commands.recordGradientRatios,
  async run(services, manifestArgument) {
    const editor = editorInFront();
    const manifest = manifestArgument
      ? await manifestFor(services, manifestArgument)
      : (services.lab.manifest() ?? (await pickManifest(services)));
    return manifest && edit(services, editor, manifest, { kind: "record" });
  },
};

function editorInFront(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor) return editor;
  throw new Error(vscode.l10n.t("No file is open in the editor. Open the training script and try again."));
}

/** Applies the edit of the script and writes the module beside it; both are one step to undo. */
async function edit(
  { language }: Services,
  { document }: vscode.TextEditor,
  manifest: vscode.Uri,
  act: ScriptEditParams["act"],
): Promise<string> {
  const { edits, file, kept } = await language.scriptEdit({
    manifest: manifest.toString(),
    script: document.uri.toString(),
    text: document.getText(),
    act,
  });
  const all = new vscode.WorkspaceEdit();
  for (const { start, end, newText } of edits) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    all.replace(document.uri, range, newText);
  }
  const beside = vscode.Uri.joinPath(document.uri, "..", file.name);
  all.createFile(beside, { overwrite: true, contents: new TextEncoder().encode(file.content) });
  if (!(await vscode.workspace.applyEdit(all)))
    throw new Error(
      vscode.l10n.t("The editor refused the change. Check that the script and its folder can be written."),
    );
  void told(file.name, kept, document.uri, edits.length === 0);
  return file.name;
}

/** Says which file holds the code; where one of that name was changed by hand, offers to compare the two. */
async function told(
  name: string,
  kept: string | undefined,
  script: vscode.Uri,
  already: boolean,
): Promise<void> {
  if (kept === undefined) {
    void vscode.window.showInformationMessage(
      already
        ? vscode.l10n.t("The script has it already; {0} holds the code and the class counts.", name)
        : vscode.l10n.t("{0} holds the code and the class counts.", name),
    );
    return;
  }
  const compare = vscode.l10n.t("Compare");
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t("{0} holds the code; {1} was changed by hand and is left as it is.", name, kept),
    compare,
  );
  if (picked !== compare) return;
  const beside = (file: string): vscode.Uri => vscode.Uri.joinPath(script, "..", file);
  await vscode.commands.executeCommand("vscode.diff", beside(kept), beside(name), `${kept} ↔ ${name}`);
}
