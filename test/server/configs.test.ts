import { afterEach, expect, it } from "vitest";
import type { CodeAction, TextDocumentEdit, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { environmentNotification } from "#protocol/language.ts";
import { inMemory, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;
afterEach(() => client.stop());

const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const base = "_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py']\n";

/** The text of a document after an action. */
function after(action: CodeAction | undefined, uri: string, text: string): string {
  const changes = (action?.edit?.documentChanges ?? []) as TextDocumentEdit[];
  const edits = changes.find(({ textDocument }) => textDocument?.uri === uri)?.edits ?? [];
  return TextDocument.applyEdits(TextDocument.create(uri, "", 1, text), edits as TextEdit[]);
}

it("tells of a setting that does not do what it says, and mends it", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  const text = `${base}model = dict(head=dict(num_classes=10, loss=dict(type='SeesawLoss')))\n`;
  const uri = workspace.write("configs/resnet.py", text);
  client.open(uri, text, "python");
  const found = await client.diagnostics(uri, (all) => all.length > 0);
  expect(found).toMatchObject([{ code: "trap/seesaw-classes", severity: 1, range: { start: { line: 1 } } }]);
  const actions = await client.actions(uri, found[0]!.range, found);
  const mend = actions.find(({ title }) => title === "Set num_classes to 10");
  expect(mend?.isPreferred).toBe(true);
  const mended = after(mend, uri, text);
  expect(mended).toContain("loss=dict(type='SeesawLoss', num_classes=10)");
  client.change(uri, 2, mended);
  expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
});

it("finds the manifest that a configuration names, and tells that its counts changed", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  workspace.write("data/train.txt", pathList());
  const text = `${base}model = dict(head=dict(num_classes=10))\ntrain_dataloader = dict(dataset=dict(data_root='data', ann_file='train.txt'))\n`;
  const uri = workspace.write("configs/resnet.py", text);
  client.open(uri, text, "python");
  const actions = await client.actions(uri, start);
  const insert = actions.find(({ title }) => title.startsWith("Insert class-balanced softmax"));
  const inserted = after(insert, uri, text);
  expect(inserted).toContain("# Equipoise: counts of ../data/train.txt (");
  client.change(
    uri,
    2,
    inserted.replace(": 5000 2997 ", ": 4999 2997 ").replace(/\([0-9a-f]{8}:/, "(00000000:"),
  );
  const [stale] = await client.diagnostics(uri, (all) => all.length > 0);
  expect(stale).toMatchObject({ code: "config/stale-counts" });
  expect(stale!.message).toContain("airplane had 4,999, now 5,000");
});

it("asks once which manifest belongs to a configuration, and remembers it beside it", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  const list = workspace.write("train.txt", pathList());
  client.open(list, pathList());
  await client.diagnostics(list, (all) => all.length > 0);
  const text = `${base}model = dict(head=dict(num_classes=10))\n`;
  const uri = workspace.write("configs/resnet.py", text);
  client.open(uri, text, "python");
  const [ask] = await client.actions(uri, start);
  expect(ask?.title).toBe("Take the counts of train.txt for this configuration");
  const changes = JSON.stringify(ask?.edit?.documentChanges);
  expect(changes).toContain("configs/equipoise.yaml");
  expect(changes).toContain("manifest: ../train.txt");
  workspace.write("configs/equipoise.yaml", "manifest: ../train.txt\n");
  const titles = (await client.actions(uri, start)).map(({ title }) => title);
  expect(titles[0]).toContain("Insert class-balanced softmax");
});

it("says why nothing can be written", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  workspace.write("train.txt", pathList());
  workspace.write("equipoise.yaml", "manifest: train.txt\n");
  const text = `${base}model = dict(head=dict(num_classes=1000))\n`;
  const uri = workspace.write("configs/resnet.py", text);
  client.open(uri, text, "python");
  const actions = await client.actions(uri, start);
  expect(actions.map(({ disabled }) => disabled?.reason)).toEqual([
    "num_classes is 1,000 here, the manifest has 10 classes. Set num_classes first; nothing was changed.",
  ]);
});

it("says nothing about ordinary scripts and settings", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  for (const [name, text] of [
    ["a.py", "import torch\nprint(torch.__version__)\n"],
    ["docker-compose.yml", "services:\n  web:\n    image: nginx\n"],
    ["a.mjs", "export const model = { fit() {} };\n"],
  ] as const) {
    const uri = workspace.write(name, text);
    client.open(uri, text);
    expect(await client.actions(uri, start)).toEqual([]);
  }
  expect(client.published.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
});

it("tells of a setting that the framework of the selected environment does not know", async () => {
  const workspace = folder.inside();
  client = await inMemory({ folders: [workspace.path] });
  const text = "task: detect\nmodel: yolo11n.pt\ndata: a.yaml\nepochs: 3\ncls_pw: 0.5\n";
  const uri = workspace.write("args.yaml", text);
  const packages = "conda/lib/python3.11/site-packages";
  workspace.write(`${packages}/ultralytics-8.4.14.dist-info/METADATA`, "");
  client.open(uri, text, "yaml");
  // Asked first, so that the selection comes after the file was looked at.
  await client.actions(uri, start);
  await client.connection.sendNotification(environmentNotification, {
    path: `${workspace.path}/conda/bin/python`,
  });
  const found = await client.diagnostics(uri, (all) => all.length > 0);
  expect(found).toMatchObject([
    { code: "trap/framework-version", severity: 1, range: { start: { line: 4 } } },
  ]);
});
