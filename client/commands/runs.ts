/** What can be done with a comparison on disk: see its folder, name it, delete it with its runs. */
import * as vscode from "vscode";
import { formatCount } from "#engine/statistics/format.ts";
import { commands } from "#protocol/language.ts";
import type { ExperimentId, ExperimentSnapshot } from "#protocol/training.ts";
import { nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import type { Command } from "./command.ts";

/** As much as the engine takes. */
const longestTitle = 120;

/** The row of the tree of runs that a command was called on. */
function experimentOf(
  argument: unknown,
): { readonly uri: vscode.Uri; readonly experiment: ExperimentSnapshot } | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  const { uri, experiment } = argument as {
    readonly uri?: vscode.Uri;
    readonly experiment?: ExperimentSnapshot;
  };
  return uri && experiment ? { uri, experiment } : undefined;
}

function runsFolder({ plan }: ExperimentSnapshot, ...path: string[]): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(plan.folder), ".equipoise", ...path);
}

export const revealRuns: Command = {
  id: commands.revealRuns,
  async run(_, argument) {
    const row = experimentOf(argument);
    const first = row?.experiment.runs[0];
    if (!row || !first) return;
    const folder = runsFolder(row.experiment, "runs", first.id);
    // A desktop has a file manager; a remote host has the Explorer.
    const isDesktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
    await vscode.commands.executeCommand(isDesktop ? "revealFileInOS" : "revealInExplorer", folder);
  },
};

export const deleteRuns: Command = {
  id: commands.deleteRuns,
  async run(services, argument) {
    const row = experimentOf(argument);
    if (!row) return;
    const { id, plan, runs } = row.experiment;
    await deleteComparison(services, { id, folder: plan.folder, runs: runs.length, about: nameOf(row.uri) });
  },
};

/** Deletes a comparison and its runs from disk, if the user says so; `about` names the dataset. */
export async function deleteComparison(
  { training, lab, runsChanged }: Services,
  comparison: {
    readonly id: ExperimentId;
    readonly folder: string;
    readonly runs: number;
    readonly about: string;
  },
): Promise<void> {
  const { id, folder, runs, about } = comparison;
  if (training.isRunning() && training.current()?.id === id) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("This comparison runs. Stop it before deleting its runs."),
    );
    return;
  }
  const question = vscode.l10n.t("The {0} runs on {1} are deleted from disk.", formatCount(runs), about);
  const answer = vscode.l10n.t("Delete");
  if ((await vscode.window.showWarningMessage(question, { modal: true }, answer)) !== answer) return;
  await training.remove(folder, id);
  runsChanged.fire();
  await lab.comparisonsChanged(id);
}

/** Asks for the name of a comparison; an empty one takes it away. */
export async function renameComparison(
  { training, lab }: Services,
  { id, folder, title }: { readonly id: ExperimentId; readonly folder: string; readonly title: string },
): Promise<void> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Name of the comparison"),
    value: title,
    placeHolder: vscode.l10n.t("Empty: its date"),
    validateInput: (text) =>
      text.trim().length > longestTitle
        ? vscode.l10n.t("At most {0} characters.", String(longestTitle))
        : undefined,
  });
  if (typed === undefined) return;
  await training.rename(folder, id, typed);
  await lab.comparisonsChanged();
}
