import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  type CodeAction,
  CodeActionRequest,
  CodeActionTriggerKind,
  type TextEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { isUntouched } from "#engine/targets/code.ts";
import { samplerCodeRequest } from "#protocol/language.ts";
import { inMemory, type Started } from "./client.ts";
import { type Folder, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;
afterEach(() => client.stop());

const pytorch = `import torch
from torch import nn

DATA = "data/train.txt"


def main():
    model = nn.Linear(8, 10)
    criterion = nn.CrossEntropyLoss()
    for x, y in loader(DATA):
        criterion(model(x), y).backward()
`;
const keras = `import keras

DATA = "data/train.txt"
model = keras.Sequential([keras.layers.Dense(10)])
model.compile(
    optimizer="sgd",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x, y, epochs=5)
`;
const typescript = `import * as tf from "@tensorflow/tfjs";

const data: string = "data/train.txt";
const model: tf.Sequential = tf.sequential();
model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
await model.fit(read(data), labels as tf.Tensor);
`;

/** Everything that can be done at a line, for whoever asked. */
async function actionsAt(
  uri: string,
  line: number,
  triggerKind?: CodeActionTriggerKind,
): Promise<CodeAction[]> {
  const at = { line, character: 0 };
  const found = await client.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range: { start: at, end: at },
    context: { diagnostics: [], ...(triggerKind && { triggerKind }), only: ["refactor"] },
  });
  return (found ?? []) as CodeAction[];
}

const titles = (actions: readonly CodeAction[]): string[] => actions.map(({ title }) => title);

interface Change {
  readonly kind?: string;
  readonly uri?: string;
  readonly textDocument?: { readonly uri: string };
  readonly edits?: TextEdit[];
}

/** Applies an edit on disk and returns the script's new text. */
function applied(action: CodeAction | undefined, uri: string, text: string): string {
  let script = text;
  for (const change of (action?.edit?.documentChanges ?? []) as Change[]) {
    const at = change.textDocument?.uri;
    if (at === uri)
      script = TextDocument.applyEdits(TextDocument.create(uri, "", 1, script), change.edits ?? []);
    else if (at !== undefined) {
      const path = fileURLToPath(at);
      const before = existsSync(path) ? readFileSync(path, "utf8") : "";
      writeFileSync(
        path,
        TextDocument.applyEdits(TextDocument.create(at, "", 1, before), change.edits ?? []),
      );
    }
  }
  return script;
}

async function opened(name: string, text: string, languageId: string): Promise<readonly [Folder, string]> {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  workspace.write("data/train.txt", pathList());
  const uri = workspace.write(name, text);
  client.open(uri, text, languageId);
  return [workspace, uri];
}

describe("at the loss of a PyTorch script", () => {
  it("a loss is inserted, ratios are recorded and the loss is copied; other lines are quiet", async () => {
    const [workspace, uri] = await opened("train.py", pytorch, "python");
    expect(titles(await actionsAt(uri, 2))).toEqual([]);
    const actions = await actionsAt(uri, 8);
    expect(titles(actions)).toEqual([
      expect.stringMatching(/^Insert balanced softmax here \(equipoise_loss\.py\)$/),
      expect.stringMatching(/^Insert .* here \(equipoise_loss\.py\)$/),
      ...(actions.length > 5 ? [expect.stringMatching(/^Insert .* here/)] : []),
      "Record gradient ratios (equipoise_recorder.py)",
      "Copy balanced softmax as PyTorch",
      "Copy sampler as PyTorch…",
    ]);
    expect(titles(await actionsAt(uri, 2, CodeActionTriggerKind.Invoked))).toEqual(titles(actions));
    const script = applied(actions[0], uri, pytorch);
    expect(script).toContain("    criterion = BalancedSoftmaxLoss()\n");
    expect(script).toContain("from torch import nn\nfrom equipoise_loss import BalancedSoftmaxLoss\n");
    const module = readFileSync(`${workspace.path}/equipoise_loss.py`, "utf8");
    expect(module).toContain("COUNTS = [5000, 2997, ");
    expect(isUntouched(module)).toBe(true);
    client.change(uri, 2, script);
    const again = await actionsAt(uri, 9);
    expect(titles(again).some((title) => title.startsWith("Insert balanced softmax"))).toBe(false);
  });

  it("a file that somebody changed is left alone, and one that nobody changed is written anew", async () => {
    const [workspace, uri] = await opened("train.py", pytorch, "python");
    const [first, second] = await actionsAt(uri, 8);
    applied(first, uri, pytorch);
    const path = `${workspace.path}/equipoise_loss.py`;
    const ours = readFileSync(path, "utf8");
    const other = (await actionsAt(uri, 8))[1];
    expect(other?.title).toBe(second?.title);
    applied(other, uri, pytorch);
    expect(readFileSync(path, "utf8")).not.toBe(ours);
    expect(isUntouched(readFileSync(path, "utf8"))).toBe(true);
    const changed = ours.replace("COUNTS = [5000,", "COUNTS = [4000,");
    writeFileSync(path, changed);
    const [insert] = await actionsAt(uri, 8);
    expect(insert?.title).toBe(
      "Insert balanced softmax here (equipoise_loss_2.py, equipoise_loss.py is left as you changed it)",
    );
    expect(applied(insert, uri, pytorch)).toContain("from equipoise_loss_2 import BalancedSoftmaxLoss");
    expect(readFileSync(path, "utf8")).toBe(changed);
    expect(isUntouched(readFileSync(`${workspace.path}/equipoise_loss_2.py`, "utf8"))).toBe(true);
  });

  it("commands ask for the manifest where nothing names one, and editors without them get nothing", async () => {
    const text = pytorch.replace("data/train.txt", "elsewhere");
    const [, uri] = await opened("train.py", text, "python");
    const actions = await actionsAt(uri, 8);
    expect(titles(actions)).toEqual([
      "Insert loss here…",
      "Record gradient ratios…",
      "Copy loss as PyTorch…",
    ]);
    expect(actions.map(({ command }) => command?.command)).toEqual([
      "equipoise.insertLossHere",
      "equipoise.recordGradientRatios",
      "equipoise.copyAsPyTorch",
    ]);
  });
});

