import { afterEach, describe, expect, it } from "vitest";
import type {
  CodeLens,
  CreateFile,
  DocumentLink,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "#protocol/analysis.ts";
import type { ScriptEdit } from "#protocol/language.ts";
import { type Analyst, inlineAnalyst } from "../../server/analyst.ts";
import { inMemory, type Started } from "./client.ts";
import { cifar, coco, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

afterEach(() => client.stop());

describe("a path list", () => {
  const text = pathList();

  it("shows its imbalance as one warning on the first line", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("train_if100.txt", text);
    client.open(uri, text);
    const [first, ...others] = await client.diagnostics(uri);
    expect(first).toMatchObject({ code: "imbalance/high", severity: 2, source: "Equipoise" });
    expect(first?.message).toContain("Imbalance factor 100");
    expect(first?.range.start.line).toBe(0);
    expect(others).toEqual([]);
  });

  it("says what it holds above line 1", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("train_if100.txt", text);
    client.open(uri, text);
    const lenses = await client.lenses(uri);
    expect(lenses?.map(({ command }) => command?.title)).toEqual([
      "12,406 images, 10 classes, imbalance factor 100",
      "Compare losses",
      "Insert loss",
    ]);
  });
});

describe("a COCO file", () => {
  const text = coco(cifar.map(([name, count]) => [name, Math.ceil(count / 10)]));

  it("shows its imbalance and what it holds", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("instances.json", text);
    client.open(uri, text, "json");
    const found = await client.diagnostics(uri);
    expect(found.map(({ code }) => code)).toContain("imbalance/high");
    const lenses = await client.lenses(uri);
    expect(lenses?.[0]?.command?.title).toBe("1,244 instances, 10 classes, imbalance factor 100");
  });
});

describe("the quick fix of imbalance/high", () => {
  const text = pathList();

  it("creates equipoise.yaml with the recommended loss, the manifest and one line of provenance", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("train_if100.txt", text);
    client.open(uri, text);
    const found = await client.diagnostics(uri);
    const actions = await client.actions(uri, found[0]!.range, found);
    expect(actions[0]).toMatchObject({
      title: "Insert balanced softmax into equipoise.yaml",
      kind: "quickfix",
      isPreferred: true,
    });
    const [create, write] = actions[0]!.edit!.documentChanges! as [CreateFile, TextDocumentEdit];
    expect(create).toMatchObject({ kind: "create", uri: folder.uri("equipoise.yaml") });
    const [{ newText }] = write.edits as [TextEdit];
    expect(newText).toMatch(
      /^manifest: train_if100.txt\n# Equipoise: counts of train_if100.txt \([0-9a-f]{8}: [^)]+\), \d{4}-\d\d-\d\d\nloss:\n {2}id: balanced-softmax\n {2}tau: 1\n$/,
    );
  });

  it("offers the alternatives, the comparison, the code, the switch and the documentation", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("train_if100.txt", text);
    client.open(uri, text);
    const found = await client.diagnostics(uri);
    const actions = await client.actions(uri, found[0]!.range, found);
    expect(actions.map(({ title }) => title)).toEqual([
      "Insert balanced softmax into equipoise.yaml",
      "Insert class-balanced softmax, beta 0.9999, into equipoise.yaml",
      "Insert class-balanced focal, beta 0.9999, into equipoise.yaml",
      "Insert cross-entropy with class-balanced sampling into equipoise.yaml",
      "Compare losses on this dataset",
      "Copy balanced softmax as PyTorch",
      "Turn off imbalance/high for this file",
      "Turn off imbalance/high in equipoise.yaml",
      "Accept this finding in equipoise-baseline.json",
      "Show documentation of imbalance/high",
    ]);
  });
});

