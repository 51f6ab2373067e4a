import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
import { ask, cleanUp, extension, sample, show, until, workspaceFile } from "./helpers.ts";

describe("the viewer of manifests", () => {
  let api: ExtensionForTests;
  before(async () => {
    api = await extension();
  });
  afterEach(() => cleanUp());

  it("opens a manifest without loading it, and its page asks for rows", async () => {
    await vscode.commands.executeCommand("equipoise.openViewer", sample());
    const input = await until("the tab", () => {
      const open = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return open instanceof vscode.TabInputCustom && open;
    });
    assert.equal(input.viewType, "equipoise.manifest");
    assert.equal(input.uri.fsPath, sample().fsPath);
    const { total, rows, kind } = await api.rows(sample(), 4956, 10);
    assert.equal(kind, "lines");
    assert.equal(total, 4958);
    assert.match(rows.at(-1)?.text ?? "", /truck.* 9$/);
  });
});

describe("a gzip file in the viewer", () => {
  let api: ExtensionForTests;
  const list = workspaceFile("packed.txt.gz");
  before(async () => {
    api = await extension();
  });
  afterEach(() => cleanUp(list));

  it("has rows by number, as any other", async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `images/${i}.jpg ${i % 100 === 0 ? "dog" : "cat"}`);
    writeFileSync(list.fsPath, gzipSync(`${lines.join("\n")}\n`));
    await vscode.commands.executeCommand("equipoise.openViewer", list);
    const { total, rows } = await api.rows(list, 2995, 10);
    assert.equal(total, 3000);
    assert.deepEqual(
      rows.map(({ text }) => text),
      lines.slice(2995),
    );
    assert.equal((await api.analyse(list))?.views[0]?.labels, 3000);
  });
});

describe("classes", () => {
  before(extension);
  const list = workspaceFile("named.txt");
  const text = "cat/1.jpg cat\n".repeat(30) + "dog/1.jpg dog\ndog/2.jpg dog\n";
  afterEach(() => cleanUp(list));

  it("are renamed through their manifest, and lead to their first place", async () => {
    await vscode.workspace.fs.writeFile(list, new TextEncoder().encode(text));
    await show(list);
    const position = new vscode.Position(31, 11);
    const edit = await until("the edit", async () => {
      const found = await ask<vscode.WorkspaceEdit | undefined>(
        "vscode.executeDocumentRenameProvider",
        list,
        position,
        "wolf",
      ).catch(() => undefined);
      return found && found.size > 0 && found;
    });
    assert.equal(edit.get(list).length, 2);
    const [place] = await ask<vscode.Location[]>("vscode.executeDefinitionProvider", list, position);
    assert.equal(place?.range.start.line, 30);
    const hints = await ask<vscode.InlayHint[]>(
      "vscode.executeInlayHintProvider",
      list,
      new vscode.Range(0, 0, 31, 0),
    );
    assert.deepEqual(
      hints.map(({ label }) => label),
      ["30, head", "2, tail"],
    );
  });
});
