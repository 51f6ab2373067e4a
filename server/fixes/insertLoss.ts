/** Writes the recommended loss, or one of its alternatives, into equipoise.yaml. */

import { type CodeAction, CodeActionKind } from "vscode-languageserver";
import { t } from "#protocol/l10n.ts";
import { choicesFor, choiceText } from "./choices.ts";
import type { Fix } from "./fix.ts";
import { insertionFor } from "./projectEdits.ts";

export const insertLoss: Fix = {
  id: "insert-loss",
  codes: ["imbalance/high"],
  async actions({ diagnostic, manifest, project, house }) {
    if (!manifest) return [];
    const actions: CodeAction[] = [];
    for (const [rank, choice] of choicesFor(manifest.analysis).entries()) {
      const insertion = await insertionFor(manifest, choice, house);
      if (!insertion?.edit) continue;
      actions.push({
        title: t`Insert ${choiceText(choice)} into ${insertion.name}`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        // A loss that somebody chose is not to be replaced by pressing one key.
        isPreferred: rank === 0 && !project?.project?.loss,
        edit: insertion.edit,
      });
    }
    return actions;
  },
};
