import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const settings = new Map<string, string>();

// The editor's own module is there inside the editor only.
vi.mock("vscode", () => ({
  l10n: {
    t: (text: string, ...values: string[]) => text.replace(/\{(\d)\}/g, (_, i) => values[Number(i)] ?? ""),
  },
  workspace: {
    getConfiguration: () => ({ get: (name: string, other: string) => settings.get(name) ?? other }),
  },
}));

const { engineRuntime, nodeOnPath } = await import("../../client/engineRuntime.ts");

const path = process.env["PATH"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-node-"));
});

afterEach(() => {
  settings.clear();
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A program that answers with these versions of Node and Electron, whatever it is asked. */
function answering(name: string, ...versions: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify(versions)}'\n`, { mode: 0o755 });
  return file;
}

it("trains with the editor's own runtime where the setting is empty", async () => {
  expect(await engineRuntime()).toBe(process.execPath);
});

it.skipIf(process.platform === "win32")(
  "trains with the Node that the setting names, and no other program",
  async () => {
    const problemWith = async (program: string): Promise<string> => {
      settings.set("engine.node", program);
      return engineRuntime().catch((error: Error) => error.message);
    };
    expect(await problemWith(process.execPath)).toBe(process.execPath);
    const fits = answering("new", "20.19.0", "");
    expect(await problemWith(fits)).toBe(fits);
    expect(await problemWith(join(folder, "nothing"))).toMatch(
      /^The setting equipoise\.engine\.node names .*nothing: it is not there\. Name a Node\.js of version 20\.19 or newer/,
    );
    expect(await problemWith(answering("old", "20.18.3", ""))).toMatch(
      /old: it is Node\.js 20\.18\.3\. Name/,
    );
    expect(await problemWith(answering("editor", "22.1.0", "35.0.0"))).toMatch(
      /it is an editor's own runtime/,
    );
    expect(await problemWith("/bin/ls")).toMatch(/it does not answer as Node\.js/);
  },
);

it.skipIf(process.platform === "win32")("finds the first Node on the path that is new enough", async () => {
  process.env["PATH"] = folder;
  expect(await nodeOnPath()).toBeUndefined();
  const node = answering("node", "22.12.0", "");
  expect(await nodeOnPath()).toBe(node);
  answering("node", "18.20.0", "");
  expect(await nodeOnPath()).toBeUndefined();
});
