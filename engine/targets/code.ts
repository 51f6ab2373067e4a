/** Losses as source code: the languages that there are. */
import type { CodeTargetId } from "#protocol/language.ts";
import type { LossChoice } from "#protocol/training.ts";
import { lossAsKeras } from "./keras.ts";
import { lossAsPyTorch, lossClassName } from "./pytorch.ts";
import { lossAsTensorFlowJs } from "./tensorflowjs.ts";

export { lossClassName };

type LossAsCode = (choice: LossChoice, classes: readonly string[], counts: readonly number[]) => string;

const writers: Readonly<Record<CodeTargetId, LossAsCode>> = {
  pytorch: lossAsPyTorch,
  keras: lossAsKeras,
  tensorflowjs: lossAsTensorFlowJs,
};

/** One self-contained file with the loss and its counts. Throws `loss/unsuitable` where no class has a sample. */
export function lossAsCode(
  target: CodeTargetId,
  choice: LossChoice,
  classes: readonly string[],
  counts: readonly number[],
): string {
  return writers[target](choice, classes, counts);
}
