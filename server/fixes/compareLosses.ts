/** What only the panel and the clipboard can do about an imbalance: try the losses, copy one as code. */

import { type CodeAction, CodeActionKind } from "vscode-languageserver";
import { t } from "#protocol/l10n.ts";
import { commands } from "#protocol/language.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { choicesFor } from "./choices.ts";
import type { Fix } from "./fix.ts";

export const compareLosses: Fix = {
  id: "compare-losses",
  codes: ["imbalance/high"],
  actions({ uri, diagnostic, manifest, house }) {
    if (!house.client.commands) return [];
    const action = (title: string, command: string, ...more: unknown[]): CodeAction => ({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command, arguments: [uri, ...more] },
    });
    const [first] = choicesFor(manifest?.analysis);
    return [
      action(t`Compare losses on this dataset`, commands.compareLosses),
      ...(first
        ? [action(t`Copy ${inSentence(losses[first.loss].title)} as PyTorch`, commands.copyAsPyTorch, first)]
        : []),
    ];
  },
};
