import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { inMemory, pullCapabilities } from "./client.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const kinds = [
  ".json",
  ".yaml",
  ".yml",
  ".csv",
  ".tsv",
  ".txt",
  ".xml",
  ".md",
  ".py",
  ".jsonl",
  ".list",
  ".map",
  ".js",
  ".mjs",
  ".ts",
];
/** Of each kind at most, spread over the tree. */
const mostOfAKind = 60;
/** Data sets of ours: what they get is tested elsewhere. */
const ours =
  /^(samples|test[\\/](fixtures|real)|\.git|\.build|\.cache|dist|engine[\\/]dist|coverage)([\\/]|$)/;
/** Real training configurations. */
const golden = /[\\/](golden|targets[\\/](correct|run\w+\.py))([\\/]|$)/;

/** Ordinary files: of this repository and of the packages that it uses. */
function ordinaryFiles(): string[] {
  const byKind = new Map<string, string[]>(kinds.map((kind) => [kind, []]));
  const folders = [root];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (ours.test(name) || golden.test(name)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) byKind.get(extname(entry.name).toLowerCase())?.push(path);
    }
  }
  return [...byKind.values()].flatMap((paths) => {
    const small = paths.filter((path) => statSync(path).size < 300_000);
    const step = Math.max(1, Math.floor(small.length / mostOfAKind));
    return small.filter((_, i) => i % step === 0).slice(0, mostOfAKind);
  });
}

describe("several hundred ordinary files", () => {
  it("get no finding, no lens, no hint, no symbol, no link, no action and no message", async () => {
    const files = ordinaryFiles();
    expect(files.length).toBeGreaterThan(250);
    expect(new Set(files.map((path) => extname(path))).size).toBeGreaterThan(5);
    const client = await inMemory({ folders: [root], capabilities: pullCapabilities });
    let told = 0;
    client.connection.onNotification("equipoise/analysed", () => void told++);
    const noisy: string[] = [];
    for (const path of files) {
      const uri = pathToFileURL(path).href;
      const text = readFileSync(path, "utf8");
      client.open(uri, text);
      const textDocument = { uri };
      const range = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
      const report = await client.pull(uri);
      const said = {
        findings: report.kind === "full" ? report.items : ["unchanged"],
        lenses: await client.lenses(uri),
        hints: await client.hints(uri, range),
        symbols: await client.symbols(uri),
        links: await client.ask("textDocument/documentLink", { textDocument }),
        actions: await client.actions(uri, range),
        hover: await client.hover(uri, { line: 1, character: 2 }),
      };
      const loud = Object.entries(said).filter(([, value]) =>
        Array.isArray(value) ? value.length > 0 : value,
      );
      if (loud.length > 0) noisy.push(`${relative(root, path)}: ${JSON.stringify(loud).slice(0, 300)}`);
      client.close(uri);
    }
    expect(noisy).toEqual([]);
    expect(told).toBe(0);
    expect(client.published.filter(({ diagnostics }) => diagnostics.length > 0)).toEqual([]);
    await client.stop();
  }, 180_000);
});