describe("ordinary files", () => {
  const files: Readonly<Record<string, string>> = {
    "package.json": JSON.stringify({ name: "x", version: "1.0.0", categories: ["Linters"], images: [] }),
    "tsconfig.json": '{ "compilerOptions": { "strict": true } }',
    "README.md": "# Title\n\nimages 1\nimages 2\n",
    "notes.txt": "Dear diary 1\nmeeting at 9\nlunch 2\n",
    "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    app: web\n",
    "finances.csv": "date,amount,account\n2026-01-01,10.5,food\n2026-01-02,11.5,rent\n2026-01-03,12.5,food\n",
    "empty.txt": "",
    "broken.json": '{ "a": [1, 2',
    "requirements.txt": "numpy==1.26\ntorch>=2.0\n",
    "pom.xml": "<project><name>x</name><object><name>y</name></object></project>\n",
    "layout.xml": '<?xml version="1.0"?>\n<annotations><note>none of ours</note></annotations>\n',
    "index.html": "<html><body><annotation>x</annotation></body></html>\n",
    "openapi.yaml": "openapi: 3.0.0\npaths:\n  /train: { get: { tags: [x] } }\n",
    "workflow.yml": "name: train\non: push\njobs:\n  test: { runs-on: ubuntu-latest }\n",
    "mkdocs.yaml": "site_name: x\nnav:\n  - names: a.md\n",
    "robots.txt": "User-agent: *\nDisallow: /private\n",
    "classes.txt": "The class of 1998\nmet again in spring.\n",
    "train.txt": "Departure 9:40 platform 2\nArrival 11:05 platform 7\n",
    "image.png": "\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR",
  };

  it("get no finding, no lens, no hover, no hint, no symbol, no action and no message", async () => {
    client = await inMemory({ folders: [folder.path] });
    const analysed: unknown[] = [];
    client.connection.onNotification("equipoise/analysed", (message) => void analysed.push(message));
    const everything = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    for (const [name, text] of Object.entries(files)) {
      const uri = folder.write(`ordinary/${name}`, text);
      client.open(uri, text);
      expect(await client.lenses(uri), name).toBeNull();
      expect(await client.hover(uri, { line: 0, character: 3 }), name).toBeUndefined();
      expect(await client.hints(uri, everything), name).toBeNull();
      expect(await client.symbols(uri), name).toBeNull();
      expect(await client.actions(uri, everything), name).toEqual([]);
    }
    expect(client.published).toEqual([]);
    expect(analysed).toEqual([]);
  });
});

describe("broken input", () => {
  it("shows where a truncated COCO file ends, and still counts what came before", async () => {
    client = await inMemory({ folders: [folder.path] });
    const whole = coco([
      ["cat", 40],
      ["dog", 1],
    ]);
    // Categories come last in this file; put first, they are there when it breaks off.
    const text = JSON.stringify({ categories: JSON.parse(whole).categories, ...JSON.parse(whole) }).slice(
      0,
      -300,
    );
    const uri = folder.write("truncated.json", text);
    client.open(uri, text, "json");
    const found = await client.diagnostics(uri);
    const broken = found.find(({ code }) => code === "manifest/broken");
    expect(broken?.severity).toBe(1);
    expect(broken?.range.start).toEqual({ line: 0, character: text.length });
    const [lens] = (await client.lenses(uri)) ?? [];
    expect(lens?.command?.title).toContain("2 classes");
  });

  it("shows the line without a label, and leaves it out of the counts", async () => {
    client = await inMemory({ folders: [folder.path] });
    const lines = pathList([
      ["cat", 30],
      ["dog", 30],
    ]).split("\n");
    lines.splice(40, 0, "train/dog/lost.jpg");
    const uri = folder.write("hole.txt", lines.join("\n"));
    client.open(uri, lines.join("\n"));
    const found = await client.diagnostics(uri);
    expect(found.map(({ code, range }) => `${code} ${range.start.line}`)).toEqual(["label/unreadable 40"]);
    const [lens] = (await client.lenses(uri)) ?? [];
    expect(lens?.command?.title).toBe("60 images, 2 classes, balanced");
  });
});

