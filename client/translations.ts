/**
 * The translations that the editor has for its language, for the texts that all our processes share. Imported before
 * anything else, as texts stand in constants too.
 */
import * as vscode from "vscode";
import { l10n } from "#protocol/l10n.ts";

if (vscode.l10n.bundle) l10n.use(vscode.l10n.bundle);

/** What tells a process of ours the language: see engine/translations.ts. */
export function languageEnvironment(): Record<string, string> {
  const { uri } = vscode.l10n;
  return uri?.scheme === "file" ? { EQUIPOISE_L10N: uri.fsPath } : {};
}
