/** Makes the one right edit for a setting that does not do what it says. */
import { CodeActionKind } from "vscode-languageserver";
import { applyEdits } from "#engine/project/textEdits.ts";
import { checkedConfig } from "../configFindings.ts";
import { toRange } from "../toLsp.ts";
import type { Fix } from "./fix.ts";
import { asWorkspaceEdit } from "./projectEdits.ts";

export const mendTrap: Fix = {
  id: "mend-trap",
  async actions({ uri, code, diagnostic, house }) {
    if (!code.startsWith("trap/")) return [];
    const config = await checkedConfig(uri, house);
    const { start } = diagnostic.range;
    const found = config?.findings.find((finding) => {
      const range = toRange(finding);
      return (
        finding.code === code && range.start.line === start.line && range.start.character === start.character
      );
    });
    if (!config || !found?.fix) return [];
    const { title, ...edit } = found.fix;
    const change = { text: applyEdits(config.text, [edit]), edits: [edit] };
    const mended = asWorkspaceEdit(config.path, config.text, change, house);
    if (!mended) return [];
    return [
      { title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: true, edit: mended },
    ];
  },
};