describe("at compile of a Keras script", () => {
  it("a loss is put into compile, a recorder around the present one and into fit", async () => {
    const [, uri] = await opened("train.py", keras, "python");
    const actions = await actionsAt(uri, 6);
    const insert = applied(actions[0], uri, keras);
    expect(insert).toContain("    loss=BalancedSoftmaxLoss(),\n");
    expect(insert).toContain("import keras\nfrom equipoise_loss import BalancedSoftmaxLoss\n");
    const record = actions.find(({ title }) => title.startsWith("Record gradient ratios"));
    const recorded = applied(record, uri, keras);
    expect(recorded).toContain(
      "recorder = Recorder(keras.losses.SparseCategoricalCrossentropy(from_logits=True))\nmodel.compile(\n",
    );
    expect(recorded).toContain("    loss=recorder.loss,\n");
    expect(recorded).toContain("model.fit(x, y, epochs=5, callbacks=[recorder])");
    client.change(uri, 2, recorded);
    expect(titles(await actionsAt(uri, 8)).filter((title) => title.startsWith("Record"))).toEqual([]);
  });

  it("nothing is inserted into a model that gives probabilities, and the reason is said", async () => {
    const text = keras.replace("Dense(10)", 'Dense(10, activation="softmax")');
    const [, uri] = await opened("train.py", text, "python");
    const actions = await actionsAt(uri, 6);
    expect(actions.filter(({ edit }) => edit)).toEqual([]);
    expect(actions[0]?.disabled?.reason).toContain('gives probabilities (activation="softmax")');
  });
});

it("a loss is put into compile of a TypeScript module, and refused in one that is no module", async () => {
  const [workspace, uri] = await opened("train.ts", typescript, "typescript");
  const [insert] = await actionsAt(uri, 4);
  expect(insert?.title).toBe("Insert balanced softmax here (equipoise_loss.mjs)");
  const script = applied(insert, uri, typescript);
  expect(script).toContain("loss: (labels, logits) => balancedSoftmaxLoss(logits, labels) });");
  expect(script).toContain('import { balancedSoftmaxLoss } from "./equipoise_loss.mjs";\n');
  const module = readFileSync(`${workspace.path}/equipoise_loss.mjs`, "utf8");
  expect(isUntouched(module)).toBe(true);
  const common = typescript.replace(/^import.*$/m, 'const tf = require("@tensorflow/tfjs");');
  client.change(uri, 2, common);
  const [refused] = await actionsAt(uri, 4);
  expect(refused?.disabled?.reason).toContain("no ES module");
});

it("a sampler is copied as code with the counts of the manifest, the Meta Sampler in every framework", async () => {
  const [workspace] = await opened("train.py", pytorch, "python");
  const manifest = pathToFileURL(`${workspace.path}/data/train.txt`).href;
  const ask = (sampler: string, target: string): Promise<string> =>
    client.connection.sendRequest(samplerCodeRequest, { manifest, sampler, target });
  const keras = await ask("class-aware", "keras");
  expect(keras).toContain("class ClassAwareSampler");
  expect(keras).toContain("COUNTS = [5000, 2997, ");
  for (const target of ["pytorch", "keras", "tensorflowjs"]) {
    const meta = await ask("meta", target);
    expect(meta).toContain("class MetaSampler");
    expect(meta).toContain("COUNTS = [5000, 2997, ");
  }
});
