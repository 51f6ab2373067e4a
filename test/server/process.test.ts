/** The bundled process, as any editor starts it. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { IPCMessageReader, IPCMessageWriter } from "vscode-languageserver/node";
import type { Analysis } from "#protocol/analysis.ts";
import { bundleServer, bundleServerAtStart } from "./bundle.ts";
import { overMessages, overStreams } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const out = mkdtempSync(join(tmpdir(), "equipoise-server-"));
const bundle = join(out, "server.cjs");
const folder = temporaryFolder();
let child: ChildProcess | undefined;

let sources: string[] = [];

beforeAll(async () => {
  const metafile = await bundleServer(bundle);
  sources = Object.keys(metafile.inputs);
}, 60_000);
afterEach(() => child?.kill());
afterAll(() => rmSync(out, { recursive: true, force: true }));

function start(
  env: NodeJS.ProcessEnv = {},
  file = bundle,
): ChildProcess & {
  stdin: NonNullable<ChildProcess["stdin"]>;
  stdout: NonNullable<ChildProcess["stdout"]>;
} {
  const started = spawn(process.execPath, [file, "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  child = started;
  return started;
}

describe("the bundled server over --stdio", () => {
  it("has neither TensorFlow.js nor training in it", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(
      sources.filter((path) =>
        /node_modules\/@tensorflow|engine\/(losses|training|models|backends)\//.test(path),
      ),
    ).toEqual([]);
  });

  it("answers a plain client and ends when told to", async () => {
    const server = start();
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    const text = pathList();
    const uri = folder.write("train.txt", text);
    client.open(uri, text);
    const found = await client.diagnostics(uri);
    expect(found.map(({ code }) => code)).toEqual(["imbalance/high"]);
    const ended = new Promise((resolve) => server.once("exit", resolve));
    await client.stop();
    expect(await ended).toBe(0);
  });

  it("speaks the language of the file that its parent names, in its thread too", async () => {
    const texts = { "Imbalance factor {0}: {1}.{2}": "Ungleichgewicht {0}: {1}.{2}", truck: "not a text" };
    const file = folder.write("bundle.l10n.de.json", JSON.stringify(texts));
    const server = start({ EQUIPOISE_L10N: fileURLToPath(file) });
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    const long = pathList([
      ["airplane", 200_000],
      ["truck", 2000],
    ]);
    for (const [name, text] of [
      ["german.txt", pathList()],
      ["german-long.txt", long],
    ] as const) {
      const uri = folder.write(name, text);
      client.open(uri, text);
      const [found] = await client.diagnostics(uri);
      expect(found?.message).toMatch(/^Ungleichgewicht 100: airplane has .* truck/);
    }
    await client.stop();
  });

  it("reads a long list in its thread with the same result", async () => {
    const server = start();
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    const long = pathList([
      ["airplane", 200_000],
      ["truck", 2000],
    ]);
    const uri = folder.write("long.txt", long);
    expect(long.length).toBeGreaterThan(4 * 2 ** 20);
    client.open(uri, long);
    const [first] = await client.diagnostics(uri);
    expect(first?.message).toContain("Imbalance factor 100");
    await client.stop();
  });
});

describe("a long list that is edited", () => {
  it("is read in the thread by what changed, and tells what reading all of it tells", async () => {
    const server = start();
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    let text = pathList([
      ["airplane", 200_000],
      ["truck", 2000],
    ]);
    const uri = folder.write("edited.txt", text);
    client.open(uri, text);
    expect((await client.diagnostics(uri))[0]?.message).toContain("Imbalance factor 100");
    const lines = text.split("\n").length;
    const more = "images/new.jpg 1\n".repeat(2000);
    const asked = (of: string): Promise<Analysis> => client.ask<Analysis>("equipoise/analyse", { uri: of });
    for (const [round, line] of [1, lines - 1, 150_000].entries()) {
      const place = { line, character: 0 };
      await client.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: round + 2 },
        contentChanges: [{ range: { start: place, end: place }, text: more }],
      });
      const copy = text.split("\n");
      copy.splice(line, 0, ...more.trimEnd().split("\n"));
      text = copy.join("\n");
      expect((await asked(uri)).views[0]?.labels).toBe(202_000 + 2000 * (round + 1));
    }
    const whole = folder.write("whole.txt", text);
    const [edited, anew] = [await asked(uri), await asked(whole)];
    const named = (analysis: Analysis): string =>
      JSON.stringify(analysis).replaceAll("edited.txt", "whole.txt");
    expect(named(edited)).toBe(named(anew));
    await client.stop();
  });
});

describe("the server as it is packed, at rest", () => {
  const packed = join(out, "atStart.cjs");
  beforeAll(() => bundleServerAtStart(packed), 60_000);

  it.skipIf(process.platform !== "linux")(
    "is a process of less than 60 MB, which loaded no reader",
    async () => {
      // The readers are not beside the bundle here, so that a server that loaded one would end.
      const server = start({}, packed);
      const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
      client.open(folder.write("notes.md", "# Notes\n"), "# Notes\n");
      await client.ask("equipoise/status", null);
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1];
      console.log(`idle server ${(Number(kilobytes) / 1024).toFixed(1)} MB`);
      expect(Number(kilobytes) / 1024).toBeLessThan(60);
      await client.stop();
    },
  );
});

describe("the bundled server over IPC", () => {
  it("answers as the editor asks it", async () => {
    const server = fork(bundle, ["--node-ipc"], { execArgv: [] });
    child = server;
    const client = await overMessages(new IPCMessageReader(server), new IPCMessageWriter(server), {
      folders: [folder.path],
    });
    const text = pathList();
    const uri = folder.write("ipc.txt", text);
    client.open(uri, text);
    const found = await client.diagnostics(uri);
    expect(found.map(({ code }) => code)).toEqual(["imbalance/high"]);
    const ended = new Promise((resolve) => server.once("exit", resolve));
    await client.stop();
    expect(await ended).toBe(0);
  });
});

describe("while a large file is read", () => {
  const large = join(out, "instances_large.json");
  const uri = pathToFileURL(large).href;
  const megabytes = 160;

  beforeAll(() => writeLargeCoco(large, megabytes), 60_000);

  it("hover on another file is answered, progress is shown, and the findings come by URI", async () => {
    const server = start();
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    const text = pathList();
    const small = folder.write("small.txt", text);
    client.open(small, text);
    await client.diagnostics(small);
    const reports: number[] = [];
    // On a busy machine the small file takes long enough to be shown, too.
    client.connection.onNotification("equipoise/reading", (told) => {
      if (told.uri === uri) reports.push(told.read);
    });

    const progressBefore = client.progressTokens.length;
    let reading = true;
    const analysis = client.ask<Analysis>("equipoise/analyse", { uri }).finally(() => {
      reading = false;
    });
    let answered = 0;
    while (reading) {
      expect(await client.hover(small, { line: 0, character: 25 })).toContain("airplane");
      answered++;
    }
    expect((await analysis).views[0]?.labels).toBeGreaterThan(100_000);
    expect(answered).toBeGreaterThan(10);
    expect(client.progressTokens.length).toBeGreaterThan(progressBefore);
    expect(reports.length).toBeGreaterThan(0);
    expect(reports.at(-1)).toBeGreaterThan(megabytes * 0.9e6);
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toContain("imbalance/high");
    await client.stop();
  });

  it("a scan that is asked for twice is made once, and cancelling it ends it", async () => {
    const server = start();
    const client = await overStreams(server.stdout, server.stdin, { folders: [folder.path] });
    const both = [client.ask("equipoise/analyse", { uri }), client.ask("equipoise/analyse", { uri })];
    await vi.waitUntil(() => client.progressTokens.length > 0, { timeout: 20_000 });
    const [token] = client.progressTokens;
    await client.connection.sendNotification("window/workDoneProgress/cancel", { token });
    expect(await Promise.all(both)).toEqual([null, null]);
    expect(client.progressTokens).toHaveLength(1);
    const again = await client.ask<Analysis>("equipoise/analyse", { uri });
    expect(again.format).toBe("coco");
    await client.stop();
  });
});

/** Annotations first, categories last, one class a hundred times as frequent as the other. */
function writeLargeCoco(path: string, size: number): void {
  const file = openSync(path, "w");
  const polygon = Array.from({ length: 120 }, (_, i) => `${(i * 3.7) % 640}`).join(", ");
  const annotation = (id: number): string =>
    `{"id": ${id}, "image_id": ${id}, "category_id": ${id % 101 === 0 ? 2 : 1}, "area": 9.5, "bbox": [1, 2, 3, 4], "segmentation": [[${polygon}]]}`;
  writeSync(file, '{"annotations": [');
  let bytes = 0;
  for (let id = 1; bytes < size * 1e6; ) {
    const chunk = Array.from({ length: 1000 }, () => annotation(id++)).join(",\n");
    bytes += writeSync(file, bytes === 0 ? chunk : `,\n${chunk}`);
  }
  writeSync(file, '], "images": [], "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}');
  closeSync(file);
}