describe("while a manifest is edited", () => {
  const balanced = pathList([
    ["cat", 60],
    ["dog", 60],
  ]);
  const imbalanced = pathList([
    ["cat", 600],
    ["dog", 6],
  ]);

  it("findings follow the text on screen, not the disk", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("edited.txt", balanced);
    client.open(uri, balanced);
    client.change(uri, 2, imbalanced);
    const found = await client.diagnostics(uri, (all) => all.some(({ code }) => code === "imbalance/high"));
    expect(found[0]?.message).toContain("Imbalance factor 100");
    client.change(uri, 3, balanced);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  it("an editor that opens with unsaved text gets findings of that text", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("restored.txt", balanced);
    client.open(uri, imbalanced);
    const found = await client.diagnostics(uri);
    expect(found[0]?.message).toContain("Imbalance factor 100");
  });

  it("a change on disk is read, unless the text on screen is newer", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("watched.txt", imbalanced);
    client.open(uri, imbalanced);
    await client.diagnostics(uri, (all) => all.length > 0);
    client.change(uri, 2, `${imbalanced}train/dog/new.jpg 1\n`);
    await client.diagnostics(uri, (all) => all.some(({ message }) => message.includes("dog 7")));
    folder.write("watched.txt", balanced);
    client.watched(uri, 2);
    const [lens] = (await client.lenses(uri)) ?? [];
    expect(lens?.command?.title).toContain("607 images");
  });

  it("closing it takes its findings away", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("closed.txt", imbalanced);
    client.open(uri, imbalanced);
    await client.diagnostics(uri, (all) => all.length > 0);
    client.close(uri);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });
});

