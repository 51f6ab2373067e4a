/** A loss as a PyTorch module with this dataset's counts, to paste into a training script. */

import type { LossChoice } from "#protocol/training.ts";
import { byLoss } from "./code/byLoss.ts";
import { pythonCounts, pythonHead } from "./code/python.ts";
import { checkCounts, columnsOf, headingOf, settingsOf } from "./code/settings.ts";
import * as sigmoid from "./pytorch/sigmoid.ts";
import { helpers, type SnippetOf } from "./pytorch/snippet.ts";
import * as softmax from "./pytorch/softmax.ts";
import * as stateful from "./pytorch/stateful.ts";

const snippets = byLoss<SnippetOf>({ softmax, sigmoid, stateful });

/**
 * One self-contained Python file with the loss as `nn.Module`, its counts and an example. Needs PyTorch 2 and Python
 * 3.9. Throws `loss/unsuitable` where no class has a sample, as most losses would divide by 0.
 */
export function lossAsPyTorch(
  choice: LossChoice,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const snippet = snippets[choice.loss](settingsOf(choice));
  const code = [...snippet.helpers.map((id) => helpers[id]), snippet.code].join("\n\n\n");
  const example = `    criterion = ${snippet.name}().to(device)
    loss = criterion(logits, ${snippet.takes ?? "labels"})  # logits [rows, ${columnsOf(choice, data)}], labels [rows] of training indices`;
  return `${pythonHead(headingOf(choice, data), example, "Made by Equipoise from the counts below.")}

${imports(code)}

${pythonCounts(data)}


${code}
`;
}

/** Name of the class that {@link lossAsPyTorch} writes. */
export function pyTorchLossName(choice: LossChoice): string {
  return snippets[choice.loss](settingsOf(choice)).name;
}

function imports(code: string): string {
  const lines = [
    ...(code.includes("math.") ? ["import math"] : []),
    ...(code.includes("Sequence[") ? ["from collections.abc import Sequence"] : []),
  ];
  const torch = ["import torch", "import torch.nn.functional as F", "from torch import Tensor, nn"];
  if (code.includes("torch.distributed")) torch.splice(1, 0, "import torch.distributed");
  return [
    ...lines,
    ...(lines.length > 0 ? [""] : []),
    ...torch.filter((line) => line !== "import torch" || /\btorch\./.test(code)),
  ].join("\n");
}
