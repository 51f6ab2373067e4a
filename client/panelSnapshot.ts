/** What server and engine know of a manifest, as the panel shows it. */
import * as vscode from "vscode";
import type { Analysis } from "#protocol/analysis.ts";
import { describeError } from "#protocol/dialogue.ts";
import type { Dataset, PanelSnapshot } from "#protocol/panel.ts";
import type { ExperimentId } from "#protocol/training.ts";
import type { LanguageService } from "./languageClient.ts";
import { folderOf, nameOf } from "./places.ts";
import { restrictedMode, type Training } from "./training.ts";
import { mainView } from "./words.ts";

type EngineKnowledge = Pick<
  PanelSnapshot,
  "proposal" | "noProposal" | "experiment" | "comparisons" | "opened"
>;

/** What the server knows: the dataset with its advice, or the manifests that could be opened instead. */
export async function readAdvice(
  language: LanguageService,
  manifest: vscode.Uri | undefined,
): Promise<{ snapshot: PanelSnapshot; problem?: string }> {
  const trusted = vscode.workspace.isTrusted;
  const analysis = manifest && (await language.analyse(manifest, { asked: true }));
  const dataset = manifest && analysis && datasetOf(manifest, analysis);
  if (dataset) return { snapshot: { dataset, manifests: [], trusted } };
  const found = await language.manifests();
  const manifests = found.map(({ uri }) => {
    const file = vscode.Uri.parse(uri);
    return { path: file.fsPath, name: nameOf(file) };
  });
  const snapshot = { manifests, trusted };
  return manifest ? { snapshot, problem: unreadable(manifest, analysis) } : { snapshot };
}

function unreadable(file: vscode.Uri, analysis: Analysis | undefined): string {
  const reason =
    analysis?.findings[0]?.message ??
    vscode.l10n.t("it is no COCO, LVIS, CSV or TSV file and no list of paths with labels.");
  return vscode.l10n.t("{0} cannot be shown: {1}", nameOf(file), reason);
}

/** The manifest with its main view; undefined where nothing can be counted. */
export function datasetOf(file: vscode.Uri, analysis: Analysis): Dataset | undefined {
  const view = mainView(analysis);
  if (!view) return undefined;
  const { format, findings, recommendation } = analysis;
  const dataset = { manifest: file.fsPath, name: nameOf(file), format, view, findings };
  return recommendation ? { ...dataset, recommendation } : dataset;
}

/**
 * What the engine knows. A dataset without inputs has no proposal, and the panel says why. The experiment is asked
 * for last: reports that follow its snapshot are then newer than it. Without `opened`, or where that is gone, it is
 * the newest one.
 */
export async function readTraining(
  training: Training,
  manifest: vscode.Uri,
  opened: ExperimentId | undefined,
): Promise<EngineKnowledge> {
  if (!vscode.workspace.isTrusted) return { noProposal: restrictedMode() };
  const proposed = await training.propose(manifest).then(
    (proposal) => ({ proposal }),
    (problem: unknown) => ({ noProposal: describeError(problem).message }),
  );
  return { ...proposed, ...(await readComparisons(training, manifest, opened)) };
}

/** What lies on disk of comparisons, and the one that is shown. */
export async function readComparisons(
  training: Training,
  manifest: vscode.Uri,
  opened: ExperimentId | undefined,
): Promise<Pick<EngineKnowledge, "comparisons" | "experiment" | "opened">> {
  const comparisons = await training.list(manifest);
  const known = { comparisons };
  if (opened !== undefined && comparisons.some(({ id }) => id === opened))
    return { ...known, experiment: await training.open(folderOf(manifest), opened), opened };
  const experiment = await training.latest(manifest);
  return experiment ? { ...known, experiment } : known;
}