describe("a file that is not open", () => {
  it("is analysed from disk when asked for, with findings by URI, and followed when it changes", async () => {
    client = await inMemory({ folders: [folder.path] });
    const text = pathList();
    const uri = folder.write("unopened.txt", text);
    const analysis = await client.ask<{ format: string }>("equipoise/analyse", { uri });
    expect(analysis.format).toBe("path-list");
    await client.diagnostics(uri, (all) => all.length === 1);
    folder.write(
      "unopened.txt",
      pathList([
        ["cat", 20],
        ["dog", 20],
      ]),
    );
    client.watched(uri, 2);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  it("answers null where it is no manifest or is not there", async () => {
    client = await inMemory({ folders: [folder.path] });
    const uri = folder.write("plain.json", "{}");
    expect(await client.ask("equipoise/analyse", { uri })).toBeNull();
    expect(await client.ask("equipoise/analyse", { uri: folder.uri("nowhere.txt") })).toBeNull();
    expect(await client.ask("equipoise/analyse", { uri: "untitled:Untitled-1" })).toBeNull();
  });

  it("is listed among the manifests of the workspace", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const train = workspace.write("data/train.txt", pathList());
    workspace.write("node_modules/x/train.txt", pathList());
    workspace.write("package.json", "{}");
    expect(await client.ask("equipoise/manifests")).toEqual([{ uri: train, imbalanceFactor: 100 }]);
  });
});

describe("equipoise.yaml", () => {
  it("shows mistakes and what beta cannot do, and offers to mend them", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const text =
      "manifest: train.txt\nsampelr: class-balanced\nloss:\n  id: class-balanced-softmax\n  beta: 0.9\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const found = await client.diagnostics(uri, (all) => all.length === 2);
    expect(found.map(({ code, range }) => `${code} ${range.start.line}`).sort()).toEqual([
      "config/beta-no-effect 4",
      "config/unknown-key 1",
    ]);
    const edits = await Promise.all(
      found.map(async (diagnostic) => {
        const [action] = await client.actions(uri, diagnostic.range, [diagnostic]);
        const [change] = action!.edit!.documentChanges! as [TextDocumentEdit];
        return `${action!.title}: ${(change.edits as TextEdit[]).map(({ newText }) => newText)}`;
      }),
    );
    expect(edits.sort()).toEqual(["Change to sampler: sampler", "Set beta to 0.9999: 999"]);
  });

  it("decides the severities of the manifests below it at once", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const manifest = workspace.write("data/train.txt", pathList());
    client.open(manifest, pathList());
    await client.diagnostics(manifest, (all) => all[0]?.severity === 2);
    const uri = workspace.uri("equipoise.yaml");
    const text = "rules:\n  imbalance/high: hint\n";
    workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const found = await client.diagnostics(manifest, (all) => all[0]?.severity === 4);
    expect(found).toHaveLength(1);
  });

  it("shows its mistakes beside an open manifest also while it is not open itself", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const uri = workspace.write("equipoise.yaml", "manifest: train.txt\nlos:\n  id: balanced-softmax\n");
    const manifest = workspace.write("train.txt", pathList());
    client.open(manifest, pathList());
    const [mistake] = await client.diagnostics(uri);
    expect(mistake).toMatchObject({ code: "config/unknown-key", range: { start: { line: 1 } } });
    workspace.write("equipoise.yaml", "manifest: train.txt\nloss:\n  id: balanced-softmax\n");
    client.watched(uri, 2);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  it("makes the imbalance information once its loss corrects it", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const manifest = workspace.write("train.txt", pathList());
    client.open(manifest, pathList());
    await client.diagnostics(manifest, (all) => all[0]?.severity === 2);
    const uri = workspace.write("equipoise.yaml", "manifest: train.txt\nloss:\n  id: balanced-softmax\n");
    client.watched(uri, 1);
    await client.diagnostics(manifest, (all) => all[0]?.severity === 3);
    workspace.write("equipoise.yaml", "manifest: train.txt\nloss:\n  id: cross-entropy\n");
    client.watched(uri, 2);
    await client.diagnostics(manifest, (all) => all[0]?.severity === 2);
  });

  it("says when its loss was chosen for other counts, and renews the line that tells", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const text =
      "manifest: train.txt\n# Equipoise: counts of train.txt (00000000), 2020-01-01\nloss:\n  id: balanced-softmax\n  tau: 1\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const [stale] = await client.diagnostics(uri);
    expect(stale).toMatchObject({ code: "config/stale-counts", range: { start: { line: 1 } } });
    const [action] = await client.actions(uri, stale!.range, [stale!]);
    expect(action?.title).toBe("Insert the loss again, for the present counts");
    const [change] = action!.edit!.documentChanges! as [TextDocumentEdit];
    const document = TextDocument.create(uri, "yaml", 1, text);
    const after = TextDocument.applyEdits(document, change.edits as TextEdit[]);
    client.change(uri, 2, after);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  it("keeps schedule and recipe when it makes the weights anew", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const loss = "loss:\n  id: class-balanced-softmax\n  beta: 0.999\nschedule: drs\nrecipe: crt\n";
    const text = `manifest: train.txt\n# Equipoise: counts of train.txt (00000000), 2020-01-01\n${loss}`;
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const stale = await client.diagnostics(uri);
    const [action] = await client.actions(uri, stale[0]!.range, stale.slice(0, 1));
    const [change] = action!.edit!.documentChanges! as [TextDocumentEdit];
    const document = TextDocument.create(uri, "yaml", 1, text);
    expect(TextDocument.applyEdits(document, change.edits as TextEdit[])).toMatch(
      new RegExp(`\\([1-9a-f][0-9a-f]{7}: [\\d ]+\\), .*\\n${loss}$`),
    );
  });

  it("says that a file is missing until it is there", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const text = "manifest: train.txt\ntrain:\n  inputs: hog.npy\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const [missing] = await client.diagnostics(uri);
    expect(missing).toMatchObject({ code: "config/missing-file", range: { start: { line: 2 } } });
    client.watched(workspace.write("hog.npy", ""), 1);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  it("takes either the sampler or the weights away where both correct", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const text =
      "manifest: train.txt\nloss:\n  id: class-balanced-softmax\n  beta: 0.9999\nsampler: class-balanced\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const [double] = await client.diagnostics(uri);
    expect(double?.message).toBe(
      "Sampler and weights correct twice: truck counts 7,889 times airplane. Keep one.",
    );
    const actions = await client.actions(uri, double!.range, [double!]);
    const results = actions.slice(0, 2).map(({ title, edit }) => {
      const [change] = edit!.documentChanges! as [TextDocumentEdit];
      const document = TextDocument.create(uri, "yaml", 1, text);
      return [title, TextDocument.applyEdits(document, change.edits as TextEdit[])];
    });
    expect(results).toEqual([
      [
        "Remove the sampler, keep the class weights",
        "manifest: train.txt\nloss:\n  id: class-balanced-softmax\n  beta: 0.9999\n",
      ],
      [
        "Remove the class weights, keep the sampler",
        "manifest: train.txt\nloss:\n  id: cross-entropy\nsampler: class-balanced\n",
      ],
    ]);
  });

  it("links to the files that it names", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const text = "manifest: data/train.txt\ntrain:\n  inputs: data/hog.npy\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const links = await client.ask<DocumentLink[]>("textDocument/documentLink", { textDocument: { uri } });
    expect(links.map(({ target, range }) => [target, range.start.line])).toEqual([
      [workspace.uri("data/train.txt"), 0],
      [workspace.uri("data/hog.npy"), 2],
    ]);
  });

  it("decides what training is for, and the advice follows", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const manifest = workspace.write("train.txt", pathList());
    workspace.write("equipoise.yaml", "objective: natural\n");
    const analysis = await client.ask<Analysis>("equipoise/analyse", { uri: manifest });
    expect(analysis.recommendation).toMatchObject({ loss: "cross-entropy", objective: "natural" });
  });

  it("gets a lens, and completion with documentation", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    const text = "manifest: train.txt\nloss:\n  id: class-balanced-softmax\n  beta: 0.9999\n";
    const uri = workspace.write("equipoise.yaml", text);
    client.open(uri, text, "yaml");
    const lenses = (await client.lenses(uri)) ?? [];
    expect(lenses.map(({ command }) => command?.title)).toEqual([undefined, "Compare losses"]);
    const resolved = await client.ask<CodeLens>("codeLens/resolve", lenses[0]);
    expect(resolved.command?.title).toBe("truck weighs 79 times airplane");
    expect(await client.hover(uri, { line: 3, character: 3 })).toContain("Open Loss Lab at β");
    const items = (await client.completion(uri, { line: 0, character: 10 })) as { label: string }[];
    expect(items.map(({ label }) => label).sort()).toEqual(["equipoise.yaml", "train.txt"]);
  });
});

