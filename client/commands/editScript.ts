/** Puts a loss, or the recorder of gradient ratios, into the training script in front, as one undoable edit. */

import * as vscode from "vscode";
import { commands, type ScriptEditParams } from "#protocol/language.ts";
import { losses } from "#protocol/losses.ts";
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
    const { languageId } = editor.document;
    if (languageId === "python" && /^\s*(?:import|from) torch\b/m.test(editor.document.getText())) {
      return edit(services, editor, manifest, { kind: "insert", choice });
    }
    const target = languageId === "python" ? "keras" : "tensorflowjs";
    const code = await services.language.lossCode({ manifest: manifest.toString(), choice, target });
    await editor.edit((changes) => changes.insert(editor.selection.active, code));
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} was inserted at the cursor.", losses[choice.loss].title),
    );
    return code;
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
  throw new Error("No file is open in the editor. Open the training script and try again.");
}

/** Applies the edit of the script and writes the module beside it; both are one step to undo. */
async function edit(
  { language }: Services,
  { document }: vscode.TextEditor,
  manifest: vscode.Uri,
  act: ScriptEditParams["act"],
): Promise<string> {
  const { edits, file } = await language.scriptEdit({
    manifest: manifest.toString(),
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
    throw new Error("The editor refused the change. Check that the script and its folder can be written.");
  const already = edits.length === 0 ? "The script has it already; " : "";
  void vscode.window.showInformationMessage(
    already + vscode.l10n.t("{0} holds the code and the class counts.", file.name),
  );
  return file.name;
}
