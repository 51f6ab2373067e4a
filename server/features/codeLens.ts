/** Line 1 of a manifest says what it holds; `loss:` of an equipoise.yaml says what the settings do to head and tail. */
import { type CodeLens, CodeLensRefreshRequest, type Command } from "vscode-languageserver";
import type { ParsedProject } from "#engine/project/parse.ts";
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatRatio } from "#engine/statistics/format.ts";
import type { Analysis, View } from "#protocol/analysis.ts";
import { commands } from "#protocol/language.ts";
import type { Project } from "#protocol/project.ts";
import { samplingFactor, weightFactor } from "../corrections.ts";
import { pathOf } from "../files.ts";
import { isProjectFile, manifestOf } from "../projects.ts";
import { landmarks, mainView } from "../viewFacts.ts";
import { viewSummary } from "../viewSummary.ts";
import { shortName } from "../words.ts";
import type { Feature, House } from "./feature.ts";

export const codeLens: Feature = {
  capabilities: { codeLensProvider: { resolveProvider: false } },
  register(connection, house) {
    connection.onCodeLens(
      house.answer(null, async ({ textDocument: { uri } }, signal) => {
        if (!house.settings(pathOf(uri)).codeLens || !house.client.commands) return null;
        if (isProjectFile(uri)) return projectLens(uri, house, signal);
        const known = await house.documents.known(uri, { signal });
        return known?.analysis ? manifestLenses(uri, known.analysis) : null;
      }),
    );
    const refresh = (): void => {
      if (house.client.codeLensRefresh)
        void connection.sendRequest(CodeLensRefreshRequest.type).catch(house.log);
    };
    house.news.project.add(refresh);
    house.news.settings.add(refresh);
  },
};

async function projectLens(uri: string, house: House, signal: AbortSignal): Promise<CodeLens[] | null> {
  const file = await house.projects.readUri(uri);
  const manifest = file && manifestOf(file);
  if (!file || manifest === undefined) return null;
  const manifestUri = house.uriOf(manifest);
  const known = await house.documents.known(manifestUri, { signal });
  const view = mainView(known?.analysis);
  return view ? projectLenses(file, view, manifestUri) : null;
}

/** The lenses of a manifest, all on its first line. */
export function manifestLenses(uri: string, analysis: Analysis): CodeLens[] {
  const view = mainView(analysis);
  if (!view) return [];
  const split = analysis.views.length > 1 ? `${shortName(view.split ?? view.name, 30)}: ` : "";
  const facts = lens(0, { title: split + viewSummary(view), command: commands.openLab, arguments: [uri] });
  if (isBalanced(view) || view.imbalanceFactor === null) return [facts];
  return [
    facts,
    lens(0, { title: "Compare losses", command: commands.compareLosses, arguments: [uri] }),
    ...(analysis.recommendation
      ? [lens(0, { title: "Insert loss", command: commands.insertLoss, arguments: [uri] })]
      : []),
  ];
}

/** The lenses on `loss:`, or on `sampler:` where there is no loss. */
export function projectLenses({ places, project }: ParsedProject, view: View, manifest: string): CodeLens[] {
  const place = places.get("loss") ?? places.get("sampler");
  if (!place || !project) return [];
  const line = place.key.line - 1;
  return [
    lens(line, { title: settingsSummary(project, view), command: commands.openLab, arguments: [manifest] }),
    lens(line, { title: "Compare losses", command: commands.compareLosses, arguments: [manifest] }),
  ];
}

/** What loss and sampler together do to the rarest class: `truck weighs 79 times airplane`. */
function settingsSummary(project: Project, view: View): string {
  const marks = landmarks(view);
  if (!marks) return viewSummary(view);
  const least = shortName(marks.least.name, 30);
  const most = shortName(marks.most.name, 30);
  const weight = project.loss ? weightFactor(project.loss, view) : 1;
  const sampling = samplingFactor(project.sampler, view);
  const both = weight * sampling;
  if (both < 1.05) return viewSummary(view);
  const verb = sampling > 1 ? "counts" : "weighs";
  return `${least} ${verb} ${formatRatio(both)} times ${most}`;
}

function lens(line: number, command: Command): CodeLens {
  return { range: { start: { line, character: 0 }, end: { line, character: 0 } }, command };
}
