import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { DocumentDiagnosticReport, FullDocumentDiagnosticReport } from "vscode-languageserver";
import { inMemory, pullCapabilities, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started;

afterEach(() => client.stop());

const steep = pathList([
  ["cat", 200],
  ["dog", 2],
]);
const balanced = pathList([
  ["cat", 30],
  ["dog", 30],
]);

const start = async (scope: "open" | "workspace" = "open"): Promise<ReturnType<typeof temporaryFolder>> => {
  const here = folder.inside();
  const settings = { diagnostics: { scope } };
  client = await inMemory({ folders: [here.path], capabilities: pullCapabilities, settings });
  return here;
};

const codes = (
  report: DocumentDiagnosticReport | { kind: string; items?: { code?: unknown }[] },
): unknown[] => ((report as FullDocumentDiagnosticReport).items ?? []).map(({ code }) => code);

describe("a client that asks for diagnostics", () => {
  it("is answered for what it has open, told when nothing changed, and sent nothing", async () => {
    const here = await start();
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    const first = await client.pull(uri);
    expect(codes(first)).toContain("imbalance/high");
    const again = await client.pull(uri, first.resultId);
    expect(again).toEqual({ kind: "unchanged", resultId: first.resultId });
    expect(client.published).toEqual([]);
    expect(client.refreshed()).toBe(0);
  });

  it("is answered for the text on screen, however quickly it is typed", async () => {
    const here = await start();
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    const first = await client.pull(uri);
    client.change(uri, 2, balanced.slice(0, 800));
    client.change(uri, 3, balanced);
    const next = await client.pull(uri, first.resultId);
    expect(next.kind).toBe("full");
    expect(codes(next)).not.toContain("imbalance/high");
  });

  it("is told to ask again when the settings around a manifest change", async () => {
    const here = await start();
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    const first = await client.pull(uri);
    const project = here.write("equipoise.yaml", "manifest: train.txt\nrules:\n  imbalance/high: off\n");
    client.watched(project, 1);
    await vi.waitFor(() => expect(client.refreshed()).toBeGreaterThan(0));
    expect(codes(await client.pull(uri, first.resultId))).not.toContain("imbalance/high");
    expect(client.published.filter((one) => one.uri === uri)).toEqual([]);
  });

  it("is sent what is said of files that are not open, until it opens them or asks for the workspace", async () => {
    const here = await start();
    const uri = here.write("train.txt", steep);
    await client.ask("equipoise/analyse", { uri });
    expect((await client.diagnostics(uri, (found) => found.length > 0))[0]?.code).toBe("imbalance/high");
    client.open(uri, steep);
    expect(await client.diagnostics(uri, (found) => found.length === 0)).toEqual([]);
    expect(codes(await client.pull(uri))).toContain("imbalance/high");
    client.close(uri);
    await client.diagnostics(uri, (found) => found.length > 0);
    const { items } = await client.pullWorkspace();
    expect(await client.diagnostics(uri, (found) => found.length === 0)).toEqual([]);
    expect(items.map((item) => [item.uri, codes(item)])).toEqual([[uri, ["imbalance/high", "class/few"]]]);
  });

  it("waits for news of the workspace instead of asking over and over", async () => {
    const here = await start();
    const uri = here.write("train.txt", steep);
    await client.ask("equipoise/analyse", { uri });
    const [known] = (await client.pullWorkspace()).items;
    const previous = [{ uri, value: known?.resultId ?? "" }];
    let answered = false;
    const next = client.pullWorkspace(previous).finally(() => {
      answered = true;
    });
    await client.ask("equipoise/manifests", null);
    expect(answered).toBe(false);
    here.write("train.txt", balanced);
    client.watched(uri, 2);
    const [changed] = (await next).items;
    expect(changed).toMatchObject({ kind: "full", uri });
    expect(codes(changed as DocumentDiagnosticReport)).not.toContain("imbalance/high");
  });

  it("hears of every manifest of the workspace where the settings say so", async () => {
    const here = folder.inside();
    const uri = here.write("deep/train.txt", steep);
    here.write("notes.txt", "milk 2\nbread 1\n");
    const settings = { diagnostics: { scope: "workspace" } };
    client = await inMemory({ folders: [here.path], capabilities: pullCapabilities, settings });
    const { items } = await client.pullWorkspace();
    expect(items.map((item) => item.uri)).toEqual([uri]);
  });
});

describe("a path that editors escape in another way", () => {
  it("is one file: its findings are said once, under the editor's spelling", async () => {
    const here = folder.inside();
    mkdirSync(join(here.path, "a (b)"), { recursive: true });
    const path = join(here.path, "a (b)", "train+1.txt");
    writeFileSync(path, steep);
    const node = pathToFileURL(path).href;
    const theirs = node.replaceAll("(", "%28").replaceAll(")", "%29").replaceAll("+", "%2B");
    expect(theirs).not.toBe(node);
    client = await inMemory({ folders: [here.path] });
    client.open(theirs, steep);
    await client.diagnostics(theirs, (found) => found.length > 0);
    await client.ask("equipoise/analyse", { uri: node });
    await client.ask("equipoise/manifests", null);
    client.change(theirs, 2, balanced);
    expect(await client.diagnostics(theirs, (found) => found.length === 0)).toEqual([]);
    expect(client.published.map(({ uri }) => uri)).not.toContain(node);
    const found = await client.ask<{ uri: string }[]>("equipoise/manifests", null);
    expect(found.map(({ uri }) => uri)).toEqual([theirs]);
  });
});

describe("settings of a workspace folder", () => {
  it("hold for its files alone", async () => {
    const quiet = folder.inside();
    const loud = folder.inside();
    const scopes: (string | undefined)[] = [];
    client = await inMemory({
      folders: [quiet.path, loud.path],
      settingsFor: (scope) => {
        scopes.push(scope);
        return scope === pathToFileURL(quiet.path).href ? { rules: { "imbalance/high": "off" } } : {};
      },
    });
    const first = quiet.write("train.txt", steep);
    const second = loud.write("train.txt", steep);
    client.open(first, steep);
    client.open(second, steep);
    const codesOf = async (uri: string): Promise<unknown[]> =>
      (await client.diagnostics(uri, (found) => found.length > 0)).map(({ code }) => code);
    expect(await codesOf(second)).toContain("imbalance/high");
    await client.diagnostics(first, (found) => found.every(({ code }) => code !== "imbalance/high"));
    expect(scopes).toContain(pathToFileURL(loud.path).href);
  });
});
