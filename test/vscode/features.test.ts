/** Features of the language server as the editor shows them. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import {
  ask,
  cleanUp,
  codeOf,
  diagnostics,
  extension,
  sample,
  show,
  until,
  workspaceFile,
} from "./helpers.ts";

const list = workspaceFile("features.txt");
const project = workspaceFile("equipoise.yaml");
const lines = "cat/1.jpg cat\n".repeat(200) + "dog/1.jpg dog\n".repeat(30) + "cow/1.jpg cow\n";
const settings = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration("equipoise").update(name, value, vscode.ConfigurationTarget.Workspace);

describe("a manifest and its settings", () => {
  before(extension);
  beforeEach(() => writeFileSync(list.fsPath, lines));
  afterEach(() => {
    rmSync(project.fsPath, { force: true });
    return cleanUp(list, project);
  });

  it("lists its classes as symbols, largest first", async () => {
    await show(list);
    const symbols = await until("the symbols", async () => {
      const found = await ask<vscode.DocumentSymbol[] | undefined>(
        "vscode.executeDocumentSymbolProvider",
        list,
      );
      return found && found.length > 0 && found;
    });
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${name} ${detail}`),
      ["cat 200 images", "dog 30 images", "cow 1 image"],
    );
  });

  it("are linked: the settings lead to the manifest and to the first place of a class", async () => {
    writeFileSync(
      project.fsPath,
      "manifest: features.txt\nobjective:\n  prior:\n    cat: 0.5\n    dog: 0.5\n",
    );
    await show(project);
    const links = await until("the links", async () => {
      const found = await ask<vscode.DocumentLink[]>("vscode.executeLinkProvider", project, 10);
      return found.length >= 3 && found;
    });
    const files = links.filter(({ target }) => target?.fsPath === list.fsPath);
    assert.deepEqual(
      files.map(({ target }) => target?.fragment),
      ["", "L1,11", "L201,11"],
    );
  });

  it("are mended on one request for all that has one answer", async () => {
    writeFileSync(
      project.fsPath,
      "manifest: features.txt\nsampelr: class-balanced\nloss:\n  id: balancd-softmax\n",
    );
    const { document } = await show(project);
    await until("the findings", () => diagnostics(project).length >= 2);
    const [action] = await until("the action", async () => {
      const found = await ask<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        project,
        new vscode.Range(0, 0, document.lineCount, 0),
        "source.fixAll.equipoise",
      );
      return found.length > 0 && found;
    });
    assert.ok(action?.edit && (await vscode.workspace.applyEdit(action.edit)));
    assert.match(document.getText(), /^sampler: class-balanced$/m);
    assert.match(document.getText(), /id: balanced-softmax/);
  });

  it("turn a rule off for the file, in the project, and on a line", async () => {
    await show(list);
    const found = await until("the finding", () =>
      diagnostics(list).find((one) => codeOf(one) === "class/few"),
    );
    const titled = (document: vscode.Uri, range: vscode.Range, title: RegExp): Promise<vscode.CodeAction> =>
      until(String(title), async () => {
        const all = await ask<vscode.CodeAction[]>("vscode.executeCodeActionProvider", document, range);
        return all.find((action) => title.test(action.title));
      });
    await titled(list, found.range, /^Turn off class\/few in equipoise\.yaml$/);
    await titled(list, found.range, /^Accept this finding in equipoise-baseline\.json$/);
    const { edit } = await titled(list, found.range, /^Turn off class\/few for this file$/);
    assert.ok(edit && (await vscode.workspace.applyEdit(edit)));
    await until("no such finding", () => !diagnostics(list).some((one) => codeOf(one) === "class/few"));
    const text = `manifest: features.txt\nsampelr: x\n`;
    const whole = new vscode.WorkspaceEdit();
    const { document } = await show(project);
    whole.replace(project, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(whole);
    const wrong = await until("the mistake", () =>
      diagnostics(project).find((one) => codeOf(one) === "config/unknown-key"),
    );
    const ignore = await titled(project, wrong.range, /^Ignore config\/unknown-key on this line$/);
    assert.ok(ignore.edit && (await vscode.workspace.applyEdit(ignore.edit)));
    await until("nothing said", () => diagnostics(project).length === 0);
  });

  it("explains what a finding means, on request", async () => {
    await vscode.commands.executeCommand("equipoise.showDocumentation", "imbalance/high");
    await until("the page", () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => /findings\.md/i.test(label))),
    );
  });

  it("follows changed settings at once", async () => {
    await show(list);
    const lenses = async (): Promise<number> =>
      (await ask<vscode.CodeLens[]>("vscode.executeCodeLensProvider", list)).length;
    const severity = (): vscode.DiagnosticSeverity | undefined =>
      diagnostics(list).find((one) => codeOf(one) === "class/few")?.severity;
    await until("the lines above", async () => (await lenses()) > 0);
    await until("the finding", () => severity() === vscode.DiagnosticSeverity.Information);
    try {
      await settings("codeLens", false);
      await settings("rules", { "class/few": "error" });
      await until("no lines above", async () => (await lenses()) === 0);
      await until("an error", () => severity() === vscode.DiagnosticSeverity.Error);
    } finally {
      await settings("codeLens", undefined);
      await settings("rules", undefined);
    }
  });

  it("is spoken of without being open where the settings ask for the whole workspace", async () => {
    await show(sample());
    try {
      await settings("diagnostics.scope", "workspace");
      await until(
        "its finding",
        () => diagnostics(list).some((one) => codeOf(one) === "imbalance/high"),
        40_000,
      );
    } finally {
      await settings("diagnostics.scope", undefined);
    }
  });
});
