import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
import { cleanUp, codeOf, diagnostics, extension, sample, show, until } from "./helpers.ts";

describe("Restricted Mode", () => {
  let api: ExtensionForTests;
  before(async () => {
    api = await extension();
  });
  after(() => cleanUp());

  it("is in force here", () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it("gives advice as ever", async () => {
    await show(sample());
    await until("the diagnostic", () =>
      diagnostics(sample()).some((one) => codeOf(one) === "imbalance/high"),
    );
  });

  it("looks for no Python environment and sets nothing up", async () => {
    assert.equal(await vscode.commands.executeCommand("equipoise.setUpTensorflow"), undefined);
    assert.equal(api.enginePid(), undefined);
  });

  it("starts no training, neither by command nor from the panel, and says why", async () => {
    // The command's own check: executeCommand does not ask for its enablement.
    void vscode.commands.executeCommand("equipoise.compareLosses", sample().toString());
    await vscode.commands.executeCommand("equipoise.openLossLab", sample().toString());
    const reason = await until("the reason in the panel", () => {
      const last = api.toPanel.findLast(({ kind }) => kind === "snapshot");
      return last?.kind === "snapshot" && !last.snapshot.trusted && last.snapshot.noProposal;
    });
    assert.match(reason, /^Restricted mode: advice only\./);
    assert.equal(api.enginePid(), undefined);
  });
});

describe("a workspace of two folders", () => {
  before(extension);
  after(() => cleanUp());

  it("has the settings of each folder for the manifests in it", async () => {
    const [, second] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(second, "a second folder is open");
    const list = vscode.Uri.joinPath(second.uri, "train.txt");
    await show(list);
    const found = await until("the findings of the second folder", () => {
      const all = diagnostics(list).map(codeOf);
      return all.includes("class/few") && all;
    });
    assert.ok(!found.includes("imbalance/high"), found.join(" "));
    await show(sample());
    await until("the finding in the first folder", () =>
      diagnostics(sample()).some((one) => codeOf(one) === "imbalance/high"),
    );
  });
});
