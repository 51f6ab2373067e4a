/** Training scripts in Keras 3: `class_weight` of `fit`. */

import { lineEnding } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { isPython } from "./recognition.ts";
import { insertIntoScript } from "./scriptAnswer.ts";
import { type Call, callsIn, parsePython } from "./syntax/python.ts";
import { withKeyword } from "./syntax/pythonCall.ts";
import { indentAt } from "./syntax/pythonText.ts";
import type { Target } from "./target.ts";
import { weightsFor } from "./weights.ts";

const title = "Keras 3";

export const keras: Target = {
  id: "keras",
  title,
  grammar: "python",
  accepts: {
    losses: ["class-balanced-softmax", "weighted-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "label; a class that is left out weighs 1; every other loss as code",
  },
  recognises: (fileName, text) =>
    isPython(fileName, text) &&
    /^\s*(?:import\s+(?:keras|tensorflow)\b|from\s+(?:keras|tensorflow)\b)/m.test(text) &&
    /\.compile\s*\(/.test(text) &&
    /\.fit\s*\(/.test(text),
  presentLoss(text) {
    const call = callsIn(parsePython(text)).find((each) => /\.compile$/.test(each.name));
    const loss = call?.keywords.find(({ key }) => key === "loss");
    return (
      loss && {
        name: text.slice(loss.value.start, loss.value.end),
        start: loss.value.start,
        end: loss.value.end,
      }
    );
  },
  insert(text, change) {
    const what = { call: "fit", isCandidate: isFit };
    return insertIntoScript(text, change, what, (python, call) => {
      const weights = weightsFor(change, { title, divisor: "rows" });
      if (!weights) {
        return {
          reason: t`Keras has no ${inSentence(losses[change.choice.loss].title)}: copy it as Keras, it is a loss to give to compile. Class weights can be inserted here.`,
        };
      }
      if ("reason" in weights) return weights;
      const present = call.keywords.find(({ key }) => key === "class_weight");
      if (
        present &&
        present.value.kind !== "dictionary" &&
        !/^None$/.test(text.slice(present.value.start, present.value.end))
      ) {
        return {
          reason: t`class_weight is made by code here. Write it as a dictionary in the call of fit first; nothing was changed.`,
        };
      }
      const value = dictText(text, call, weights.weights);
      return { text: withKeyword(python, call, "class_weight", value), weights };
    });
  },
};

function isFit(call: Call): boolean {
  return (
    /\.fit$/.test(call.name) &&
    !/(?:scaler|encoder|tokenizer|vectorizer|pca|search|tuner)\.fit$/i.test(call.name)
  );
}

/** `{0: w, 1: w}`, wrapped where it is long. */
function dictText(text: string, call: Call, weights: readonly number[]): string {
  const entries = weights.map((weight, index) => `${index}: ${number(weight)}`);
  const short = `{${entries.join(", ")}}`;
  if (short.length <= 60) return short;
  const newline = lineEnding(text);
  const indent = indentAt(text, call.node.start);
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += 6)
    lines.push(`${indent}    ${entries.slice(i, i + 6).join(", ")},`);
  return `{${newline}${lines.join(newline)}${newline}${indent}}`;
}

function number(weight: number): string {
  const text = String(Number(weight.toPrecision(6)));
  return /^\d+$/.test(text) ? `${text}.0` : text;
}

/** The weights of a `class_weight` dictionary by label; undefined where it is no dictionary of numbers. */
export function classWeightKeys(text: string, call: Call): readonly number[] | undefined {
  const present = call.keywords.find(({ key }) => key === "class_weight");
  if (present?.value.kind !== "dictionary") return undefined;
  const keys = present.value.children
    .filter(({ kind }) => kind === "pair")
    .map((pair) => pair.children.find(({ field }) => field === "key"))
    .map((key) => (key?.kind === "integer" ? Number(text.slice(key.start, key.end)) : Number.NaN));
  return keys.length > 0 && keys.every((key) => Number.isInteger(key)) ? keys : undefined;
}
