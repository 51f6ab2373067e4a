/** Copies a loss as source code, with the counts of the manifest. */

import * as vscode from "vscode";
import { type CodeTargetId, codeTargetTitles, commands } from "#protocol/language.ts";
import { losses } from "#protocol/losses.ts";
import type { Command } from "./command.ts";
import { choiceFor } from "./lossChoice.ts";
import { manifestFor } from "./manifest.ts";

function copyAs(target: CodeTargetId, id: Command["id"]): Command {
  return {
    id,
    async run(services, manifestArgument, choiceArgument) {
      const manifest = await manifestFor(services, manifestArgument);
      if (!manifest) return undefined;
      // A row of the tree of runs names manifest and loss in one argument.
      const choice = await choiceFor(services, manifest, choiceArgument, manifestArgument);
      const code = await services.language.lossCode({ manifest: manifest.toString(), choice, target });
      await vscode.env.clipboard.writeText(code);
      void vscode.window.showInformationMessage(
        vscode.l10n.t("{0} is on the clipboard as {1}.", losses[choice.loss].title, codeTargetTitles[target]),
      );
      return code;
    },
  };
}

export const copyAsPyTorch: Command = copyAs("pytorch", commands.copyAsPyTorch);
export const copyAsKeras: Command = copyAs("keras", commands.copyAsKeras);
export const copyAsTensorFlowJs: Command = copyAs("tensorflowjs", commands.copyAsTensorFlowJs);
