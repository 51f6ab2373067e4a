import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
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

describe("the language server as a process", () => {
  let api: ExtensionForTests;
  before(async () => {
    api = await extension();
  });
  afterEach(() => cleanUp());

  const warned = (): boolean => diagnostics(sample()).some((one) => codeOf(one) === "imbalance/high");

  it("is started anew by its command, and findings return", async () => {
    await show(sample());
    await until("the diagnostic", warned);
    const before = (await api.serverStatus())?.pid;
    await vscode.commands.executeCommand("equipoise.restartServer");
    const after = await until("another process", async () => {
      const pid = (await api.serverStatus())?.pid;
      return pid !== undefined && pid !== before && pid;
    });
    assert.notEqual(after, before);
    await until("the diagnostic again", warned);
  });

  it("may be killed ten times: the editor recovers and findings return", async () => {
    await show(sample());
    for (let round = 1; round <= 10; round++) {
      await until(`the diagnostic in round ${round}`, warned, 30_000);
      const pid = (await api.serverStatus())?.pid;
      assert.ok(pid);
      process.kill(pid, "SIGKILL");
      await until(
        `another process in round ${round}`,
        async () => {
          const next = await api.serverStatus().catch(() => undefined);
          return next !== undefined && next.pid !== pid;
        },
        30_000,
      );
    }
    await until("the diagnostic after all", warned, 30_000);
  }).timeout(180_000);

  it("tells what a problem report needs, and nothing of the files", async () => {
    await show(sample());
    await until("the diagnostic", warned);
    const text = await vscode.commands.executeCommand<string>("equipoise.showDebugInfo");
    assert.match(text, /^Language server +process \d+, \d+ MB/m);
    assert.match(text, /diagnostics pulled/);
    assert.match(text, /^equipoise\.backend +"auto"/m);
    assert.ok(!text.includes("train_if100"), text);
  });
});

describe("all findings", () => {
  before(extension);
  afterEach(() => cleanUp(workspaceFile("equipoise-baseline.json")));

  it("are explained on one page, each with its place", async () => {
    await show(sample());
    await until("the diagnostic", () => diagnostics(sample()).length > 0);
    const page = await vscode.commands.executeCommand<string>("equipoise.explainFindings");
    assert.match(page, /## imbalance\/high/);
    assert.match(page, /train\\?_if100\.txt:1\)/);
    assert.match(page, /What to do: insert the loss/);
  });

  it("are accepted in a baseline, and told again when it goes", async () => {
    await show(sample());
    await until("the diagnostic", () => diagnostics(sample()).length > 0);
    await vscode.commands.executeCommand("equipoise.acceptFindings");
    const file = workspaceFile("equipoise-baseline.json");
    assert.match(readFileSync(file.fsPath, "utf8"), /"code": "imbalance\/high"/);
    await until("no diagnostic", () => diagnostics(sample()).length === 0);
    rmSync(file.fsPath);
    await cleanUp();
    await show(sample());
    await until("the diagnostic again", () => diagnostics(sample()).length > 0);
  });
});

describe("when things go wrong around the editor", () => {
  before(extension);
  const project = workspaceFile("equipoise.yaml");
  afterEach(() => {
    rmSync(project.fsPath, { force: true });
    return cleanUp(project);
  });

  it("settings of a wrong kind count as their defaults", async () => {
    const settings = vscode.workspace.getConfiguration("equipoise");
    await settings.update(
      "rules",
      { "imbalance/high": 7, nonsense: "off" },
      vscode.ConfigurationTarget.Workspace,
    );
    await settings
      .update("backend", "quantum", vscode.ConfigurationTarget.Workspace)
      .then(undefined, () => {});
    try {
      await show(sample());
      await until("the diagnostic", () =>
        diagnostics(sample()).some((one) => codeOf(one) === "imbalance/high"),
      );
    } finally {
      await settings.update("rules", undefined, vscode.ConfigurationTarget.Workspace);
      await settings
        .update("backend", undefined, vscode.ConfigurationTarget.Workspace)
        .then(undefined, () => {});
    }
  });

  it("rules follow an equipoise.yaml that comes and goes under us", async () => {
    await show(sample());
    const high = (): boolean => diagnostics(sample()).some((one) => codeOf(one) === "imbalance/high");
    await until("the diagnostic", high);
    // Beside the manifest, where no other test opens one: the editor keeps the text of an open file that is gone.
    const near = vscode.Uri.joinPath(sample(), "..", "equipoise.yaml").fsPath;
    writeFileSync(near, "rules:\n  imbalance/high: off\n");
    await until("no diagnostic", () => !high());
    rmSync(near);
    await until("the diagnostic again", high);
  });

  it("a file that cannot be written keeps its content, and the editor says so", async () => {
    const text = "manifest: cifar10-lt/train_if100.txt\nsampelr: class-balanced\n";
    writeFileSync(project.fsPath, text);
    chmodSync(project.fsPath, 0o444);
    await show(project);
    const [found] = await until("the finding", () => {
      const all = diagnostics(project).filter((one) => codeOf(one) === "config/unknown-key");
      return all.length > 0 && all;
    });
    const actions = await until("the quick fix", async () => {
      const all = await ask<vscode.CodeAction[]>("vscode.executeCodeActionProvider", project, found?.range);
      return all.some(({ title }) => title === "Change to sampler") && all;
    });
    const fix = actions.find(({ title }) => title === "Change to sampler");
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.equal(readFileSync(project.fsPath, "utf8"), text, "the disk is as it was");
  });
});
