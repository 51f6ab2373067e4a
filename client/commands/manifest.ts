/** Which manifest a command is about. */
import * as vscode from "vscode";
import { fileInFront, fileOf, nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import { imbalance } from "../words.ts";

/**
 * The manifest that the argument names, else the file in front if it is one, else the panel's, else the one that
 * the user picks. Undefined where the user picks none.
 */
export async function manifestFor(services: Services, argument: unknown): Promise<vscode.Uri | undefined> {
  const named = fileOf(argument);
  if (named) return named;
  const front = fileInFront();
  if (front && (services.analyses.get(front) || (await isManifest(services, front)))) return front;
  return services.lab.manifest() ?? pickManifest(services);
}

async function isManifest({ language }: Services, file: vscode.Uri): Promise<boolean> {
  if (file.scheme !== "file") return false;
  const analysis = await language.analyse(file);
  return (analysis?.views.length ?? 0) > 0;
}

interface Choice extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

/** Asks for one of the workspace's manifests, or for any file. */
export async function pickManifest({ language }: Services): Promise<vscode.Uri | undefined> {
  const found = await language.manifests();
  const known: Choice[] = found.map(({ uri, imbalanceFactor }) => {
    const file = vscode.Uri.parse(uri);
    return { label: nameOf(file), description: imbalance(imbalanceFactor), uri: file };
  });
  const elsewhere: Choice = {
    label: vscode.l10n.t("Another file"),
    description: vscode.l10n.t("COCO, LVIS, CSV or a list of paths"),
  };
  const picked = await vscode.window.showQuickPick([...known, elsewhere], {
    placeHolder:
      known.length > 0
        ? vscode.l10n.t("Manifest to look at")
        : vscode.l10n.t("No manifest was found in this workspace"),
    matchOnDescription: true,
  });
  if (!picked) return undefined;
  if (picked.uri) return picked.uri;
  const [file] =
    (await vscode.window.showOpenDialog({
      canSelectMany: false,
      openLabel: vscode.l10n.t("Open manifest"),
    })) ?? [];
  return file;
}
