/** The manifest behind a training configuration: named in it, or by the equipoise.yaml in force. */
import { dirname, resolve } from "node:path";
import { setSetting } from "#engine/project/edit.ts";
import type { View } from "#protocol/analysis.ts";
import type { Known } from "./documents.ts";
import type { House } from "./features/feature.ts";
import { folderOf } from "./files.ts";
import { manifestOf } from "./projects.ts";
import type { TrainingConfig } from "./trainingConfigs.ts";
import { mainView } from "./viewFacts.ts";
import { manifestsIn } from "./workspaceManifests.ts";

export interface Link {
  readonly manifest: Known;
  /** The split that training reads. */
  readonly view: View;
}

/** The manifest that the weights of a configuration come from; undefined where nothing names one. */
export async function linkOf(
  config: TrainingConfig,
  house: House,
  signal?: AbortSignal,
): Promise<Link | undefined> {
  const { dataFiles } = await import("#engine/targets/configurations.ts");
  const root = folderOf(config.path, house.folders());
  for (const file of await dataFiles(config, root)) {
    const found = await linkTo(file, house, signal);
    if (found) return found;
  }
  const project = await house.projects.of(config.path);
  const named = project && manifestOf(project);
  return named === undefined ? undefined : linkTo(named, house, signal);
}

async function linkTo(path: string, house: House, signal?: AbortSignal): Promise<Link | undefined> {
  const manifest = await house.documents.known(house.uriOf(path), signal ? { signal } : {});
  const view = mainView(manifest?.analysis);
  return manifest && view && view.labels > 0 ? { manifest, view } : undefined;
}

/** A manifest of the workspace that could be meant. */
export interface Candidate {
  readonly path: string;
  /** The equipoise.yaml that would name it, with its text now. */
  readonly project: { readonly path: string; readonly before: string | undefined; readonly after: string };
}

const mostCandidates = 4;

/** What to ask where nothing names a manifest: each answer is remembered in the equipoise.yaml by the configuration. */
export async function candidatesFor(
  config: TrainingConfig,
  house: House,
  signal: AbortSignal,
  relative: (folder: string, path: string) => string,
): Promise<Candidate[]> {
  const known = house.documents.uris().flatMap((uri) => house.documents.latest(uri) ?? []);
  const open = known.filter(({ analysis }) => mainView(analysis) !== undefined).map(({ path }) => path);
  const listed = open.length > 0 ? open : await workspacePaths(house, signal);
  const present = await house.projects.of(config.path);
  // A file that cannot be read as settings is mended first.
  if (present && !present.project) return [];
  const path = present?.path ?? resolve(dirname(config.path), "equipoise.yaml");
  return listed.slice(0, mostCandidates).map((manifest) => ({
    path: manifest,
    project: {
      path,
      before: present?.text,
      after: setSetting(present?.text ?? "", ["manifest"], relative(dirname(path), manifest)).text,
    },
  }));
}

async function workspacePaths(house: House, signal: AbortSignal): Promise<string[]> {
  const found = await manifestsIn(house, signal);
  return found.flatMap(({ uri }) => house.documents.latest(uri)?.path ?? []);
}
