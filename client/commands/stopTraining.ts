/** Stops the comparison that runs. */

import * as vscode from "vscode";
import { commands } from "#protocol/language.ts";
import type { Command } from "./command.ts";

export const stopTraining: Command = {
  id: commands.stopTraining,
  async run({ training }) {
    const stopped = await training.stop();
    if (!stopped) void vscode.window.showInformationMessage(vscode.l10n.t("No training runs."));
    return stopped;
  },
};
