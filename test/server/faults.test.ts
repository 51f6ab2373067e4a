import { appendFileSync, chmodSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  CancellationTokenSource,
  type DocumentLink,
  HoverRequest,
  RenameRequest,
} from "vscode-languageserver/node";
import { type Analyst, inlineAnalyst } from "../../server/analyst.ts";
import { inMemory, pullCapabilities, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
const open: Started[] = [];

async function start(...options: Parameters<typeof inMemory>): Promise<Started> {
  const client = await inMemory(...options);
  open.push(client);
  return client;
}

afterEach(async () => {
  for (const client of open.splice(0)) await client.stop();
});

const steep = pathList([
  ["cat", 200],
  ["dog", 2],
]);
const balanced = pathList([
  ["cat", 30],
  ["dog", 30],
]);

/** A disk on which everything takes its time. */
const slow: Analyst = {
  ...inlineAnalyst,
  async analyse(job, watching) {
    await pause(400, undefined, watching?.signal ? { signal: watching.signal } : {});
    return inlineAnalyst.analyse(job, watching);
  },
};

const codes = (found: { code?: unknown }[]): unknown[] => found.map(({ code }) => code);

describe("a manifest that is replaced while it is read", () => {
  it("is shown as it is in the end", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path], analyst: slow });
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    await pause(100);
    here.write("train.txt", balanced);
    client.watched(uri, 2);
    await pause(100);
    client.change(uri, 2, balanced);
    client.save(uri);
    expect(await client.hover(uri, { line: 59, character: 19 })).toContain("30 of 60 images");
    expect(client.published.filter((one) => one.uri === uri && one.diagnostics.length > 0)).toEqual([]);
  });
});

describe("an equipoise.yaml that is deleted under us", () => {
  it("has no say any more, and what was said of it goes", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path] });
    const uri = here.write("train.txt", steep);
    const project = here.write(
      "equipoise.yaml",
      "manifest: train.txt\nrules: { class/few: off }\nsampelr: x\n",
    );
    client.open(uri, steep);
    await client.diagnostics(uri, (found) => codes(found).join() === "imbalance/high");
    await client.diagnostics(project, (found) => codes(found).includes("config/unknown-key"));
    rmSync(fileURLToPath(project));
    client.watched(project, 3);
    expect(await client.diagnostics(project, (found) => found.length === 0)).toEqual([]);
    await client.diagnostics(uri, (found) => codes(found).includes("class/few"));
  });
});

describe("on a slow disk", () => {
  it("requests wait their turn, each is answered, and the next file is not held up by the last", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path], analyst: slow, capabilities: pullCapabilities });
    const uris = ["a.txt", "b.txt", "c.txt"].map((name) => here.write(name, steep));
    for (const uri of uris) client.open(uri, steep);
    const answers = await Promise.all(
      uris.flatMap((uri) => [client.pull(uri), client.lenses(uri), client.symbols(uri)]),
    );
    expect(answers.every((answer) => answer !== null)).toBe(true);
  });
});

describe("looking for a class in a large manifest", () => {
  it("shows that it runs, and can be ended: the link then leads to the file", async () => {
    const here = folder.inside();
    const waiting: Analyst = {
      ...inlineAnalyst,
      async places(job, watching) {
        await pause(20_000, undefined, watching?.signal ? { signal: watching.signal } : {});
        return inlineAnalyst.places(job);
      },
    };
    const client = await start({ folders: [here.path], analyst: waiting });
    const uri = here.write(
      "train.txt",
      pathList([
        ["0", 200],
        ["1", 2],
      ]),
    );
    const text = "manifest: train.txt\nobjective:\n  prior:\n    0: 0.5\n    1: 0.5\n";
    const project = here.write("equipoise.yaml", text);
    client.open(project, text);
    const links = await client.ask<DocumentLink[]>("textDocument/documentLink", {
      textDocument: { uri: project },
    });
    const link = links.find(({ range }) => range.start.line === 3);
    const resolved = client.ask<DocumentLink>("documentLink/resolve", link);
    await vi.waitUntil(() => client.progressTokens.length > 0, { timeout: 10_000 });
    const [token] = client.progressTokens;
    await client.connection.sendNotification("window/workDoneProgress/cancel", { token });
    expect((await resolved).target).toBe(uri);
  });
});

describe("cancelling everything", () => {
  it("leaves a server that answers the next request, and logs nothing as a mistake", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path], analyst: slow, capabilities: pullCapabilities });
    const uri = here.write("train.txt", steep);
    client.open(uri, steep);
    const params = { textDocument: { uri }, position: { line: 201, character: 19 } };
    const asked = Array.from({ length: 20 }, (_, i) => {
      const source = new CancellationTokenSource();
      const request =
        i % 2 === 0
          ? client.connection.sendRequest(HoverRequest.type, params, source.token)
          : client.connection.sendRequest(RenameRequest.type, { ...params, newName: "wolf" }, source.token);
      setTimeout(() => source.cancel(), i * 5);
      return request.catch(() => null);
    });
    await Promise.all(asked);
    expect(await client.hover(uri, params.position)).toContain("2 of 202 images");
    expect(client.errors).toEqual([]);
  });
});

describe("two windows on one workspace", () => {
  it("see the same, and what one writes reaches the other", async () => {
    const here = folder.inside();
    const uri = here.write("train.txt", steep);
    const first = await start({ folders: [here.path] });
    const second = await start({ folders: [here.path] });
    first.open(uri, steep);
    second.open(uri, steep);
    const both = await Promise.all(
      [first, second].map((one) => one.diagnostics(uri, (found) => found.length > 1)),
    );
    expect(codes(both[0] ?? [])).toEqual(codes(both[1] ?? []));
    const baseline = here.write("equipoise.yaml", "rules: { class/few: off, imbalance/high: off }\n");
    for (const one of [first, second]) {
      one.watched(baseline, 1);
      expect(await one.diagnostics(uri, (found) => found.length === 0)).toEqual([]);
    }
  });
});

describe("a file that may not be read", () => {
  it.skipIf(process.getuid?.() === 0)("is told with its reason where somebody named it", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path] });
    const uri = here.write("train.txt", steep);
    chmodSync(fileURLToPath(uri), 0o000);
    await client.ask("equipoise/analyse", { uri, asked: true });
    const found = await client.diagnostics(uri, (all) => all.length > 0);
    expect(codes(found)).toEqual(["manifest/unreadable"]);
  });

  it("and grows while it is shown by rows gives the rows that are there", async () => {
    const here = folder.inside();
    const client = await start({ folders: [here.path] });
    const uri = here.write("train.txt", steep);
    const rows = (): Promise<{ total: number; rows: { text: string }[] }> =>
      client.ask("equipoise/rows", { uri, from: 200, count: 10 });
    expect((await rows()).total).toBe(202);
    appendFileSync(fileURLToPath(uri), "more/1.jpg 1\n");
    const grown = await rows();
    expect(grown.total).toBe(203);
    expect(grown.rows.at(-1)?.text).toBe("more/1.jpg 1");
    writeFileSync(fileURLToPath(uri), "");
    expect(await rows()).toMatchObject({ total: 0, rows: [] });
    rmSync(fileURLToPath(uri));
    expect(await rows()).toMatchObject({ problem: "The file is gone." });
  });
});
