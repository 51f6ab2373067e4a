/** Sets a backend up in the training process: shows progress, can be cancelled, says what trains then. */
import * as vscode from "vscode";
import type { BackendId, SetupWish } from "#protocol/backends.ts";
import { restrictedMode, type Training } from "../training.ts";

/**
 * Returns the id of the backend that was set up, or undefined where it was not to be.
 * @param title what a user calls the backend.
 * @param choose asks what to set up.
 */
export async function setUpBackend(
  training: Training,
  title: string,
  choose: () => Promise<SetupWish | undefined>,
): Promise<BackendId | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(restrictedMode());
    return undefined;
  }
  const wish = await choose();
  if (!wish) return undefined;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const { id, reason } = await vscode.window.withProgress(options, (progress, cancelled) =>
    training.setUp(wish, (message) => progress.report({ message }), cancelled),
  );
  void vscode.window.showInformationMessage(vscode.l10n.t("Training runs on {0}.", reason));
  return id;
}
