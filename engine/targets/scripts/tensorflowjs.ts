/** The loss of a TensorFlow.js script, which `compile` takes: another one in its place. */
import { lineEnding } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import type { Edited, LossName } from "../scripts.ts";
import { child, walk } from "../syntax/python.ts";
import type { ParsedText, SyntaxNode } from "../syntax/treeSitter.ts";
import { propertyOf } from "../tensorflowJsScript.ts";

interface Compile {
  readonly node: SyntaxNode;
  /** Where it is an object literal. */
  readonly options: SyntaxNode | undefined;
}

/** The call of `compile`. */
export function tensorFlowJsLossOf(js: ParsedText): SyntaxNode | undefined {
  const [call, ...more] = compiles(js);
  return more.length === 0 ? call?.node : undefined;
}

function compiles(js: ParsedText): Compile[] {
  return walk(js.root).flatMap((node) => {
    const callee = node.kind === "call_expression" ? child(node, "function") : undefined;
    const list = callee && child(node, "arguments");
    if (!callee || !list || !/\.compile$/.test(js.text.slice(callee.start, callee.end))) return [];
    const [first] = list.children.filter(({ kind }) => kind !== "comment");
    return [{ node, options: first?.kind === "object" ? first : undefined }];
  });
}

export function withTensorFlowJsLoss(js: ParsedText, { name, module, memory }: LossName): Edited {
  const { text } = js;
  const [call, ...more] = compiles(js);
  if (!call || more.length > 0) {
    return {
      reason: t`This script calls compile ${more.length + (call ? 1 : 0)} times, and which model trains is not clear. Copy the loss as TensorFlow.js; nothing was changed.`,
    };
  }
  const loss = propertyOf(js, call.options, "loss");
  if (!loss) {
    return {
      reason: t`compile has no loss that is written in its call here. Copy the loss as TensorFlow.js; nothing was changed.`,
    };
  }
  const imports = js.root.children.filter(({ kind }) => kind === "import_statement");
  const last = imports.at(-1);
  if (!last) {
    return {
      reason: t`This script is no ES module (it has no import), and the loss is one. Copy it as TensorFlow.js; nothing was changed.`,
    };
  }
  const softmax = /activation\s*:\s*['"](?:softmax|sigmoid)['"]/.exec(text)?.[0];
  if (softmax) {
    return {
      reason: t`The loss takes logits, and this model gives probabilities (${softmax}). Take that out of the last layer, then try again; nothing was changed.`,
    };
  }
  const value = memory
    ? `(labels, logits) => criterion.loss(logits, labels)`
    : `(labels, logits) => ${name}(logits, labels)`;
  const line = `import { ${name} } from "./${module}.mjs";`;
  const present = text.slice(loss.start, loss.end);
  if (present === value && text.includes(line)) return { text };
  const newline = lineEnding(text);
  const made = memory ? `${newline}const criterion = new ${name}();` : "";
  // The import stands before the call: what is changed last comes first.
  const changed = text.slice(0, loss.start) + value + text.slice(loss.end);
  const former = imports.find((node) =>
    /from ["']\.\/equipoise_loss\w*\.mjs["']/.test(text.slice(node.start, node.end)),
  );
  if (former) {
    // One that learns was made below its import.
    const rest = changed.slice(former.end).replace(/^\r?\nconst criterion = new \w+\(\);/, "");
    return { text: changed.slice(0, former.start) + line + made + rest };
  }
  return { text: `${changed.slice(0, last.end)}${newline}${line}${made}${changed.slice(last.end)}` };
}
