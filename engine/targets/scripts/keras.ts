/** The loss of a Keras script, which `compile` takes: another one in its place, or a recorder around it. */
import { lineEnding, lineStart } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import type { Edited, LossName } from "../scripts.ts";
import {
  type Call,
  callsIn,
  type ParsedText,
  parsePython,
  type SyntaxNode,
  source,
} from "../syntax/python.ts";
import { withKeyword } from "../syntax/pythonCall.ts";
import { indentAt } from "../syntax/pythonText.ts";
import { withImport } from "./edits.ts";

/** The call of `compile`, in a script that calls `fit` too. */
export function kerasLossOf(python: ParsedText): SyntaxNode | undefined {
  const [call, ...more] = compiles(python);
  return call && more.length === 0 && fits(python).length > 0 ? call.node : undefined;
}

const compiles = (python: ParsedText): Call[] =>
  callsIn(python).filter(({ name }) => /\w\.compile$/.test(name) && !/^(?:re|regex|torch)\./.test(name));
const fits = (python: ParsedText): Call[] => callsIn(python).filter(({ name }) => /\w\.fit$/.test(name));

/** The loss that `compile` gets; undefined where it gets none. */
function lossIn({ keywords, positional }: Call): SyntaxNode | undefined {
  return keywords.find(({ key }) => key === "loss")?.value ?? positional[1];
}

export function withKerasLoss(python: ParsedText, { name, module, memory }: LossName): Edited {
  const call = onlyCompile(python);
  if ("reason" in call) return call;
  if (memory) {
    return {
      reason: t`${name} learns while it trains: fit needs memory_of(loss, "loss.npz") as a callback too. Copy it as Keras, its first lines show how.`,
    };
  }
  const softmax = endsInProbabilities(python.text);
  if (softmax) return { reason: givesProbabilities(softmax) };
  return { text: withImport(python, `from ${module} import ${name}`, withLoss(python, call, `${name}()`)) };
}

/** A recorder made before `compile`, its loss in the place of the loss, and the recorder as a callback of `fit`. */
export function withKerasRecorder(python: ParsedText, module: string): Edited {
  const { text } = python;
  if (/\bRecorder\(/.test(text)) return { text };
  const call = onlyCompile(python);
  if ("reason" in call) return call;
  const loss = lossIn(call);
  if (!loss || loss.kind === "string") {
    return {
      reason: t`The recorder needs the gradient of logits: give compile a loss of them, such as keras.losses.SparseCategoricalCrossentropy(from_logits=True), and take softmax out of the model. Then try again.`,
    };
  }
  const softmax = endsInProbabilities(text);
  if (softmax) return { reason: givesProbabilities(softmax) };
  const [fit, ...more] = fits(python);
  if (!fit || more.length > 0) {
    return {
      reason: t`This script calls fit ${more.length + (fit ? 1 : 0)} times, and which of them trains is not clear. Export the recorder (equipoise export --target keras --recorder) and use it as its first lines show.`,
    };
  }
  if (fit.node.start < call.node.start) {
    return {
      reason: t`fit stands before compile here, so that no recorder can be made in between. Use it as the first lines of its file show.`,
    };
  }
  const callbacks = fit.keywords.find(({ key }) => key === "callbacks")?.value;
  if (callbacks && callbacks.kind !== "list") {
    return {
      reason: t`The callbacks of fit are made by code here. Write them as a list in the call first; nothing was changed.`,
    };
  }
  // From the end to the start, so that places stay right.
  const given =
    callbacks &&
    text
      .slice(callbacks.start + 1, callbacks.end - 1)
      .trim()
      .replace(/,$/, "");
  const list = `[${given ? `${given}, ` : ""}recorder]`;
  const fitted = withKeyword(python, fit, "callbacks", list);
  const again = parsePython(fitted);
  const [compile] = compiles(again);
  if (!compile) return { reason: noCompile(0) };
  const compiled = withLoss(again, compile, "recorder.loss");
  const at = lineStart(fitted, compile.node.start);
  const made = `${indentAt(fitted, compile.node.start)}recorder = Recorder(${source(python, loss)})${lineEnding(text)}`;
  return {
    text: withImport(
      python,
      `from ${module} import Recorder`,
      compiled.slice(0, at) + made + compiled.slice(at),
    ),
  };
}

function withLoss(python: ParsedText, call: Call, value: string): string {
  const second = call.positional[1];
  const named = call.keywords.some(({ key }) => key === "loss");
  if (second && !named) return python.text.slice(0, second.start) + value + python.text.slice(second.end);
  return withKeyword(python, call, "loss", value);
}

function onlyCompile(python: ParsedText): Call | { readonly reason: string } {
  const [call, ...more] = compiles(python);
  if (!call || more.length > 0) return { reason: noCompile(more.length + (call ? 1 : 0)) };
  if (call.open) {
    return {
      reason: t`compile takes arguments by * or ** here, which may hold a loss already. Write them out first; nothing was changed.`,
    };
  }
  return call;
}

const noCompile = (calls: number): string =>
  t`This script calls compile ${calls} times, and which model trains is not clear. Copy the loss as Keras; nothing was changed.`;

/** What makes probabilities of the logits at the end of a model, as it is written; losses of ours take logits. */
function endsInProbabilities(text: string): string | undefined {
  return /activation\s*=\s*(['"](?:softmax|sigmoid)['"]|[\w.]*activations\.(?:softmax|sigmoid))|\b(?:layers\.)?Softmax\(\)/.exec(
    text,
  )?.[0];
}

const givesProbabilities = (softmax: string): string =>
  t`The loss takes logits, and this model gives probabilities (${softmax}). Take that out of the last layer, then try again; nothing was changed.`;
