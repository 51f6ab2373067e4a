import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { ask, cleanUp, extension, show, until, workspaceFile } from "./helpers.ts";

const script = (name: string): vscode.Uri => workspaceFile("cifar10-lt", name);
const loss = (): vscode.Uri => script("equipoise_loss.py");

const pytorch = `import torch
from torch import nn

LIST = "train_if100.txt"


def train(model, loader):
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        criterion(model(x), y).backward()
`;
const javascript = `import * as tf from "@tensorflow/tfjs";

const list = "train_if100.txt";
const model = tf.sequential();
model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
await model.fit(read(list), labels);
`;

describe("a training script", () => {
  before(extension);
  afterEach(() =>
    cleanUp(
      ...["train.py", "train.mjs", "plain.py", "equipoise_loss.py", "equipoise_loss_2.py"].map(script),
      ...["equipoise_loss.mjs", "equipoise_recorder.py"].map(script),
    ),
  );

  async function opened(name: string, text: string): Promise<vscode.TextEditor> {
    writeFileSync(script(name).fsPath, text);
    return show(script(name));
  }

  const actionsAt = (file: vscode.Uri, line: number): Promise<vscode.CodeAction[]> =>
    ask<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      file,
      new vscode.Range(line, 4, line, 4),
      vscode.CodeActionKind.Refactor.value,
    ).then((actions) => actions.filter(({ kind }) => kind?.value.endsWith(".equipoise")));

  const actionNamed = (file: vscode.Uri, line: number, title: RegExp): Promise<vscode.CodeAction> =>
    until(`the action ${title}`, async () =>
      (await actionsAt(file, line)).find((action) => title.test(action.title)),
    );

  it("gets a loss in the place of its criterion, and the module beside it", async () => {
    const { document } = await opened("train.py", pytorch);
    const insert = await actionNamed(
      document.uri,
      7,
      /^Insert balanced softmax here \(equipoise_loss\.py\)$/,
    );
    assert.ok(insert.edit && (await vscode.workspace.applyEdit(insert.edit)));
    assert.match(document.getText(), /from equipoise_loss import BalancedSoftmaxLoss/);
    assert.match(document.getText(), /criterion = BalancedSoftmaxLoss\(\)/);
    const module = await vscode.workspace.openTextDocument(loss());
    assert.match(module.getText(), /class BalancedSoftmaxLoss\(nn\.Module\)/);
  });

  it("is recorded and its loss copied by commands, and a changed file of ours is left alone", async () => {
    const { document } = await opened("train.py", pytorch);
    writeFileSync(loss().fsPath, "# mine\n");
    const list = script("train_if100.txt").toString();
    const name = await vscode.commands.executeCommand<string>("equipoise.insertLossHere", list);
    assert.equal(name, "equipoise_loss_2.py");
    assert.match(document.getText(), /from equipoise_loss_2 import BalancedSoftmaxLoss/);
    assert.equal(readFileSync(loss().fsPath, "utf8"), "# mine\n");
    await vscode.commands.executeCommand("equipoise.recordGradientRatios", list);
    assert.match(document.getText(), /criterion = RecordedLoss\(BalancedSoftmaxLoss\(\)\)/);
    await until("the recorder", () => existsSync(script("equipoise_recorder.py").fsPath));
    const copy = await actionNamed(document.uri, 8, /^Copy balanced softmax as PyTorch$/);
    assert.equal(copy.command?.command, "equipoise.copyAsPyTorch");
    await vscode.commands.executeCommand(copy.command.command, ...(copy.command.arguments ?? []));
    assert.match(await vscode.env.clipboard.readText(), /class BalancedSoftmaxLoss/);
  });

  it("is offered a sampler as code, which the command copies with this dataset's counts", async () => {
    const { document } = await opened("train.py", pytorch);
    const copy = await actionNamed(document.uri, 8, /^Copy sampler as PyTorch…$/);
    const { command = "", arguments: given = [] } = copy.command ?? {};
    const code = await vscode.commands.executeCommand<string>(command, ...given, "class-aware");
    assert.match(code, /class ClassAwareSampler\(SeededSampler\):/);
    assert.equal(await vscode.env.clipboard.readText(), code);
    const meta = await vscode.commands.executeCommand<string>(command, ...given, "meta");
    assert.match(meta, /class MetaSampler:/);
  });

  it("in JavaScript gets a loss in compile; other scripts get nothing", async () => {
    const { document } = await opened("train.mjs", javascript);
    const insert = await actionNamed(
      document.uri,
      4,
      /^Insert balanced softmax here \(equipoise_loss\.mjs\)$/,
    );
    assert.ok(insert.edit && (await vscode.workspace.applyEdit(insert.edit)));
    assert.match(document.getText(), /loss: \(labels, logits\) => balancedSoftmaxLoss\(logits, labels\)/);
    const plain = await opened("plain.py", "import json\n\nprint(json.dumps({}))\n");
    assert.deepEqual(await actionsAt(plain.document.uri, 2), []);
  });
});
