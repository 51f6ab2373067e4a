/** Shows what a finding means. */

import { CodeActionKind } from "vscode-languageserver";
import { t } from "#protocol/l10n.ts";
import { commands } from "#protocol/language.ts";
import type { Fix } from "./fix.ts";

export const documentation: Fix = {
  id: "documentation",
  actions({ code, diagnostic, house }) {
    if (!house.client.commands) return [];
    const title = t`Show documentation of ${code}`;
    const command = { title, command: commands.showDocumentation, arguments: [code] };
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command }];
  },
};
