/** Opens the panel and starts the comparison that suits the manifest. */

import * as vscode from "vscode";
import { commands } from "#protocol/language.ts";
import { restrictedMode } from "../training.ts";
import type { Command } from "./command.ts";
import { manifestFor } from "./manifest.ts";

export const compareLosses: Command = {
  id: commands.compareLosses,
  async run(services, argument) {
    if (!vscode.workspace.isTrusted) return offerTrust();
    const manifest = await manifestFor(services, argument);
    if (!manifest) return undefined;
    services.lab.open(manifest);
    const running = services.training.isRunning() ? services.training.current() : undefined;
    if (running?.plan.manifest === manifest.fsPath) return running.id;
    const { plan } = await services.training.propose(manifest);
    const { id } = await services.training.start(plan);
    return id;
  },
};

/** Says why nothing starts, with the way to change that. */
async function offerTrust(): Promise<void> {
  const answer = await vscode.window.showWarningMessage(restrictedMode(), vscode.l10n.t("Manage Trust"));
  if (answer) await vscode.commands.executeCommand("workbench.trust.manage");
}
