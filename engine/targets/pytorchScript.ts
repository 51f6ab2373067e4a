/** Training scripts in PyTorch: the weights of the one `CrossEntropyLoss` that they make. */
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { isPython } from "./recognition.ts";
import { insertIntoScript } from "./scriptAnswer.ts";
import { type Call, callsIn, elements, type ParsedText, parsePython, walk } from "./syntax/python.ts";
import { withKeyword } from "./syntax/pythonCall.ts";
import { indentAt, numbersText } from "./syntax/pythonText.ts";
import type { Target } from "./target.ts";
import { weightsFor } from "./weights.ts";

const title = "PyTorch";

/** A script that trains with PyTorch itself; other frameworks around it have their own targets. */
const trains = /\.backward\(\)/;
const makesLoss = /\bCrossEntropyLoss\s*\(/;
const others =
  /^\s*(?:import|from)\s+(?:lightning|pytorch_lightning|mm(?:engine|cv|det|seg|pretrain|action)|detectron2|tensorflow|keras)\b/m;

export const pytorchScript: Target = {
  id: "pytorch",
  title,
  grammar: "python",
  accepts: {
    losses: ["class-balanced-softmax", "weighted-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "column of the logits; every other loss as code",
  },
  recognises: (fileName, text) =>
    isPython(fileName, text) &&
    /^\s*(?:import\s+torch\b|from\s+torch\b)/m.test(text) &&
    trains.test(text) &&
    makesLoss.test(text) &&
    !others.test(text),
  presentLoss(text) {
    const python = parsePython(text);
    const call = callsIn(python).find((each) => isCrossEntropy(each));
    const weight = call?.keywords.find(({ key }) => key === "weight");
    const list =
      weight &&
      walk(weight.value)
        .map(elements)
        .find((each) => each !== undefined);
    return (
      call && {
        name: "CrossEntropyLoss",
        start: call.node.start,
        end: call.node.end,
        ...(list && { classWeights: list.length }),
      }
    );
  },
  insert(text, change) {
    const what = { call: "CrossEntropyLoss", isCandidate: isCrossEntropy };
    return insertIntoScript(text, change, what, (python, call) => {
      const { loss } = change.choice;
      const weights = weightsFor(change, { title, divisor: "weights" });
      if (!weights) {
        return {
          reason: t`PyTorch has no ${inSentence(losses[loss].title)}: copy it as PyTorch, it is a module that takes the place of CrossEntropyLoss. Class weights can be inserted here.`,
        };
      }
      if ("reason" in weights) return weights;
      if (!/^\s*import\s+torch\s*(?:#.*)?$/m.test(text))
        return {
          reason: t`The weights need the name torch here. Add import torch first; nothing was changed.`,
        };
      if (call.positional.length > 0) {
        return {
          reason: t`CrossEntropyLoss has arguments without names here, the first of which are its weights. Name them first (weight=...); nothing was changed.`,
        };
      }
      const device = deviceOf(python, call);
      const list = numbersText(text, indentAt(text, call.node.start), weights.weights);
      const value = `torch.tensor(${list}${device ? ", device=device" : ""})`;
      const moved = device || /CrossEntropyLoss\([^\n]*\)\s*\.(?:to|cuda)\(/.test(text);
      return {
        text: withKeyword(python, call, "weight", value),
        weights,
        notes: moved
          ? []
          : [t`The weights must be on the device of the logits: add .to(device) where you train on a GPU.`],
      };
    });
  },
};

function isCrossEntropy(call: Call): boolean {
  return /^(?:(?:torch\.)?nn\.(?:modules\.loss\.)?)?CrossEntropyLoss$/.test(call.name);
}

/** Whether a name `device` is set before the call. */
function deviceOf(python: ParsedText, call: Call): boolean {
  return /(?:^|[\s,(])device\s*(?::[^=\n]*)?=[^=]/.test(python.text.slice(0, call.node.start));
}
