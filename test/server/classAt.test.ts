import { afterEach, expect, test } from "vitest";
import type { Hover } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { inMemory, type Started } from "./client.ts";
import { coco, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

afterEach(() => client.stop());

async function hoverAt(name: string, text: string, offset: number): Promise<string> {
  const here = folder.inside();
  client = await inMemory({ folders: [here.path] });
  const uri = here.write(name, text);
  client.open(uri, text);
  const position = TextDocument.create(uri, "", 0, text).positionAt(offset);
  const found = await client.ask<Hover | null>("textDocument/hover", { textDocument: { uri }, position });
  return (found?.contents as { readonly value?: string } | undefined)?.value ?? "nothing";
}

test("a class of COCO is told by its name, one of a list by its label", async () => {
  const text = coco([
    ["cat", 30],
    ["dog", 3],
  ]);
  expect(await hoverAt("instances.json", text, text.indexOf('"dog"') + 2)).toContain("**dog**");
  await client.stop();
  const list = pathList();
  const label = list.indexOf("truck/0030.jpg 9") + "truck/0030.jpg ".length;
  expect(await hoverAt("train.txt", list, label)).toContain("**truck**");
});

test("of two classes of one name each is told by its place", async () => {
  const text = coco([
    ["cat", 30],
    ["cat", 3],
    ["dog", 9],
  ]);
  expect(await hoverAt("instances.json", text, text.lastIndexOf('"cat"') + 2)).toContain("3 of 42");
  await client.stop();
  expect(await hoverAt("instances.json", text, text.indexOf('"cat"') + 2)).toContain("30 of 42");
});

test("a class without a name is told on its category", async () => {
  const text = coco([
    ["cat", 30],
    ["dog", 3],
  ]).replace(/\{\s*"id": 2,\s*"name": "dog"\s*\}/, '{"id": 2}');
  expect(text).toContain('{"id": 2}');
  expect(await hoverAt("instances.json", text, text.indexOf('{"id": 2}') + 3)).toContain("3 of 33");
});
