/** Copies a sampler as source code, with the counts of the manifest. */

import * as vscode from "vscode";
import { type CodeTargetId, codeTargetIds, codeTargetTitles, commands } from "#protocol/language.ts";
import { type SamplerCodeId, samplerCodeIds, samplers, samplerTitle } from "#protocol/losses.ts";
import type { Command } from "./command.ts";
import { manifestFor } from "./manifest.ts";

export const copySampler: Command = {
  id: commands.copySampler,
  async run(services, manifestArgument, targetArgument, samplerArgument) {
    const manifest = await manifestFor(services, manifestArgument);
    if (!manifest) return undefined;
    const target = codeTargetIds.find((id) => id === targetArgument) ?? (await pickTarget());
    if (!target) return undefined;
    const sampler = samplerCodeIds.find((id) => id === samplerArgument) ?? (await pickSampler(target));
    if (!sampler) return undefined;
    const code = await services.language.samplerCode({ manifest: manifest.toString(), sampler, target });
    await vscode.env.clipboard.writeText(code);
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} is on the clipboard as {1}.", samplerTitle(sampler), codeTargetTitles[target]),
    );
    return code;
  },
};

async function pickTarget(): Promise<CodeTargetId | undefined> {
  const items = codeTargetIds.map((id) => ({ id, label: codeTargetTitles[id] }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Copy sampler as"),
    placeHolder: vscode.l10n.t("The framework that you train with"),
  });
  return picked?.id;
}

async function pickSampler(target: CodeTargetId): Promise<SamplerCodeId | undefined> {
  const items = samplerCodeIds.map((id) => ({
    id,
    label: samplerTitle(id),
    detail:
      id === "meta"
        ? vscode.l10n.t("Learns how often to draw each class while a head trains.")
        : samplers[id].description,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Copy sampler as {0}", codeTargetTitles[target]),
    placeHolder: vscode.l10n.t("How samples are drawn"),
    matchOnDetail: true,
  });
  return picked?.id;
}