describe("inserting a loss on request", () => {
  const choice = { loss: "balanced-softmax", parameters: {}, sampler: "instance-balanced" };

  it("changes the file that is there, keeps its comments, and changes nothing the second time", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const manifest = workspace.write("train.txt", pathList());
    const before = "# mine\nmanifest: train.txt\nloss:\n  id: cross-entropy # plain\n";
    const uri = workspace.write("equipoise.yaml", before);
    const edit = await client.ask<WorkspaceEdit>("equipoise/insertLoss", { manifest, choice });
    const [change] = edit.documentChanges as [TextDocumentEdit];
    expect(change.textDocument).toEqual({ uri, version: null });
    const document = TextDocument.create(uri, "yaml", 1, before);
    const after = TextDocument.applyEdits(document, change.edits as TextEdit[]);
    expect(after).toMatch(
      /^# mine\nmanifest: train.txt\n# Equipoise: .*\nloss:\n {2}id: balanced-softmax # plain\n {2}tau: 1\n$/,
    );
    workspace.write("equipoise.yaml", after);
    expect(await client.ask("equipoise/insertLoss", { manifest, choice })).toBeNull();
  });

  it("says why not where equipoise.yaml is not valid", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const manifest = workspace.write("train.txt", pathList());
    workspace.write("equipoise.yaml", "loss: [\n");
    await expect(client.ask("equipoise/insertLoss", { manifest, choice })).rejects.toThrow(/not valid YAML/);
  });

  it("is refused with a reason where the file is no manifest", async () => {
    client = await inMemory({ folders: [folder.path] });
    const manifest = folder.write("package.json", "{}");
    const edit = client.ask("equipoise/insertLoss", { manifest, choice });
    await expect(edit).rejects.toThrow("package.json could not be read as a manifest");
  });

  it("goes beside a manifest that the settings in force are not about", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("equipoise.yaml", "manifest: other.txt\n");
    workspace.write("other.txt", pathList());
    const manifest = workspace.write("flowers/train.txt", pathList());
    const edit = await client.ask<WorkspaceEdit>("equipoise/insertLoss", { manifest, choice });
    expect(edit.documentChanges?.[0]).toMatchObject({
      kind: "create",
      uri: workspace.uri("flowers/equipoise.yaml"),
    });
  });
});

