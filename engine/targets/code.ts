/** Losses and samplers as source code: the languages that there are. */
import type { CodeTargetId } from "#protocol/language.ts";
import type { SamplerId } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { samplerAsKeras } from "./keras/sampler.ts";
import { lossAsKeras } from "./keras.ts";
import { samplerAsPyTorch } from "./pytorch/sampler.ts";
import { lossAsPyTorch, lossClassName } from "./pytorch.ts";
import { samplerAsTensorFlowJs } from "./tensorflowjs/sampler.ts";
import { lossAsTensorFlowJs } from "./tensorflowjs.ts";

export { weightsAsCode } from "./code/weightsAsCode.ts";
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

type SamplerAsCode = (id: SamplerId, classes: readonly string[], counts: readonly number[]) => string;

const samplerWriters: Readonly<Record<CodeTargetId, SamplerAsCode>> = {
  pytorch: samplerAsPyTorch,
  keras: samplerAsKeras,
  tensorflowjs: samplerAsTensorFlowJs,
};

/** One self-contained file with the sampler and its counts. Throws `loss/unsuitable` where no class has a sample. */
export function samplerAsCode(
  target: CodeTargetId,
  id: SamplerId,
  classes: readonly string[],
  counts: readonly number[],
): string {
  return samplerWriters[target](id, classes, counts);
}
