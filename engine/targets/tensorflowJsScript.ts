/** Training scripts in TensorFlow.js 4: `classWeight` of `fit`, which must list every class that occurs. */

import { provenanceLine } from "#engine/project/provenance.ts";
import { lineEnding } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { orderRemark } from "./classOrder.ts";
import { refusal, withComment } from "./pythonAnswer.ts";
import { isJavaScript } from "./recognition.ts";
import { classesInScript, statedOrderProblem } from "./statedClasses.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import { child, walk } from "./syntax/python.ts";
import { indentAt } from "./syntax/pythonText.ts";
import { type ParsedText, parseText, type SyntaxNode } from "./syntax/treeSitter.ts";
import type { Target, TargetAnswer, TargetChange } from "./target.ts";
import { weightsFor } from "./weights.ts";

const title = "TensorFlow.js 4";

export const tensorflowJs: Target = {
  id: "tensorflow-js",
  title,
  grammar: "javascript",
  accepts: {
    losses: ["class-balanced-softmax", "weighted-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "label; every class that occurs must be listed; every other loss as code",
  },
  recognises: (fileName, text) =>
    isJavaScript(fileName, text) &&
    /@tensorflow\/tfjs(?:-node(?:-gpu)?)?['"]|\btf\.(?:sequential|model|layers)\b/.test(text) &&
    /\.compile\s*\(/.test(text) &&
    /\.fit\s*\(/.test(text),
  presentLoss(text) {
    const js = parseText("javascript", text);
    const found = fitCalls(js)
      .map((call) => propertyOf(js, call.options, "classWeight"))
      .find((each) => each !== undefined);
    return found && { name: "classWeight", start: found.start, end: found.end };
  },
  insert,
};

export interface FitCall {
  readonly node: SyntaxNode;
  /** The third argument, where it is an object literal. */
  readonly options: SyntaxNode | undefined;
  readonly arguments: number;
}

/** Calls of `fit` on anything. */
export function fitCalls(js: ParsedText): FitCall[] {
  return walk(js.root).flatMap((node) => {
    const callee = node.kind === "call_expression" ? child(node, "function") : undefined;
    const list = callee && child(node, "arguments");
    if (!callee || !list || !/\.fit$/.test(js.text.slice(callee.start, callee.end))) return [];
    const given = list.children.filter(({ kind }) => kind !== "comment");
    const third = given[2];
    return [{ node, options: third?.kind === "object" ? third : undefined, arguments: given.length }];
  });
}

/** The value of a property of an object literal. */
export function propertyOf(
  js: ParsedText,
  object: SyntaxNode | undefined,
  name: string,
): SyntaxNode | undefined {
  const pair = object?.children.find((each) => {
    const key = each.kind === "pair" ? child(each, "key") : undefined;
    return key && js.text.slice(key.start, key.end).replace(/['"]/g, "") === name;
  });
  return pair && child(pair, "value");
}

function insert(text: string, change: TargetChange): TargetAnswer {
  const js = parseText("javascript", text);
  if (!js.sound) {
    return refusal(t`This file has a JavaScript syntax error. Mend it first; nothing was changed.`);
  }
  if (change.choice.sampler !== "instance-balanced")
    return refusal(t`A sampler is code here. Insert the loss without the sampler.`);
  const calls = fitCalls(js);
  const [call] = calls;
  if (!call || calls.length > 1) {
    return refusal(
      t`This script calls fit ${calls.length} times, and which of them trains is not clear. Copy the loss as TensorFlow.js; nothing was changed.`,
    );
  }
  const order = statedOrderProblem(classesInScript(js), change.provenance.classes);
  if (order !== undefined) return refusal(order);
  const weights = weightsFor(change, { title, divisor: "rows" });
  if (!weights) {
    return refusal(
      t`TensorFlow.js has no ${inSentence(losses[change.choice.loss].title)}: copy it as TensorFlow.js, it is a function to give to compile. Class weights can be inserted here.`,
    );
  }
  if ("reason" in weights) return refusal(weights.reason);
  const value = `{ ${weights.weights.map((weight, index) => `${index}: ${Number(weight.toPrecision(6))}`).join(", ")} }`;
  const changed = withClassWeight(js, call, value);
  if (changed === undefined)
    return refusal(
      t`The options of fit are made by code here. Write them as an object in the call first; nothing was changed.`,
    );
  const line = provenanceLine(
    change.provenance,
    `${weights.remark}, ${orderRemark(change.provenance.classes)}`,
  );
  const commented = withComment(changed, call.node.start, line, changed !== text, "//");
  return { kind: "edit", text: commented, edits: lineEdits(text, commented), notes: weights.notes };
}

function withClassWeight(
  js: ParsedText,
  { node, options, arguments: given }: FitCall,
  value: string,
): string | undefined {
  const { text } = js;
  if (!options) {
    if (given !== 2) return undefined;
    const close = text.lastIndexOf(")", node.end);
    return `${text.slice(0, close).replace(/,\s*$/, "")}, { classWeight: ${value} }${text.slice(close)}`;
  }
  const present = propertyOf(js, options, "classWeight");
  if (present) return text.slice(0, present.start) + value + text.slice(present.end);
  const [first] = options.children;
  if (!first) return `${text.slice(0, options.start)}{ classWeight: ${value} }${text.slice(options.end)}`;
  const inLine = !text.slice(options.start, first.start).includes("\n");
  const between = inLine ? " " : lineEnding(text) + indentAt(text, first.start);
  return `${text.slice(0, first.start)}classWeight: ${value},${between}${text.slice(first.start)}`;
}