describe("a loss as code", () => {
  const choice = { loss: "balanced-softmax", parameters: {}, sampler: "instance-balanced" };

  it("is PyTorch with the counts of the manifest", async () => {
    client = await inMemory({ folders: [folder.path] });
    const manifest = folder.write("train_if100.txt", pathList());
    const code = await client.ask<string>("equipoise/lossCode", { manifest, choice, target: "pytorch" });
    expect(code).toContain("import torch");
    expect(code).toMatch(/5000, ?\n?\s*2997/);
  });

  it("names what was measured for it beside it", async () => {
    client = await inMemory({ folders: [folder.path] });
    const manifest = folder.write("train_if100.txt", pathList());
    const evidence = "measured 44.8 % balanced accuracy against 30.6 % for cross-entropy";
    const edit = await client.ask("equipoise/insertLoss", { manifest, choice, evidence });
    expect(JSON.stringify(edit)).toContain(evidence);
  });

  it("goes into a training script as the edit of its criterion and a module beside it", async () => {
    client = await inMemory({ folders: [folder.path] });
    const manifest = folder.write("train_if100.txt", pathList());
    const code = "import torch\nfrom torch import nn\n\ncriterion = nn.CrossEntropyLoss()\n";
    const place = manifest.slice(0, manifest.lastIndexOf("/"));
    const edit = (act: object, text = code) =>
      client.ask<ScriptEdit>("equipoise/scriptEdit", { manifest, script: `${place}/train.py`, text, act });
    const inserted = await edit({ kind: "insert", choice });
    expect(inserted.edits.map(({ newText }) => newText).join("")).toContain("BalancedSoftmaxLoss");
    expect(inserted.file.name).toBe("equipoise_loss.py");
    const recorded = await edit({ kind: "record" });
    expect(recorded.file.content).toContain("class RecordedLoss");
    expect(recorded.file.content).toContain('FOLDER = "."\n');
    const elsewhere = await client.ask<ScriptEdit>("equipoise/scriptEdit", {
      manifest,
      script: `${place}/code/torch/train.py`,
      text: code,
      act: { kind: "record" },
    });
    expect(elsewhere.file.content).toContain('FOLDER = "../.."\n');
    await expect(edit({ kind: "record" }, "import torch\n")).rejects.toThrow("No criterion found");
  });

  it("is refused with a reason where the file is no manifest", async () => {
    client = await inMemory({ folders: [folder.path] });
    const manifest = folder.write("package.json", "{}");
    const code = client.ask("equipoise/lossCode", { manifest, choice, target: "pytorch" });
    await expect(code).rejects.toThrow("package.json could not be read as a manifest");
  });
});

describe("an editor without our commands", () => {
  it("gets findings and edits, and nothing that it could not run", async () => {
    client = await inMemory({ folders: [folder.path], initializationOptions: {} });
    const uri = folder.write("train_if100.txt", pathList());
    client.open(uri, pathList());
    const found = await client.diagnostics(uri);
    expect(await client.lenses(uri)).toBeNull();
    const actions = await client.actions(uri, found[0]!.range, found);
    expect(actions.filter(({ command }) => command)).toEqual([]);
    expect(actions.length).toBeGreaterThan(1);
  });

  it("gets plain changes where it knows no document changes", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path], capabilities: {} });
    const manifest = workspace.write("train.txt", pathList());
    const uri = workspace.write("equipoise.yaml", "manifest: train.txt\n");
    const choice = { loss: "balanced-softmax", parameters: {}, sampler: "instance-balanced" };
    const edit = await client.ask<WorkspaceEdit>("equipoise/insertLoss", { manifest, choice });
    expect(Object.keys(edit.changes ?? {})).toEqual([uri]);
  });
});

