/** What can be done with the runs of a comparison on disk: see their folder, delete them. */
import * as vscode from "vscode";
import { formatCount } from "#engine/statistics/format.ts";
import { commands } from "#protocol/language.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { nameOf } from "../places.ts";
import type { Command } from "./command.ts";

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
  async run({ training, runsChanged }, argument) {
    const row = experimentOf(argument);
    if (!row) return;
    const { experiment, uri } = row;
    if (training.isRunning() && training.current()?.id === experiment.id) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("This comparison runs. Stop it before deleting its runs."),
      );
      return;
    }
    const count = formatCount(experiment.runs.length);
    const question = vscode.l10n.t("The {0} runs on {1} are deleted from disk.", count, nameOf(uri));
    const answer = vscode.l10n.t("Delete");
    if ((await vscode.window.showWarningMessage(question, { modal: true }, answer)) !== answer) return;
    const folders = experiment.runs.map(({ id }) => runsFolder(experiment, "runs", id));
    for (const place of [...folders, runsFolder(experiment, "experiments", `${experiment.id}.json`)])
      await vscode.workspace.fs.delete(place, { recursive: true }).then(undefined, () => {});
    runsChanged.fire();
  },
};
