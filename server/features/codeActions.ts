/** Quick fixes for the findings under the cursor. */

import {
  type CodeAction,
  CodeActionKind,
  CodeActionTriggerKind,
  type Diagnostic,
} from "vscode-languageserver";
import { t } from "#protocol/l10n.ts";
import { candidatesFor, linkOf } from "../configLink.ts";
import { pathOf } from "../files.ts";
import type { FixQuestion } from "../fixes/fix.ts";
import { fixAll, fixAllKind } from "../fixes/fixAll.ts";
import { fixes } from "../fixes/fixes.ts";
import { configActions } from "../fixes/insertIntoConfig.ts";
import { asWorkspaceEdit, nameOf, relativePath } from "../fixes/projectEdits.ts";
import { scriptActions, scriptKind } from "../fixes/scriptActions.ts";
import { isProjectFile, manifestOf } from "../projects.ts";
import { isFindingCode } from "../settings.ts";
import { configAt } from "../trainingConfigs.ts";
import type { Feature, House } from "./feature.ts";

export const codeActions: Feature = {
  capabilities: {
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind, scriptKind] },
  },
  register(connection, house) {
    connection.onCodeAction(
      house.answer(null, async ({ textDocument: { uri }, range, context }, signal) => {
        const asked = (kind: string): boolean => isAsked(context.only, kind);
        const actions: CodeAction[] = [];
        // Offered where somebody asks for it: a menu of quick fixes is no place for it.
        const project = context.only && asked(fixAllKind) && isProjectFile(uri);
        const file = project ? await house.projects.readUri(uri) : undefined;
        const all = file && (await fixAll(file, fixes, house, signal));
        if (all) actions.push(all);
        if (asked(scriptKind)) {
          const invoked = context.triggerKind === CodeActionTriggerKind.Invoked;
          actions.push(...(await orNone(scriptActions(uri, range, invoked, house, signal), house, signal)));
        }
        if (!asked(CodeActionKind.QuickFix)) return actions;
        // The settings are no configuration of a framework: what they need stands at their findings.
        const inConfig = isProjectFile(uri) ? noActions : actionsInConfig(uri, house, signal);
        actions.push(...(await orNone(inConfig, house, signal)));
        for (const diagnostic of context.diagnostics) {
          const question = await questionFor(uri, diagnostic, house, signal);
          if (question) actions.push(...(await actionsFor(question)));
        }
        return actions;
      }),
    );
  },
};

const noActions: Promise<CodeAction[]> = Promise.resolve([]);

/** The actions, or none where something went wrong: the others must not be lost. */
async function orNone(
  actions: Promise<CodeAction[]>,
  house: House,
  signal: AbortSignal,
): Promise<CodeAction[]> {
  try {
    return await actions;
  } catch (problem) {
    if (!signal.aborted) house.log(problem);
    return [];
  }
}

/** Whether a request is for actions of a kind; without a wish every kind is. */
function isAsked(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((wish) => kind === wish || kind.startsWith(`${wish}.`));
}

/** What all fixes offer for one finding, in the order of their list. */
async function actionsFor(question: FixQuestion): Promise<CodeAction[]> {
  const actions: CodeAction[] = [];
  for (const fix of fixes) {
    if (fix.codes && !fix.codes.includes(question.code)) continue;
    try {
      actions.push(...(await fix.actions(question)));
    } catch (problem) {
      // One that fails must not take the others away.
      question.house.log(problem);
    }
  }
  return actions;
}

/** In a training configuration: the losses that its manifest calls for, or which manifest that is. */
async function actionsInConfig(uri: string, house: House, signal: AbortSignal): Promise<CodeAction[]> {
  const path = pathOf(uri);
  const config = path === undefined ? undefined : await configAt(path, house);
  if (!config) return [];
  const link = await linkOf(config, house, signal);
  if (link) return configActions(config, link, house);
  const candidates = await candidatesFor(config, house, signal, relativePath);
  return candidates.flatMap(({ path: manifest, project }) => {
    const whole = { start: 0, end: project.before?.length ?? 0, newText: project.after };
    const edit = asWorkspaceEdit(
      project.path,
      project.before,
      { text: project.after, edits: [whole] },
      house,
    );
    const title = t`Take the counts of ${nameOf(manifest, house)} for this configuration`;
    return edit ? [{ title, kind: CodeActionKind.QuickFix, edit }] : [];
  });
}

async function questionFor(
  uri: string,
  diagnostic: Diagnostic,
  house: House,
  signal: AbortSignal,
): Promise<FixQuestion | undefined> {
  const { code, source } = diagnostic;
  if (source !== "Equipoise" || !isFindingCode(code)) return undefined;
  if (!isProjectFile(uri)) {
    const manifest = await house.documents.known(uri, { signal });
    const path = manifest?.path ?? pathOf(uri);
    const project = path === undefined ? undefined : await house.projects.of(path);
    return { uri, code, diagnostic, manifest, project, house };
  }
  const project = await house.projects.readUri(uri);
  const path = project && manifestOf(project);
  const manifest =
    path === undefined ? undefined : await house.documents.known(house.uriOf(path), { signal });
  return { uri, code, diagnostic, manifest, project, house };
}
