import { afterEach, describe, expect, it } from "vitest";
import type {
  DocumentLink,
  Location,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { inMemory, type Started } from "./client.ts";
import { coco, type Folder, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

afterEach(() => client.stop());

const named =
  [..."aaaaaaaa"].map((_, i) => `cat/${i}.jpg cat\n`).join("") + "dog/cat.jpg dog\ndog/1.jpg dog\n";

async function openIn(name: string, text: string): Promise<{ here: Folder; uri: string; text: string }> {
  const here = folder.inside();
  client = await inMemory({ folders: [here.path] });
  const uri = here.write(name, text);
  client.open(uri, text);
  return { here, uri, text };
}

const positionOf = (
  text: string,
  word: string,
): TextDocument["positionAt"] extends (o: number) => infer P ? P : never =>
  TextDocument.create("", "", 0, text).positionAt(text.indexOf(word) + 1);

const ask = (uri: string, text: string, word: string, newName: string): Promise<WorkspaceEdit | null> =>
  client.ask("textDocument/rename", { textDocument: { uri }, position: positionOf(text, word), newName });

function textAfter(edit: WorkspaceEdit | null, uri: string, before: string): string {
  const change = edit?.documentChanges?.find((one) => "edits" in one && one.textDocument.uri === uri);
  const edits = (change as TextDocumentEdit | undefined)?.edits as TextEdit[] | undefined;
  return TextDocument.applyEdits(TextDocument.create("", "", 0, before), edits ?? []);
}

describe("renaming a class", () => {
  it("changes its category in COCO and nothing else", async () => {
    const before = coco([
      ["cat", 30],
      ["dog", 3],
    ]);
    const { uri, text } = await openIn("instances.json", before);
    const after = textAfter(await ask(uri, text, '"cat"', 'cat "big"'), uri, text);
    expect(after).toBe(text.replace('"name": "cat"', '"name": "cat \\"big\\""'));
  });

  it("changes each label of a list with named labels, not the paths, and the prior of the settings", async () => {
    const { here, uri, text } = await openIn("train.txt", named);
    const settings = "manifest: train.txt\nobjective:\n  prior: { cat: 0.5, dog: 0.5 }\n";
    const project = here.write("equipoise.yaml", settings);
    const edit = await ask(uri, text, " cat\n", "tiger");
    expect(textAfter(edit, uri, text)).toBe(text.replaceAll(" cat\n", " tiger\n"));
    expect(textAfter(edit, project, settings)).toContain("prior: { tiger: 0.5, dog: 0.5 }");
  });

  it("starts in the settings as well", async () => {
    const { here, uri, text } = await openIn("train.txt", named);
    const settings = "manifest: train.txt\nobjective:\n  prior: { cat: 0.5, dog: 0.5 }\n";
    const project = here.write("equipoise.yaml", settings);
    client.open(project, settings, "yaml");
    const edit = await ask(project, settings, "cat:", "tiger");
    expect(textAfter(edit, uri, text)).toContain("cat/0.jpg tiger\n");
  });

  it("changes the cells of the label column, also where a cell holds several", async () => {
    const rows = ["a.png,cat|dog,cat", "b.png,cat,x", 'c.png,"dog|cat",y', "d.png,dog,z", "e.png,dog,cat"];
    const before = `image,labels,remark\n${Array.from({ length: 6 }, (_, i) => rows.map((row) => `${i}${row}`).join("\n")).join("\n")}\n`;
    const { uri, text } = await openIn("train.csv", before);
    const after = textAfter(await ask(uri, text, "cat|", "lynx"), uri, text);
    expect(after.split("\n").slice(1, 6)).toEqual([
      "0a.png,lynx|dog,cat",
      "0b.png,lynx,x",
      '0c.png,"dog|lynx",y',
      "0d.png,dog,z",
      "0e.png,dog,cat",
    ]);
  });

  it("changes the name that a data.yaml declares, quoted where YAML needs it", async () => {
    const list = "train: images\nnames: ['cat', dog]\n";
    const { here, uri, text } = await openIn("data.yaml", list);
    here.write("images/a.jpg", "");
    here.write("labels/a.txt", "0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n");
    const inBrackets = textAfter(await ask(uri, text, "dog]", "hot, dog"), uri, text);
    expect(inBrackets).toBe(text.replace("dog]", '"hot, dog"]'));
    expect(textAfter(await ask(uri, text, "'cat'", "tiger"), uri, text)).toBe(text.replace("'cat'", "tiger"));
  });

  it("changes the name of an item in a label map", async () => {
    const map = 'item {\n  id: 1\n  name: "cat"\n}\nitem {\n  id: 2\n  name: "dog"\n}\n';
    const { uri, text } = await openIn("map.pbtxt", map);
    expect(textAfter(await ask(uri, text, '"dog"', 'a "dog"'), uri, text)).toBe(
      map.replace('"dog"', '"a \\"dog\\""'),
    );
  });

  it("changes the label of each JSON record of the class, and no other member", async () => {
    const records = [..."aaab"].map((_, i) => ({
      image: `cat/${i}.jpg`,
      label: i < 3 ? "cat" : "dog",
      alt: "cat",
    }));
    const lines = `${records.map((one) => JSON.stringify(one)).join("\n")}\n`;
    const { uri, text } = await openIn("train.jsonl", lines);
    const after = textAfter(await ask(uri, text, '"cat","alt', "tiger"), uri, text);
    expect(after).toBe(text.replaceAll('"label":"cat"', '"label":"tiger"'));
  });

  it("is refused where every XML file names the class", async () => {
    const xml =
      "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object></annotation>";
    const { here, uri, text } = await openIn("Annotations/a.xml", xml);
    here.write("Annotations/b.xml", xml);
    await client.ask("equipoise/analyse", { uri, asked: true });
    await expect(ask(uri, text, "cat", "tiger")).rejects.toThrow("Each XML file names the classes");
  });

  it.each([
    ["dog", "There is a class dog already"],
    ["big cat", "a label is one word"],
    ["7", "would make the labels of this list numbers"],
    [" ", "needs a name"],
  ])("to %j is refused with the reason", async (name, reason) => {
    const { uri, text } = await openIn("train.txt", named);
    await expect(ask(uri, text, " cat\n", name)).rejects.toThrow(reason);
  });

  it("is refused where labels are numbers, and not offered elsewhere", async () => {
    const numbers = named.replaceAll(" cat", " 0").replaceAll(" dog", " 1");
    const { uri, text } = await openIn("train.txt", numbers);
    await expect(ask(uri, text, " 0\n", "tiger")).rejects.toThrow("The labels of this list are numbers");
    const prepared = await client.ask("textDocument/prepareRename", {
      textDocument: { uri },
      position: { line: 0, character: 1 },
    });
    expect(prepared).toBeNull();
  });
});

describe("going to a class", () => {
  it("leads to its first place, from any line and from the settings, and from a path to the file", async () => {
    const { here, uri } = await openIn("train.txt", named);
    const settings = "manifest: train.txt\nobjective:\n  prior:\n    cat: 0.5\n    dog: 0.5\n";
    const project = here.write("equipoise.yaml", settings);
    client.open(project, settings, "yaml");
    const go = (file: string, line: number, character: number): Promise<Location | null> =>
      client.ask("textDocument/definition", { textDocument: { uri: file }, position: { line, character } });
    const first = { uri, range: { start: { line: 8, character: 12 }, end: { line: 8, character: 15 } } };
    expect(await go(uri, 9, 11)).toEqual(first);
    expect(await go(project, 4, 5)).toEqual(first);
    expect(await go(project, 0, 12)).toMatchObject({ uri });
    expect(await go(uri, 9, 1)).toBeNull();
    const links = await client.ask<DocumentLink[]>("textDocument/documentLink", {
      textDocument: { uri: project },
    });
    expect(links.map(({ target }) => target)).toEqual([uri, undefined, undefined]);
    const resolved = await client.ask<DocumentLink>("documentLink/resolve", links[2]);
    expect(resolved.target).toBe(`${uri}#L9,13`);
  });
});
