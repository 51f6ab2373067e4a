import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import type { ExtensionForTests } from "../../client/extension.ts";
import { writeRecordedRun } from "../recordedRun.ts";
import { cleanUp, extension, sample, until, workspaceFile } from "./helpers.ts";

describe("a run that another program writes", () => {
  let api: ExtensionForTests;
  before(async () => {
    api = await extension();
  });
  after(async () => {
    await cleanUp();
    rmSync(workspaceFile(".equipoise").fsPath, { recursive: true, force: true });
  });

  const steps = (): number[] =>
    api.toPanel.flatMap((one) => (one.kind === "update" ? one.update.gradients : [])).map(({ step }) => step);
  const snapshot = () => {
    const last = api.toPanel.findLast(({ kind }) => kind === "snapshot");
    return last?.kind === "snapshot" ? last.snapshot : undefined;
  };

  it("shows up in the panel when it begins, and report by report as it goes", async () => {
    await vscode.commands.executeCommand("equipoise.openLossLab", sample());
    const dataset = await until("the panel", () => snapshot()?.dataset);
    const classes = dataset.view.classes.map(({ name }) => name);
    const counts = dataset.view.classes.map(({ count }) => count);
    const home = workspaceFile().fsPath;
    const stranger = writeRecordedRun(home, "other", { loss: "x", classes: ["a", "b"], counts: [1, 2] });
    stranger.report(1, 1);
    const run = writeRecordedRun(home, "mine", { loss: "HingeLoss", classes, counts });
    run.report(1, 1);
    await until("the recording", () => snapshot()?.recording === "mine");
    assert.deepEqual(
      snapshot()?.recorded?.map(({ id, title }) => [id, title]),
      [["mine", "HingeLoss"]],
    );
    for (const step of [2, 3, 4]) run.report(step, 1, step === 4 ? 0.25 : undefined);
    await until("the reports", () => steps().includes(4));
    run.state({ kind: "finished", accuracy: 0.25, balancedAccuracy: 0.25 });
    await until("the end", () => {
      const last = api.toPanel.findLast(({ kind }) => kind === "update");
      return last?.kind === "update" && last.update.state.kind === "finished";
    });
  });
});
