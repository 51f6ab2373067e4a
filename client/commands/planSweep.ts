/** Plans a sweep of the losses that suit a manifest, and opens its page. */
import * as vscode from "vscode";
import { formatCount } from "#engine/statistics/format.ts";
import { commands } from "#protocol/language.ts";
import { folderOf, nameOf } from "../places.ts";
import { backendChoice } from "../settings.ts";
import { sweepEditorType } from "../sweepEditor.ts";
import { restrictedMode } from "../training.ts";
import type { Command } from "./command.ts";
import { manifestFor } from "./manifest.ts";

export const planSweep: Command = {
  id: commands.planSweep,
  async run(services, argument) {
    const manifest = await manifestFor(services, argument);
    if (!manifest) return;
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showInformationMessage(restrictedMode());
      return;
    }
    const seeds = await askSeeds(manifest);
    if (seeds === undefined) return;
    const { path } = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Planning a sweep of {0}", nameOf(manifest)),
      },
      () =>
        services.training.ask("sweep/plan", {
          manifest: manifest.fsPath,
          folder: folderOf(manifest),
          seeds,
          backend: backendChoice(),
        }),
    );
    await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(path), sweepEditorType);
  },
};

/** Undefined where the user does not want a sweep after all. */
async function askSeeds(manifest: vscode.Uri): Promise<number | undefined> {
  const choices = [3, 5, 1].map((seeds) => ({
    label: seeds === 1 ? vscode.l10n.t("1 seed") : vscode.l10n.t("{0} seeds", formatCount(seeds)),
    description:
      seeds === 3 ? vscode.l10n.t("usual") : seeds === 1 ? vscode.l10n.t("quick, a rough order alone") : "",
    seeds,
  }));
  const picked = await vscode.window.showQuickPick(choices, {
    placeHolder: vscode.l10n.t("Seeds of each configuration on {0}", nameOf(manifest)),
  });
  return picked?.seeds;
}
