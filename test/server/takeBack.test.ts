import { afterEach, describe, expect, it } from "vitest";
import {
  type CodeAction,
  CodeActionRequest,
  type TextDocumentEdit,
  type TextEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { inMemory, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

afterEach(() => client.stop());

const steep = pathList([
  ["cat", 2000],
  ["dog", 2],
]);

/** The text that an action leaves in the one file that it changes. */
function textAfter(action: CodeAction | undefined, before: string): string {
  const change = action?.edit?.documentChanges?.at(-1) as TextDocumentEdit | undefined;
  return TextDocument.applyEdits(TextDocument.create("", "", 0, before), (change?.edits ?? []) as TextEdit[]);
}

async function offered(uri: string, code: string): Promise<CodeAction[]> {
  const found = await client.diagnostics(uri, (all) => all.some((one) => one.code === code));
  const diagnostics = found.filter((one) => one.code === code);
  return client.actions(uri, diagnostics[0]!.range, diagnostics);
}

describe("a finding of a manifest", () => {
  it("is turned off for its file alone", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    const uri = here.write("data/train.txt", steep);
    const before = "manifest: data/train.txt\n";
    const project = here.write("equipoise.yaml", before);
    client.open(uri, steep);
    client.open(project, before, "yaml");
    const action = (await offered(uri, "class/few")).find(
      ({ title }) => title === "Turn off class/few for this file",
    );
    const text = textAfter(action, before);
    expect(text).toBe("manifest: data/train.txt\nfiles:\n  data/train.txt:\n    class/few: off\n");
    client.change(project, 2, text);
    await client.diagnostics(uri, (all) => all.every(({ code }) => code !== "class/few"));
  });

  it("is accepted in the baseline, and comes back when the baseline goes", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    const title = "Accept this finding in equipoise-baseline.json";
    const action = (await offered(uri, "class/few")).find((one) => one.title === title);
    const text = textAfter(action, "");
    expect(JSON.parse(text)).toMatchObject({
      accepted: [{ file: "train.txt", code: "class/few", about: "dog" }],
    });
    const baseline = here.write("equipoise-baseline.json", text);
    client.watched(baseline, 1);
    await client.diagnostics(uri, (all) => all.every(({ code }) => code !== "class/few"));
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(["imbalance/high"]);
    client.open(baseline, text.replace("train.txt", "other.txt"), "json");
    await client.diagnostics(uri, (all) => all.some(({ code }) => code === "class/few"));
  });
});

describe("a finding of an equipoise.yaml", () => {
  it("is ignored by a remark on its line", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    const before = "sampelr: class-balanced\n";
    const uri = here.write("equipoise.yaml", before);
    client.open(uri, before, "yaml");
    const title = "Ignore config/unknown-key on this line";
    const text = textAfter(
      (await offered(uri, "config/unknown-key")).find((one) => one.title === title),
      before,
    );
    expect(text).toBe("sampelr: class-balanced # equipoise-ignore config/unknown-key\n");
    client.change(uri, 2, text);
    expect(await client.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });
});

describe("source.fixAll.equipoise", () => {
  const ask = (uri: string, only: string[]): Promise<CodeAction[]> =>
    client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [], only },
    }) as Promise<CodeAction[]>;

  it("mends all that has one answer in one edit, also what the first answers bring up", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    here.write("train.txt", steep);
    const before =
      "manifest: train.txt # mine\nloss:\n  id: clas-balanced-softmax\n  betta: 0.1\nsamplr: instance-balanced\n";
    const uri = here.write("equipoise.yaml", before);
    client.open(uri, before, "yaml");
    const [action, ...others] = await ask(uri, ["source.fixAll"]);
    expect(others).toEqual([]);
    expect(action?.kind).toBe("source.fixAll.equipoise");
    const text = textAfter(action, before);
    expect(text).toMatch(
      /^manifest: train.txt # mine\nloss:\n {2}id: class-balanced-softmax\n {2}beta: 0\.9/,
    );
    expect(text).toMatch(/\nsampler: instance-balanced\n$/);
    client.change(uri, 2, text);
    expect(await ask(uri, ["source.fixAll.equipoise"])).toEqual([]);
  });

  it("is not among the quick fixes, and quick fixes are not among the source actions", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    const uri = here.write("equipoise.yaml", "sampelr: class-balanced\n");
    client.open(uri, "sampelr: class-balanced\n", "yaml");
    const kinds = (await offered(uri, "config/unknown-key")).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["quickfix"]));
    expect(await ask(uri, ["source.organizeImports"])).toEqual([]);
  });
});
