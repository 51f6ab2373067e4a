/** Line 1 of a manifest says what it holds; `loss:` of an equipoise.yaml says what the settings do to head and tail. */

import { basename } from "node:path";
import { type CodeLens, CodeLensRefreshRequest, type Command } from "vscode-languageserver";
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatRatio } from "#engine/statistics/format.ts";
import type { Analysis, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { commands } from "#protocol/language.ts";
import type { Project } from "#protocol/project.ts";
import { samplingFactor, weightFactor } from "../corrections.ts";
import { pathOf } from "../files.ts";
import { measuredResult } from "../hovers/lossHover.ts";
import { measurementsOf } from "../measurements.ts";
import { isProjectFile, manifestOf } from "../projects.ts";
import { landmarks, mainView } from "../viewFacts.ts";
import { viewSummary } from "../viewSummary.ts";
import { shortName } from "../words.ts";
import type { Feature, House } from "./feature.ts";

export const codeLens: Feature = {
  capabilities: { codeLensProvider: { resolveProvider: true } },
  register(connection, house) {
    connection.onCodeLens(
      house.answer(null, async ({ textDocument: { uri } }, signal) => {
        if (!house.settings(pathOf(uri)).codeLens || !house.client.commands) return null;
        if (isProjectFile(uri)) return projectLens(uri, house);
        const known = await house.documents.known(uri, { signal });
        return known?.analysis ? manifestLenses(uri, known.analysis) : null;
      }),
    );
    connection.onCodeLensResolve((lens, token) => {
      const resolve = house.answer<CodeLens, CodeLens>({ ...lens, command: unknownCounts }, (one, signal) =>
        resolved(one, house, signal),
      );
      return resolve(lens, token);
    });
    const refresh = (): void => {
      if (house.client.codeLensRefresh)
        void connection.sendRequest(CodeLensRefreshRequest.type).catch(house.log);
    };
    house.news.project.add(refresh);
    house.news.settings.add(refresh);
  },
};

/** What a lens of an equipoise.yaml is to say once its manifest was read. */
interface LensData {
  readonly project: string;
  readonly says: "settings" | "measured";
}

/** Where the lenses of an equipoise.yaml stand. What they say may need a manifest of 1 GB, and waits to be asked for. */
async function projectLens(uri: string, house: House): Promise<CodeLens[] | null> {
  const file = await house.projects.readUri(uri);
  const manifest = file && manifestOf(file);
  const place = file?.places.get("loss") ?? file?.places.get("sampler");
  if (!file?.project || manifest === undefined || !place) return null;
  const { loss } = file.project;
  const measured = loss && (await measurementsOf(manifest, house));
  const line = place.key.line - 1;
  const later = (says: LensData["says"]): CodeLens => ({
    ...at(line),
    data: { project: uri, says } satisfies LensData,
  });
  const compare = {
    title: t`Compare losses`,
    command: commands.compareLosses,
    arguments: [house.uriOf(manifest)],
  };
  const wasMeasured = measured && measuredResult(loss, measured) !== undefined;
  return [later("settings"), ...(wasMeasured ? [later("measured")] : []), lens(line, compare)];
}

/** The lens with what it says. */
async function resolved(one: CodeLens, house: House, signal: AbortSignal): Promise<CodeLens> {
  const data = one.data as LensData | undefined;
  const file = data && (await house.projects.readUri(data.project));
  const manifest = file && manifestOf(file);
  if (!file?.project || manifest === undefined) return one;
  const command = commands.openLab;
  const uri = house.uriOf(manifest);
  if (data?.says === "measured") {
    const measured = await measurementsOf(manifest, house);
    const result = file.project.loss && measured && measuredResult(file.project.loss, measured);
    const title = result ? t`${result.text} | Open run` : t`Open run`;
    return { ...one, command: { title, command, arguments: [uri] } };
  }
  const known = await house.documents.known(uri, { signal });
  const view = mainView(known?.analysis);
  const title = view
    ? settingsSummary(file.project, view)
    : t`${basename(manifest)} has no counts to weigh by`;
  return { ...one, command: { title, command, arguments: [uri] } };
}

/** Shown where the counts could not be read, as a lens without a command stays blank. */
const unknownCounts: Command = { title: t`Open Loss Lab`, command: commands.openLab };

/** The lenses of a manifest, all on its first line. */
export function manifestLenses(uri: string, analysis: Analysis): CodeLens[] {
  const view = mainView(analysis);
  if (!view) return [];
  const split = analysis.views.length > 1 ? `${shortName(view.split ?? view.name, 30)}: ` : "";
  const facts = lens(0, { title: split + viewSummary(view), command: commands.openLab, arguments: [uri] });
  if (isBalanced(view) || view.imbalanceFactor === null) return [facts];
  return [
    facts,
    lens(0, { title: t`Compare losses`, command: commands.compareLosses, arguments: [uri] }),
    ...(analysis.recommendation
      ? [lens(0, { title: t`Insert loss`, command: commands.insertLoss, arguments: [uri] })]
      : []),
  ];
}

/** What loss and sampler together do to the rarest class: `truck weighs 79 times airplane`. */
export function settingsSummary(project: Project, view: View): string {
  const marks = landmarks(view);
  if (!marks) return viewSummary(view);
  const least = shortName(marks.least.name, 30);
  const most = shortName(marks.most.name, 30);
  const weight = project.loss ? weightFactor(project.loss, view) : 1;
  const sampling = samplingFactor(project.sampler, view);
  const both = weight * sampling;
  if (both < 1.05) return viewSummary(view);
  const verb = sampling > 1 ? "counts" : "weighs";
  return t`${least} ${verb} ${formatRatio(both)} times ${most}`;
}

function lens(line: number, command: Command): CodeLens {
  return { ...at(line), command };
}

function at(line: number): Pick<CodeLens, "range"> {
  return { range: { start: { line, character: 0 }, end: { line, character: 0 } } };
}
