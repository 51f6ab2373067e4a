/** A loss as a TensorFlow.js module with this dataset's counts, to paste into a training script. */
import type { LossChoice } from "#protocol/training.ts";
import { byLoss } from "./code/byLoss.ts";
import { bracketed, type Counted, checkCounts, columnsOf, headingOf, settingsOf } from "./code/settings.ts";
import { helpers } from "./tensorflowjs/helpers.ts";
import * as sigmoid from "./tensorflowjs/sigmoid.ts";
import type { Snippet, SnippetOf } from "./tensorflowjs/snippet.ts";
import * as softmax from "./tensorflowjs/softmax.ts";
import * as stateful from "./tensorflowjs/stateful.ts";

const snippets = byLoss<SnippetOf>({ softmax, sigmoid, stateful });

/**
 * One self-contained JavaScript module with the loss, its counts and an example, typed in JSDoc so that TypeScript reads
 * it too. Needs TensorFlow.js 4. Throws `loss/unsuitable` where no class has a sample.
 */
export function lossAsTensorFlowJs(
  choice: LossChoice,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const snippet = snippets[choice.loss](settingsOf(choice));
  return `${javaScriptHead(headingOf(choice, data), example(snippet, choice, data))}

import * as tf from "@tensorflow/tfjs";

${javaScriptCounts(data)}

${[...snippet.helpers.map((id) => helpers[id]), snippet.code].join("\n\n")}
`;
}

/** Name of what {@link lossAsTensorFlowJs} writes, and whether it is a class that learns while it trains. */
export function tensorFlowJsLossName(choice: LossChoice): {
  readonly name: string;
  readonly memory: boolean;
} {
  const { name, memory = false } = snippets[choice.loss](settingsOf(choice));
  return { name, memory };
}

function example({ name, takes = "labels", memory }: Snippet, choice: LossChoice, data: Counted): string {
  const lines = memory
    ? [
        `const criterion = new ${name}();`,
        `optimizer.minimize(() => criterion.loss(model.predict(x), ${takes}));`,
      ]
    : [`optimizer.minimize(() => ${name}(model.predict(x), ${takes}));`];
  return `${lines.map((line) => `    ${line}`).join("\n")}

The model gives logits [rows, ${columnsOf(choice, data)}], without softmax or sigmoid.`;
}

/** The comment at the top of a module. */
export function javaScriptHead(heading: readonly string[], example: string): string {
  const lines = [...heading, "", ...example.split("\n"), "", "Made by Equipoise from the counts below."];
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

/** `CLASSES` and `COUNTS` as JavaScript. */
export function javaScriptCounts({ classes, counts }: Counted): string {
  const list = (name: string, items: readonly string[]): string =>
    `export const ${name} = ${bracketed(items, `export const ${name} = `, "  ")};`;
  return `/** In training order, which is the order of the logits. */
${list(
  "CLASSES",
  classes.map((name) => JSON.stringify(name)),
)}
/** Training samples of each class. */
${list("COUNTS", counts.map(String))}`;
}
