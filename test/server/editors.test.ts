import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ClientCapabilities, CodeAction } from "vscode-languageserver";
import { bundleServer } from "./bundle.ts";
import { overStreams, type Started } from "./client.ts";
import { pathList, temporaryFolder } from "./samples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = temporaryFolder();
const bundle = join(folder.path, "server.cjs");

beforeAll(() => bundleServer(bundle), 60_000);

/** What the editors of docs/editors.md say that they can do, as far as it matters to us. */
const editors: Readonly<Record<string, ClientCapabilities>> = {
  "Neovim 0.11": {
    workspace: {
      configuration: true,
      workspaceFolders: true,
      workspaceEdit: { resourceOperations: ["rename", "create", "delete"] },
      didChangeWatchedFiles: { dynamicRegistration: false },
      inlayHint: { refreshSupport: true },
    },
    textDocument: {
      diagnostic: { dynamicRegistration: false },
      publishDiagnostics: { relatedInformation: true },
      codeAction: {
        codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source"] } },
      },
    },
    window: { workDoneProgress: true },
  },
  Helix: {
    workspace: {
      configuration: true,
      workspaceFolders: true,
      workspaceEdit: { documentChanges: true, resourceOperations: ["create", "rename", "delete"] },
      didChangeWatchedFiles: { dynamicRegistration: true },
      diagnostics: { refreshSupport: true },
    },
    textDocument: {
      diagnostic: { dynamicRegistration: false, relatedDocumentSupport: true },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
    },
    window: { workDoneProgress: true },
  },
  Zed: {
    workspace: {
      configuration: true,
      workspaceFolders: true,
      workspaceEdit: {
        documentChanges: true,
        resourceOperations: ["create", "rename", "delete"],
        snippetEditSupport: true,
      },
      didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
      inlayHint: { refreshSupport: true },
      codeLens: { refreshSupport: true },
      diagnostics: { refreshSupport: true },
    },
    textDocument: {
      diagnostic: { dynamicRegistration: true, relatedDocumentSupport: true },
      publishDiagnostics: { relatedInformation: true },
      codeAction: {
        codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "refactor", "source"] } },
        dataSupport: true,
        resolveSupport: { properties: ["kind", "diagnostics", "edit", "command"] },
      },
    },
    window: { workDoneProgress: true },
  },
  "Emacs, eglot": {
    workspace: { configuration: true, workspaceFolders: true, workspaceEdit: { documentChanges: true } },
    textDocument: { publishDiagnostics: { relatedInformation: false } },
  },
  "an editor that can nothing": {},
};

let child: ChildProcessWithoutNullStreams | undefined;
afterEach(() => child?.kill());

describe.each(Object.entries(editors))("%s", (_, capabilities) => {
  it("gets findings, hover, completion and edits that it can make, and nothing of ours that it cannot run", async () => {
    const here = folder.inside();
    const server = spawn(process.execPath, [bundle, "--stdio"], { stdio: ["pipe", "pipe", "pipe"] });
    child = server;
    const client: Started = await overStreams(server.stdout, server.stdin, {
      folders: [here.path],
      capabilities,
      initializationOptions: {},
    });
    const text = pathList();
    const uri = here.write("train.txt", text);
    const settings = "manifest: train.txt\nloss:\n  id: class-balanced-softmax\n  beta: 0.1\n";
    const project = here.write("equipoise.yaml", settings);
    client.open(uri, text);
    client.open(project, settings, "yaml");
    const pulls = capabilities.textDocument?.diagnostic !== undefined;
    const codesOf = async (document: string): Promise<unknown[]> => {
      if (!pulls)
        return (await client.diagnostics(document, (all) => all.length > 0)).map(({ code }) => code);
      const report = await client.pull(document);
      return report.kind === "full" ? report.items.map(({ code }) => code) : [];
    };
    expect(await codesOf(uri)).toEqual(["imbalance/high"]);
    expect(await codesOf(project)).toEqual(["config/beta-no-effect"]);
    if (pulls) expect(client.published).toEqual([]);

    expect(await client.hover(project, { line: 3, character: 4 })).toContain("truck : airplane");
    expect(await client.completion(project, { line: 2, character: 6 })).not.toEqual([]);
    expect(await client.lenses(uri)).toBeNull();
    const range = { start: { line: 3, character: 8 }, end: { line: 3, character: 11 } };
    const diagnostic = { range, code: "config/beta-no-effect", source: "Equipoise", message: "" };
    const actions = await client.actions(project, range, [diagnostic]);
    expect(actions.length).toBeGreaterThan(2);
    expect(actions.filter(({ command }) => command)).toEqual([]);
    const [first] = actions;
    const expected = capabilities.workspace?.workspaceEdit?.documentChanges ? "documentChanges" : "changes";
    expect(Object.keys(first?.edit ?? {})).toEqual([expected]);
    const all = await client.ask<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri: project },
      range,
      context: { diagnostics: [], only: ["source.fixAll.equipoise"] },
    });
    expect(all).toHaveLength(1);
    const ended = new Promise((resolve) => server.once("exit", resolve));
    await client.stop();
    expect(await ended).toBe(0);
  });
});

it("the page on other editors has a configuration for each", () => {
  const page = readFileSync(join(root, "docs", "editors.md"), "utf8");
  for (const editor of ["Neovim", "Helix", "Zed", "Emacs"])
    expect(page).toMatch(new RegExp(`^## ${editor}`, "m"));
});
