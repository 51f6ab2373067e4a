/** Writes a recommended loss into a training configuration that reads losses of its own framework. */

import type { CodeAction, WorkspaceEdit } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { TargetAnswer } from "#engine/targets/target.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { frameworkPlaces } from "../configFindings.ts";
import type { Link } from "../configLink.ts";
import type { House } from "../features/feature.ts";
import { type TrainingConfig, trainingConfigs } from "../trainingConfigs.ts";
import { mainView } from "../viewFacts.ts";
import { choicesFor, choiceText } from "./choices.ts";
import type { Fix } from "./fix.ts";
import { asWorkspaceEdit, nameOf, provenanceFor } from "./projectEdits.ts";

/** Configurations that a finding of a manifest offers; a workspace may hold hundreds. */
const mostConfigs = 3;

export const insertIntoConfig: Fix = {
  id: "insert-into-config",
  codes: ["imbalance/high"],
  async actions({ diagnostic, manifest, house }) {
    const view = mainView(manifest?.analysis);
    if (!manifest || !view) return [];
    const found: CodeAction[] = [];
    for (const config of await trainingConfigs(house)) {
      const [first] = await configActions(config, { manifest, view }, house);
      if (first && !first.disabled) found.push({ ...first, diagnostics: [diagnostic] });
      if (found.length === mostConfigs) break;
    }
    return found;
  },
};

/**
 * One action for each loss of the advice that the framework has and that the configuration does not have yet. Where it
 * has none of them: what else it can do about imbalance, or the reason why nothing can be written.
 */
export async function configActions(
  config: TrainingConfig,
  { manifest, view }: Link,
  house: House,
): Promise<CodeAction[]> {
  const { path, target } = config;
  const provenance = provenanceFor(path, manifest.path, view);
  const { insertInto, substitutes } = await import("#engine/targets/configurations.ts");
  const refused: TargetAnswer[] = [];
  const offered = async (choices: readonly LossChoice[]): Promise<CodeAction[]> => {
    const actions: CodeAction[] = [];
    for (const choice of choices) {
      const answer = await insertInto(
        config,
        { choice, provenance, basis: view.basis },
        frameworkPlaces(path, house),
      );
      if (answer.kind === "refusal") refused.push(answer);
      const edit = answer.kind === "edit" ? await editOf(config, answer, house) : undefined;
      if (!edit) continue;
      const title = t`Insert ${choiceText(choice)} into ${nameOf(path, house)} (${target.title})`;
      actions.push({ title, kind: CodeActionKind.QuickFix, edit });
    }
    return actions;
  };
  // Plain cross-entropy is what every configuration starts from.
  const advised = choicesFor(manifest.analysis).filter(({ loss }) => loss !== "cross-entropy");
  const empty = view.classes.some(({ count }) => count === 0);
  const choices = empty ? advised.flatMap((choice) => [choice, ...countingEmpty(choice)]) : advised;
  const actions = await offered(choices);
  if (actions.length > 0 || refused.length < choices.length) return actions;
  const others = await offered(substitutes);
  if (others.length > 0) return others;
  const [reason] = refused;
  if (reason?.kind !== "refusal") return [];
  const title = t`No loss for ${nameOf(path, house)} (${target.title})`;
  return [{ title, kind: CodeActionKind.QuickFix, disabled: { reason: reason.reason } }];
}

/** The same loss with classes without a sample counted as one, where it knows such classes. */
function countingEmpty(choice: LossChoice): LossChoice[] {
  const known = losses[choice.loss].parameters.some(({ name }) => name === "absent");
  return known ? [{ ...choice, parameters: { ...choice.parameters, absent: "clamp1" } }] : [];
}

/** The change of the configuration and of files that it names, as one undoable step. */
async function editOf(
  { path, text }: TrainingConfig,
  answer: TargetAnswer & { readonly kind: "edit" },
  house: House,
): Promise<WorkspaceEdit | undefined> {
  const edit = asWorkspaceEdit(path, text, answer, house);
  if (!edit || !answer.files) return edit;
  const { filesBeside } = await import("#engine/targets/configurations.ts");
  const changes: NonNullable<WorkspaceEdit["documentChanges"]> = [];
  for (const file of await filesBeside(path, answer.files)) {
    if (file.before === file.text) continue;
    const whole = { start: 0, end: file.before?.length ?? 0, newText: file.text };
    const beside = asWorkspaceEdit(file.path, file.before, { text: file.text, edits: [whole] }, house);
    // A client that cannot make files cannot make this change.
    if (!beside?.documentChanges) return undefined;
    changes.push(...beside.documentChanges);
  }
  return edit.documentChanges ? { documentChanges: [...changes, ...edit.documentChanges] } : undefined;
}
