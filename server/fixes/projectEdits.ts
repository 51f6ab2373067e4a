/** Edits of an equipoise.yaml as LSP edits. */
import { dirname, relative, sep } from "node:path";
import type { WorkspaceEdit } from "vscode-languageserver";
import type { ProjectEdit } from "#engine/project/edit.ts";
import { insertChoice } from "#engine/project/insertChoice.ts";
import type { Provenance } from "#engine/project/provenance.ts";
import type { View } from "#protocol/analysis.ts";
import type { LossChoice } from "#protocol/training.ts";
import type { Known } from "../documents.ts";
import type { House } from "../features/feature.ts";
import { folderOf } from "../files.ts";
import type { ProjectFile } from "../projects.ts";
import { mainView } from "../viewFacts.ts";
import { workspaceEdit } from "./fileEdit.ts";

export interface Insertion {
  /** The file as a person would name it: relative to the workspace folder. */
  readonly name: string;
  /** Undefined where the file has these settings already. */
  readonly edit: WorkspaceEdit | undefined;
}

/**
 * The edit that writes a loss for a manifest into its equipoise.yaml, which it creates where there is none; undefined
 * where nothing is known of the manifest. `evidence` is what was measured for it. Throws `settings/invalid` where the file is not valid YAML.
 */
export async function insertionFor(
  manifest: Known,
  choice: LossChoice,
  house: House,
  evidence?: string,
): Promise<Insertion | undefined> {
  const view = mainView(manifest.analysis);
  if (!view) return undefined;
  const { path, present } = await house.projects.target(manifest.path);
  const counted = provenanceFor(path, manifest.path, view);
  const provenance = evidence === undefined ? counted : { ...counted, evidence };
  const change = insertChoice(present?.text, { manifest: provenance.manifest, choice, provenance });
  return { name: nameOf(path, house), edit: asWorkspaceEdit(path, present?.text, change, house) };
}

/** What a loss for a manifest was chosen from, as a configuration at a path says it. */
export function provenanceFor(path: string, manifest: string, view: View): Provenance {
  const date = new Date().toISOString().slice(0, 10);
  return { manifest: relativePath(dirname(path), manifest), classes: view.classes, date };
}

/** The LSP edit for a change of an equipoise.yaml that is there. */
export function projectEdit(file: ProjectFile, change: ProjectEdit, house: House): WorkspaceEdit | undefined {
  return asWorkspaceEdit(file.path, file.text, change, house);
}

/** The LSP edit for a change of a file; `before` is undefined where it is to be created. */
export function asWorkspaceEdit(
  path: string,
  before: string | undefined,
  { text, edits }: ProjectEdit,
  house: House,
): WorkspaceEdit | undefined {
  const uri = house.uriOf(path);
  const version = house.open.get(uri)?.version;
  const change = { uri, before, after: text, edits, ...(version !== undefined && { version }) };
  return workspaceEdit(change, house.client);
}

/** A path as a person would name it: relative to its workspace folder. */
export function nameOf(path: string, house: House): string {
  const folder = folderOf(path, house.folders());
  return relativePath(folder ?? dirname(path), path);
}

/** A path from a folder, `/` as separator. */
export function relativePath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}
