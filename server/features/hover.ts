/** Hover: a class in a manifest, a key or value of an equipoise.yaml. */

import type { Hover, Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ParsedProject } from "#engine/project/parse.ts";
import type { Measured } from "#engine/runs/measured.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { commands } from "#protocol/language.ts";
import { openManifest } from "../classAt.ts";
import { readingPath } from "../files.ts";
import { classHover } from "../hovers/classHover.ts";
import { projectHover } from "../hovers/projectHover.ts";
import { type LabelFacts, labelIn } from "../labelAt.ts";
import { measurementsOf } from "../measurements.ts";
import { isProjectFile, manifestOf } from "../projects.ts";
import { projectView } from "../projectView.ts";
import { settingAt } from "../settingAt.ts";
import type { Feature, House } from "./feature.ts";

/** The beta of the table where no settings name one. */
const usualBeta = 0.9999;

export const hover: Feature = {
  capabilities: { hoverProvider: true },
  register(connection, house) {
    connection.onHover(
      house.answer(null, async ({ textDocument: { uri }, position }, signal) => {
        if (!house.open.get(uri)) return null;
        if (isProjectFile(uri)) return hoverInProject(uri, position, house, signal);
        const path = readingPath(uri);
        // Together, as each wait for the disk is long while a large file is read.
        const [opened, project, measured] = await Promise.all([
          openManifest(uri, house, signal),
          house.projects.of(path),
          measurementsOf(path, house),
        ]);
        if (!opened) return null;
        const { document, manifest: _, ...facts } = opened;
        return hoverAt(document, position, { ...facts, beta: betaOf(project), measured });
      }),
    );
  },
};

export interface ManifestFacts extends LabelFacts {
  readonly beta: number;
  readonly measured?: Measured | undefined;
}

/** What to say about the class under the cursor of a manifest; null where it names none. */
export function hoverAt(document: TextDocument, position: Position, facts: ManifestFacts): Hover | null {
  const { view, beta, measured } = facts;
  const found = labelIn(document, position, facts);
  const value = found && classHover(view, found.index, beta, measured);
  return value === undefined ? null : { contents: { kind: "markdown", value } };
}

async function hoverInProject(
  uri: string,
  position: Position,
  house: House,
  signal: AbortSignal,
): Promise<Hover | null> {
  const file = await house.projects.readUri(uri);
  if (!file) return null;
  const manifest = manifestOf(file);
  const view = await projectView(uri, house, signal);
  const measured = manifest === undefined ? undefined : await measurementsOf(manifest, house);
  const found = projectHoverAt(file, position, view, measured);
  if (!found || !house.client.commands || manifest === undefined || !found.setting.startsWith("loss"))
    return found;
  const link = labLink(house.uriOf(manifest), found.setting === "loss.beta" ? t` at β` : "");
  return { ...found, contents: { kind: "markdown", value: `${found.contents.value} \u2002 ${link}` } };
}

interface ProjectHover extends Hover {
  readonly contents: { readonly kind: "markdown"; readonly value: string };
  readonly setting: string;
}

/** What to say about the setting under the cursor of an equipoise.yaml; null where there is none. */
export function projectHoverAt(
  { project, places }: ParsedProject,
  position: Position,
  view: View | undefined,
  measured?: Measured,
): ProjectHover | null {
  const found = settingAt(places, position);
  if (!found || !project) return null;
  const value = projectHover({ setting: found.setting, project, view, measured });
  return value === undefined
    ? null
    : { contents: { kind: "markdown", value }, range: found.range, setting: found.setting };
}

function labLink(manifest: string, where: string): string {
  return t`[Open Loss Lab${where}](command:${commands.openLab}?${encodeURIComponent(JSON.stringify([manifest]))})`;
}

function betaOf(file: ParsedProject | undefined): number {
  const beta = file?.project?.loss?.["beta"];
  return typeof beta === "number" ? beta : usualBeta;
}
