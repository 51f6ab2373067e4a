/** Writes the loss that is set once more, for the counts that the manifest has now. */

import { CodeActionKind } from "vscode-languageserver";
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import type { Fix } from "./fix.ts";
import { insertionFor } from "./projectEdits.ts";

export const renewCounts: Fix = {
  id: "renew-counts",
  codes: ["config/stale-counts"],
  async actions({ diagnostic, manifest, project, house }) {
    const settings = project?.project?.loss;
    if (!manifest || !settings) return [];
    const { id, ...parameters } = settings;
    const { sampler = "instance-balanced", schedule, recipe = "plain" } = project.project ?? {};
    const late = schedule === "drs" ? { sampler: "class-balanced" as const } : {};
    const choice = {
      loss: id,
      parameters: withDefaults(id, parameters),
      sampler,
      recipe,
      ...(schedule && { schedule: { kind: "deferred" as const, ...late } }),
    };
    const insertion = await insertionFor(manifest, choice, house);
    if (!insertion?.edit) return [];
    const weighted = losses[id].parameters.some(({ name }) => name === "beta");
    const title = weighted
      ? t`Make weights anew from the present counts`
      : t`Insert the loss again, for the present counts`;
    const { edit } = insertion;
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: true, edit }];
  },
};
