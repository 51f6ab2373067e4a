/** Changes what is counted for a manifest: images, instances or pixels. Holds until the window is closed. */

import * as vscode from "vscode";
import { formatCount } from "#engine/statistics/format.ts";
import { commands } from "#protocol/language.ts";
import { mainView } from "../words.ts";
import type { Command } from "./command.ts";
import { manifestFor } from "./manifest.ts";

export const switchBasis: Command = {
  id: commands.switchBasis,
  async run({ language, ...services }, argument) {
    const manifest = await manifestFor({ language, ...services }, argument);
    const analysis = manifest && (await language.analyse(manifest, { asked: true }));
    const view = analysis && mainView(analysis);
    if (!manifest || !view) return undefined;
    if (view.bases.length < 2) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("These labels can only be counted in {0}.", view.basis),
      );
      return undefined;
    }
    const items = view.bases.map((basis) => ({
      label: basis,
      description:
        basis === view.basis ? vscode.l10n.t("in force, {0} in all", formatCount(view.labels)) : "",
      basis,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: vscode.l10n.t("Count classes in"),
    });
    if (!picked || picked.basis === view.basis) return undefined;
    return language.analyse(manifest, { basis: picked.basis, asked: true });
  },
};
