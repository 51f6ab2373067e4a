/** Edits of a user's own training script: a recorder around its criterion, or another loss in its place. */
import { basename } from "node:path";
import type { ProjectEdit } from "#engine/project/project.ts";
import { t } from "#protocol/l10n.ts";
import type { CodeTargetId } from "#protocol/language.ts";
import { kerasLossOf, withKerasLoss, withKerasRecorder } from "./scripts/keras.ts";
import { criterionOf, withCriterion, withRecorder } from "./scripts/pytorch.ts";
import { tensorFlowJsLossOf, withTensorFlowJsLoss } from "./scripts/tensorflowjs.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import {
  type Grammar,
  loadGrammar,
  type ParsedText,
  parseText,
  type SyntaxNode,
} from "./syntax/treeSitter.ts";

export type ScriptAnswer =
  | (ProjectEdit & { readonly kind: "edit" })
  /** Nothing was changed, and why, with the next step. */
  | { readonly kind: "refusal"; readonly reason: string };

/** A script that trains, and where its loss stands. */
export interface TrainingScript {
  readonly language: CodeTargetId;
  /** UTF-16 units, end exclusive. */
  readonly place: { readonly start: number; readonly end: number };
}

/** How a generated loss is called and used. */
export interface LossName {
  readonly name: string;
  /** Module that holds it, without its ending. */
  readonly module: string;
  /** Whether it learns while it trains. */
  readonly memory: boolean;
}

/** What an edit of a parsed script comes to. */
export type Edited = { readonly text: string } | { readonly reason: string };

interface Script {
  readonly language: CodeTargetId;
  readonly grammar: Grammar;
}

const scriptName = /\.(?:py|[cm]?js|[cm]?ts)$/i;
/** Longer files are no training scripts. */
const longest = 500_000;

/** The language of a script that may train, by its name and what it imports; undefined for all others. */
function scriptOf(fileName: string, text: string): Script | undefined {
  if (text.length > longest || !scriptName.test(fileName)) return undefined;
  if (/\.py$/i.test(fileName)) {
    const imports = (names: string): boolean =>
      new RegExp(`^\\s*(?:import|from) (?:${names})\\b`, "m").test(text);
    const language = imports("torch") ? "pytorch" : imports("keras|tensorflow") ? "keras" : undefined;
    return language && { language, grammar: "python" };
  }
  if (!/['"]@tensorflow\/tfjs(?:-node(?:-gpu)?)?['"]/.test(text)) return undefined;
  return { language: "tensorflowjs", grammar: /ts$/i.test(fileName) ? "typescript" : "javascript" };
}

/** What a script trains with and where; undefined where it does not train. */
export async function trainingScript(fileName: string, text: string): Promise<TrainingScript | undefined> {
  const script = scriptOf(basename(fileName), text);
  if (!script) return undefined;
  const parsed = await parsedText(script, text);
  const place = lossOf[script.language](parsed);
  return place && { language: script.language, place };
}

const lossOf: Readonly<Record<CodeTargetId, (parsed: ParsedText) => SyntaxNode | undefined>> = {
  pytorch: criterionOf,
  keras: kerasLossOf,
  tensorflowjs: tensorFlowJsLossOf,
};

/** Puts another loss in the place of that of a script, imported from the module that holds it. Twice changes nothing. */
export async function insertLoss(fileName: string, text: string, loss: LossName): Promise<ScriptAnswer> {
  const script = scriptOf(basename(fileName), text);
  if (!script) return refused(noScript());
  const parsed = await parsedText(script, text);
  const edits = { pytorch: withCriterion, keras: withKerasLoss, tensorflowjs: withTensorFlowJsLoss };
  return answer(parsed, edits[script.language](parsed, loss));
}

/** Has a script record its gradient ratios. Doing it twice changes nothing. */
export async function insertRecorder(fileName: string, text: string, module: string): Promise<ScriptAnswer> {
  const script = scriptOf(basename(fileName), text);
  if (!script) return refused(noScript());
  if (script.language === "tensorflowjs") {
    return refused(
      t`There is no recorder for TensorFlow.js. Compare losses in the Loss Lab, or write docs/run-format.md yourself.`,
    );
  }
  const parsed = await parsedText(script, text);
  return answer(
    parsed,
    script.language === "keras" ? withKerasRecorder(parsed, module) : withRecorder(parsed, module),
  );
}

async function parsedText({ grammar }: Script, text: string): Promise<ParsedText> {
  await loadGrammar(grammar);
  return parseText(grammar, text);
}

function answer({ text, sound }: ParsedText, edited: Edited): ScriptAnswer {
  if (!sound) return refused(t`This script has a syntax error. Mend it first; nothing was changed.`);
  if ("reason" in edited) return refused(edited.reason);
  return { kind: "edit", text: edited.text, edits: lineEdits(text, edited.text) };
}

const refused = (reason: string): ScriptAnswer => ({ kind: "refusal", reason });

const noScript = (): string =>
  t`This file is no training script: looked for an import of torch, keras, tensorflow or @tensorflow/tfjs. Open the script that trains.`;
