import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
import { cleanUp, extension, sample, until, workspaceFile } from "./helpers.ts";

describe("the Node that trains", () => {
  let api: ExtensionForTests;
  let folder: string;
  const training = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("equipoise");
  const name = async (program: string | undefined): Promise<void> => {
    await training().update("engine.node", program, vscode.ConfigurationTarget.Global);
    await until("the setting", () => training().get("engine.node", "") === (program ?? ""));
    await vscode.commands.executeCommand("equipoise.restartEngine");
  };
  before(async () => {
    api = await extension();
    folder = mkdtempSync(join(tmpdir(), "equipoise-node-"));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("equipoise.stopTraining");
    await name(undefined);
    await cleanUp();
  });
  after(() => {
    for (const made of [folder, workspaceFile(".equipoise").fsPath])
      rmSync(made, { recursive: true, force: true });
  });

  it("is the one of the setting, which trains with its own environment", async () => {
    const mark = join(folder, "started");
    const program = join(folder, "node");
    const script = `#!/bin/sh\n[ "$1" = -p ] || echo "$$" > "${mark}"\nexec "${process.execPath}" "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    await name(program);
    await vscode.commands.executeCommand("equipoise.compareLosses", sample().toString());
    await until("the training", () => api.experiment()?.state.kind === "running", 60_000);
    assert.ok(existsSync(mark), "the named program was started");
  });

  it("is refused with a reason where the setting names something else", async () => {
    const mark = join(folder, "not-node");
    writeFileSync(mark, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    await name(mark);
    const before = api.experiment()?.id;
    const problems = (): boolean => api.toPanel.some((one) => JSON.stringify(one).includes("not-node"));
    await vscode.commands.executeCommand("equipoise.openLossLab", sample().toString());
    await until("the reason in the panel", problems, 60_000);
    assert.equal(api.experiment()?.id, before);
  });
});
