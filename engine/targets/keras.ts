/** A loss as a Keras 3 class on TensorFlow with this dataset's counts, to paste into a training script. */
import type { LossChoice } from "#protocol/training.ts";
import { byLoss } from "./code/byLoss.ts";
import { pythonCounts, pythonHead } from "./code/python.ts";
import { type Counted, checkCounts, columnsOf, headingOf, settingsOf } from "./code/settings.ts";
import * as sigmoid from "./keras/sigmoid.ts";
import { helpers, type Snippet, type SnippetOf } from "./keras/snippet.ts";
import * as softmax from "./keras/softmax.ts";
import * as stateful from "./keras/stateful.ts";

const snippets = byLoss<SnippetOf>({ softmax, sigmoid, stateful });

/**
 * One self-contained Python file with the loss as `keras.losses.Loss`, its counts and an example. Needs Keras 3 on
 * TensorFlow and Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function lossAsKeras(
  choice: LossChoice,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const snippet = snippets[choice.loss](settingsOf(choice));
  const code = [...snippet.helpers.map((id) => helpers[id]), snippet.code].join("\n\n\n");
  const made = "Made by Equipoise from the counts below.";
  return `${pythonHead(headingOf(choice, data), example(snippet, choice, data), made)}

${imports(code)}

${pythonCounts(data)}


${code}
`;
}

/** Name of the class that {@link lossAsKeras} writes, and whether it learns while it trains. */
export function kerasLossName(choice: LossChoice): { readonly name: string; readonly memory: boolean } {
  const { name, memory = false } = snippets[choice.loss](settingsOf(choice));
  return { name, memory };
}

function example({ name, takes, memory }: Snippet, choice: LossChoice, data: Counted): string {
  const lines = memory
    ? [
        `loss = ${name}()`,
        "model.compile(optimizer, loss)",
        'model.fit(data, callbacks=[memory_of(loss, "loss.npz")])',
      ]
    : [`model.compile(optimizer, ${name}())`];
  return `${lines.map((line) => `    ${line}`).join("\n")}

The model gives logits [rows, ${columnsOf(choice, data)}], without softmax or sigmoid; the data give ${
    takes ?? "labels [rows] of training indices"
  }.`;
}

function imports(code: string): string {
  const standard = [
    ...(code.includes("os.") ? ["import os"] : []),
    ...(/\bMapping\[/.test(code)
      ? ["from collections.abc import Mapping" + (code.includes("Sequence[") ? ", Sequence" : "")]
      : code.includes("Sequence[")
        ? ["from collections.abc import Sequence"]
        : []),
    "from typing import Any",
  ];
  const others = [
    "import keras",
    ...(/\bnp\./.test(code) ? ["import numpy as np"] : []),
    "import tensorflow as tf",
  ];
  return [...standard, "", ...others].join("\n");
}