describe("a configuration of MMPretrain", () => {
  const config =
    "_base_ = ['../_base_/datasets/cifar10_bs16.py']\nmodel = dict(\n    type='ImageClassifier',\n    head=dict(num_classes=10))\n";

  it("takes the first advised loss that the framework has, offered at the manifest", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    const uri = workspace.write("train.txt", pathList());
    const configUri = workspace.write("configs/resnet.py", config);
    workspace.write("configs/other.py", "print('hello')\n");
    client.open(uri, pathList());
    const found = await client.diagnostics(uri);
    const actions = await client.actions(uri, found[0]!.range, found);
    const inserts = actions.filter(({ title }) => title.includes("configs/"));
    expect(inserts.map(({ title }) => title)).toEqual([
      "Insert class-balanced softmax, beta 0.9999, into configs/resnet.py (MMPretrain 1)",
    ]);
    const [change] = inserts[0]!.edit!.documentChanges! as [TextDocumentEdit];
    expect(change.textDocument.uri).toBe(configUri);
    const document = TextDocument.create(configUri, "python", 1, config);
    const after = TextDocument.applyEdits(document, change.edits as TextEdit[]);
    expect(after).toContain("class_weight=[");
    expect(after).toContain("# Equipoise: counts of ../train.txt");
  });

  it("offers the losses in the configuration itself, for the manifest that equipoise.yaml names", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path] });
    workspace.write("train.txt", pathList());
    workspace.write("equipoise.yaml", "manifest: train.txt\n");
    const uri = workspace.write("configs/resnet.py", config);
    client.open(uri, config, "python");
    const start = { line: 0, character: 0 };
    const actions = await client.actions(uri, { start, end: start });
    expect(actions.map(({ title }) => title)[0]).toContain("into configs/resnet.py (MMPretrain 1)");
    const plain = workspace.write("configs/other.py", "print('hello')\n");
    client.open(plain, "print('hello')\n", "python");
    expect(await client.actions(plain, { start, end: start })).toEqual([]);
  });
});

describe("settings", () => {
  it("switch lenses, hints and findings off", async () => {
    const settings = { codeLens: false, inlayHints: false, rules: { "imbalance/high": "off" } };
    client = await inMemory({ folders: [folder.path], settings });
    const uri = folder.write("settings.txt", pathList());
    client.open(uri, pathList());
    await expect.poll(() => client.lenses(uri)).toBeNull();
    expect(
      await client.hints(uri, { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } }),
    ).toBeNull();
    expect(client.published.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });
});

describe("the objective of the settings", () => {
  it("holds where equipoise.yaml does not say", async () => {
    const workspace = folder.inside();
    client = await inMemory({ folders: [workspace.path], settings: { objective: "natural" } });
    const uri = workspace.write("train.txt", pathList());
    const objective = async (): Promise<unknown> =>
      (await client.ask<Analysis>("equipoise/analyse", { uri })).recommendation?.objective;
    await expect.poll(objective).toBe("natural");
    workspace.write("equipoise.yaml", "objective: balanced\n");
    expect(await objective()).toBe("balanced");
  });
});

describe("the basis", () => {
  it("is switched on request, and everything follows", async () => {
    client = await inMemory({ folders: [folder.path] });
    const document = JSON.parse(
      coco([
        ["cat", 40],
        ["dog", 10],
      ]),
    );
    for (const annotation of document.annotations) if (annotation.category_id === 1) annotation.image_id = 1;
    const uri = folder.write("basis.json", JSON.stringify(document));
    const instances = await client.ask<Analysis>("equipoise/analyse", { uri });
    expect(instances.views[0]).toMatchObject({ basis: "instances", imbalanceFactor: 4 });
    const images = await client.ask<Analysis>("equipoise/analyse", { uri, basis: "images" });
    expect(images.views[0]).toMatchObject({ basis: "images", imbalanceFactor: 10 });
    const [lens] = (await client.lenses(uri)) ?? [];
    expect(lens?.command?.title).toContain("imbalance factor 10");
  });
});

describe("a mistake of ours", () => {
  it("is logged and answered with nothing; the next request gets its answer", async () => {
    let broken = true;
    const analyst: Analyst = {
      ...inlineAnalyst,
      analyse: (job, watching) =>
        broken ? Promise.reject(new Error("a mistake")) : inlineAnalyst.analyse(job, watching),
    };
    client = await inMemory({ folders: [folder.path], analyst });
    const uri = folder.write("mistake.txt", pathList());
    client.open(uri, pathList());
    expect(await client.lenses(uri)).toBeNull();
    expect(client.errors.join()).toContain("a mistake");
    client.errors.length = 0;
    broken = false;
    expect(await client.ask("equipoise/analyse", { uri })).toMatchObject({ format: "path-list" });
    expect(await client.lenses(uri)).toHaveLength(3);
  });
});
