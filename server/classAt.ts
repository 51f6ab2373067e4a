/** The class that the cursor of a request is on, in a manifest or below a prior of an equipoise.yaml. */
import type { Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ClassFrequency, View } from "#protocol/analysis.ts";
import type { Known } from "./documents.ts";
import type { House } from "./features/feature.ts";
import { type LabelFacts, labelIn, needsPlaces } from "./labelAt.ts";
import { isProjectFile, manifestOf } from "./projects.ts";
import { priorClass, settingAt } from "./settingAt.ts";
import { mainView } from "./viewFacts.ts";

export interface ClassAt {
  readonly found: ClassFrequency;
  readonly view: View;
  readonly manifest: Known;
}

/** Undefined where the cursor is on no class, or the manifest cannot be read. */
export async function classAt(
  uri: string,
  position: Position,
  house: House,
  signal: AbortSignal,
): Promise<ClassAt | undefined> {
  return isProjectFile(uri)
    ? inPrior(uri, position, house, signal)
    : inManifest(uri, position, house, signal);
}

/** What tells which class a position of an open manifest names. */
export interface OpenManifest extends LabelFacts {
  readonly document: TextDocument;
  readonly manifest: Known;
}

/** Undefined where the document is not open, or no manifest. */
export async function openManifest(
  uri: string,
  house: House,
  signal: AbortSignal,
): Promise<OpenManifest | undefined> {
  const document = house.open.get(uri);
  const manifest = document && (await house.documents.known(uri, { signal }));
  const view = mainView(manifest?.analysis);
  if (!document || !manifest || !view) return undefined;
  const format = manifest.analysis?.format ?? "";
  const places = needsPlaces(format, view) ? await house.documents.classPlaces(uri) : [];
  return { document, manifest, format, view, places };
}

async function inManifest(
  uri: string,
  position: Position,
  house: House,
  signal: AbortSignal,
): Promise<ClassAt | undefined> {
  const opened = await openManifest(uri, house, signal);
  const found = opened && labelIn(opened.document, position, opened);
  return found && { found, view: opened.view, manifest: opened.manifest };
}

async function inPrior(
  uri: string,
  position: Position,
  house: House,
  signal: AbortSignal,
): Promise<ClassAt | undefined> {
  const file = await house.projects.readUri(uri);
  const path = file && manifestOf(file);
  const setting = file && settingAt(file.places, position)?.setting;
  const name = setting && priorClass(setting);
  if (path === undefined || !name) return undefined;
  const manifest = await house.documents.known(house.uriOf(path), { signal });
  const view = mainView(manifest?.analysis);
  const found = view?.classes.find((one) => one.name === name);
  return manifest && view && found && { found, view, manifest };
}
