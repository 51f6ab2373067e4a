/** What runs the training process: the Node that a setting names, else the editor's own runtime. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import { enginesNode } from "./settings.ts";

/** As `engines.node` in package.json. */
const oldest = [20, 19] as const;

/**
 * The program to start the training process with.
 * @throws EquipoiseError `settings/invalid` where `equipoise.engine.node` names something else than a Node.
 */
export async function engineRuntime(): Promise<string> {
  const named = enginesNode();
  if (named === "") return process.execPath;
  const problem = await problemOf(named);
  if (problem === undefined) return named;
  throw new EquipoiseError(
    "settings/invalid",
    vscode.l10n.t(
      "The setting equipoise.engine.node names {0}: {1}. Name a Node.js of version 20.19 or newer, or leave it empty.",
      named,
      problem,
    ),
  );
}

/** Whether the editor's own runtime runs the training process, which some backends cannot do with. */
export function isEditorsRuntime(): boolean {
  return enginesNode() === "" && "electron" in process.versions;
}

/** The first usable Node on the path. */
export async function nodeOnPath(): Promise<string | undefined> {
  const [name, separator] = process.platform === "win32" ? ["node.exe", ";"] : ["node", ":"];
  for (const folder of (process.env["PATH"] ?? "").split(separator)) {
    const file = join(folder, name);
    if (folder !== "" && existsSync(file) && (await problemOf(file)) === undefined) return file;
  }
  return undefined;
}

/** Why a program is no Node to train with, or undefined where it is one. */
async function problemOf(program: string): Promise<string | undefined> {
  try {
    const question = "JSON.stringify([process.versions.node, process.versions.electron ?? ''])";
    const { stdout } = await promisify(execFile)(program, ["-p", question], { timeout: 10_000 });
    const [version = "", electron] = JSON.parse(stdout) as string[];
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (electron) return vscode.l10n.t("it is an editor's own runtime");
    const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
    return isOld ? vscode.l10n.t("it is Node.js {0}", version) : undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return code === "ENOENT"
      ? vscode.l10n.t("it is not there")
      : vscode.l10n.t("it does not answer as Node.js");
  }
}
