/** Scripts with the Trainer of Hugging Face Transformers: the weights of the cross-entropy in their own loss. */
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { isPython } from "./recognition.ts";
import { insertIntoScript } from "./scriptAnswer.ts";
import { type Call, callsIn, parsePython } from "./syntax/python.ts";
import { withKeyword } from "./syntax/pythonCall.ts";
import { indentAt, numbersText } from "./syntax/pythonText.ts";
import type { Target } from "./target.ts";
import { weightsFor } from "./weights.ts";

const title = "Transformers 5";

export const huggingFace: Target = {
  id: "hugging-face",
  title,
  packages: ["transformers"],
  grammar: "python",
  accepts: {
    losses: ["class-balanced-softmax", "weighted-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "label id (label2id); the loss is code in compute_loss or compute_loss_func",
  },
  recognises: (fileName, text) =>
    isPython(fileName, text) &&
    /^\s*(?:from\s+transformers\b|import\s+transformers\b)/m.test(text) &&
    /\w*Trainer\s*\(|\(\s*(?:\w+\.)*\w*Trainer\s*\)\s*:/.test(text),
  presentLoss(text) {
    const call = callsIn(parsePython(text)).find(isCrossEntropy);
    return call && { name: call.name, start: call.node.start, end: call.node.end };
  },
  insert(text, change) {
    if (!/\bcompute_loss(?:_func)?\b/.test(text)) {
      return {
        kind: "refusal",
        reason: t`The Trainer has no setting for a loss, and this script gives it none. Copy the loss as PyTorch and pass a function as compute_loss_func, or override compute_loss; nothing was changed.`,
      };
    }
    return insertIntoScript(
      text,
      change,
      { call: "cross_entropy", isCandidate: isCrossEntropy },
      (python, call) => {
        const weights = weightsFor(change, { title: "PyTorch", divisor: "weights" });
        if (!weights) {
          return {
            reason: t`${losses[change.choice.loss].title} is no setting of cross_entropy: copy it as PyTorch and call it in compute_loss. Class weights can be inserted here.`,
          };
        }
        if ("reason" in weights) return weights;
        if (!/^\s*import\s+torch\s*(?:#.*)?$/m.test(text))
          return {
            reason: t`The weights need the name torch here. Add import torch first; nothing was changed.`,
          };
        const isModule = call.name.endsWith("CrossEntropyLoss");
        if (call.positional.length > (isModule ? 0 : 2)) {
          return {
            reason: t`${call.name} has arguments without names here. Name them first (weight=...); nothing was changed.`,
          };
        }
        const [logits] = call.positional;
        const where =
          logits && /^[\w.]+$/.test(text.slice(logits.start, logits.end))
            ? text.slice(logits.start, logits.end)
            : undefined;
        const device = where ?? (/\blogits\b/.test(text.slice(0, call.node.start)) ? "logits" : undefined);
        if (device === undefined) {
          return {
            reason: t`The weights must be on the device of the logits, which have no name before ${call.name}. Name them logits first; nothing was changed.`,
          };
        }
        const list = numbersText(text, indentAt(text, call.node.start), weights.weights);
        return {
          text: withKeyword(python, call, "weight", `torch.tensor(${list}, device=${device}.device)`),
          weights,
        };
      },
    );
  },
};

function isCrossEntropy(call: Call): boolean {
  return /^(?:(?:torch\.)?nn\.)?CrossEntropyLoss$|^(?:F|(?:torch\.)?nn\.functional)\.cross_entropy$|^cross_entropy$/.test(
    call.name,
  );
}
