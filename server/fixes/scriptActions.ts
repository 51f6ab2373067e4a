/** What can be done at the loss of a training script: another loss, its gradient ratios recorded, a loss as code. */
import { basename } from "node:path";
import type { CodeAction, Range, WorkspaceEdit } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type CodeTargetId, codeTargetTitles, commands, type ScriptEditParams } from "#protocol/language.ts";
import type { LossChoice } from "#protocol/training.ts";
import { type Link, linkOf } from "../configLink.ts";
import type { House } from "../features/feature.ts";
import { pathOf } from "../files.ts";
import { scriptChange } from "../scriptChanges.ts";
import { choicesFor, choiceText } from "./choices.ts";
import { asWorkspaceEdit } from "./projectEdits.ts";

/** Kinds under `refactor`: they are offered, never urged. */
export const scriptKind: CodeActionKind = `${CodeActionKind.RefactorRewrite}.equipoise`;

/** Losses that are offered; the Loss Lab has all of them. */
const mostLosses = 3;

const scriptName = /\.(?:py|[cm]?js|[cm]?ts)$/i;
const trains = /\b(?:torch|keras|tensorflow|tfjs)\b/;

/**
 * Actions where the selection touches the call that makes the loss, or anywhere in the script for whoever asked. Nothing
 * in files that do not train.
 */
export async function scriptActions(
  uri: string,
  range: Range,
  invoked: boolean,
  house: House,
  signal: AbortSignal,
): Promise<CodeAction[]> {
  const document = house.open.get(uri);
  const path = pathOf(uri);
  const text = document?.getText() ?? "";
  if (!document || path === undefined || !scriptName.test(path) || !trains.test(text)) return [];
  const { trainingScript } = await import("#engine/targets/sources.ts");
  const script = await trainingScript(path, text);
  if (!script || (!invoked && !touches(document, range, script.place))) return [];
  const { targets } = await import("#engine/targets/configurations.ts");
  const id = script.language === "tensorflowjs" ? "tensorflow-js" : script.language;
  const target = targets.find((each) => each.id === id);
  const link = target && (await linkOf({ path, text, target }, house, signal));
  if (!link) return house.client.commands ? asking(script.language) : [];
  return offered({ document, path, text, link, language: script.language, house });
}

function touches(document: TextDocument, range: Range, place: { start: number; end: number }): boolean {
  return (
    document.positionAt(place.start).line <= range.end.line &&
    document.positionAt(place.end).line >= range.start.line
  );
}

interface Place {
  readonly document: TextDocument;
  readonly path: string;
  readonly text: string;
  readonly link: Link;
  readonly language: CodeTargetId;
  readonly house: House;
}

async function offered(place: Place): Promise<CodeAction[]> {
  const { language, link, house } = place;
  // Plain cross-entropy is what every script starts from.
  const choices = choicesFor(link.manifest.analysis).filter(({ loss }) => loss !== "cross-entropy");
  const actions: CodeAction[] = [];
  for (const choice of choices.slice(0, mostLosses)) {
    // The sampler is drawn elsewhere in the script; the loss is what stands here.
    const act = { kind: "insert", choice: { ...choice, sampler: "instance-balanced" } } as const;
    actions.push(...(await change(place, act, t`Insert ${lossText(choice)} here`)));
  }
  if (language !== "tensorflowjs") {
    actions.push(...(await change(place, { kind: "record" }, t`Record gradient ratios`)));
  }
  const [best] = choices;
  if (house.client.commands) {
    if (best) actions.push(copying(language, best, link.manifest.uri));
    const title = t`Copy sampler as ${codeTargetTitles[language]}…`;
    const command = { title, command: commands.copySampler, arguments: [link.manifest.uri, language] };
    actions.push({ title, kind: scriptKind, command });
  }
  return actions;
}

/** `class-balanced softmax, beta 0.9999`. */
function lossText(choice: LossChoice): string {
  return choiceText({ ...choice, sampler: "instance-balanced" }).replace(/,$/, "");
}

/** The action of one change; the reason instead where it cannot be made, and nothing where the script has it already. */
async function change(place: Place, act: ScriptEditParams["act"], title: string): Promise<CodeAction[]> {
  const { path, text, link, house } = place;
  try {
    const { edits, text: after, beside } = await scriptChange(path, text, act, link.view, house);
    if (edits.length === 0 && beside.before === beside.after) return [];
    const file = basename(beside.path);
    const kept = beside.kept === undefined ? "" : t`, ${basename(beside.kept)} is left as you changed it`;
    const whole = { start: 0, end: beside.before?.length ?? 0, newText: beside.after };
    const module = asWorkspaceEdit(beside.path, beside.before, { text: beside.after, edits: [whole] }, house);
    const edit = joined(module, asWorkspaceEdit(path, text, { text: after, edits }, house));
    return edit ? [{ title: t`${title} (${file}${kept})`, kind: scriptKind, edit }] : [];
  } catch (problem) {
    if (!(problem instanceof EquipoiseError)) throw problem;
    return [{ title, kind: scriptKind, disabled: { reason: problem.message } }];
  }
}

/** Both as one undoable step; a client that cannot make files cannot make the change. */
function joined(
  first: WorkspaceEdit | undefined,
  second: WorkspaceEdit | undefined,
): WorkspaceEdit | undefined {
  const given = [first, second].filter((edit) => edit !== undefined);
  if (!given.every((edit) => edit.documentChanges)) return undefined;
  return { documentChanges: given.flatMap((edit) => edit.documentChanges ?? []) };
}

/** The same where nothing names the manifest: the commands ask for it. */
function asking(language: CodeTargetId): CodeAction[] {
  const action = (title: string, command: string, ...given: readonly unknown[]): CodeAction => ({
    title,
    kind: scriptKind,
    command: { title, command, arguments: [...given] },
  });
  return [
    action(t`Insert loss here…`, commands.insertLossHere),
    ...(language === "tensorflowjs"
      ? []
      : [action(t`Record gradient ratios…`, commands.recordGradientRatios)]),
    action(t`Copy loss as ${codeTargetTitles[language]}…`, copyCommands[language]),
  ];
}

const copyCommands: Readonly<Record<CodeTargetId, string>> = {
  pytorch: commands.copyAsPyTorch,
  keras: commands.copyAsKeras,
  tensorflowjs: commands.copyAsTensorFlowJs,
};

function copying(language: CodeTargetId, choice: LossChoice, manifest: string): CodeAction {
  const title = t`Copy ${lossText(choice)} as ${codeTargetTitles[language]}`;
  const command = { title, command: copyCommands[language], arguments: [manifest, choice] };
  return { title, kind: scriptKind, command };
}
