/** Losses and samplers as source code: the languages that there are. */
import type { CodeTargetId } from "#protocol/language.ts";
import type { SamplerCodeId, SamplerId } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { metaSamplerAsKeras } from "./keras/metaSampler.ts";
import { samplerAsKeras } from "./keras/sampler.ts";
import { kerasLossName, lossAsKeras } from "./keras.ts";
import { metaSamplerAsPyTorch } from "./pytorch/metaSampler.ts";
import { samplerAsPyTorch } from "./pytorch/sampler.ts";
import { lossAsPyTorch, pyTorchLossName } from "./pytorch.ts";
import { metaSamplerAsTensorFlowJs } from "./tensorflowjs/metaSampler.ts";
import { samplerAsTensorFlowJs } from "./tensorflowjs/sampler.ts";
import { lossAsTensorFlowJs, tensorFlowJsLossName } from "./tensorflowjs.ts";

export { isUntouched, marked } from "./code/mark.ts";
export { weightsAsCode } from "./code/weightsAsCode.ts";

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

/** What the code of a loss calls it, and whether it learns while it trains and has to be told so. */
export function lossNameIn(
  target: CodeTargetId,
  choice: LossChoice,
): { readonly name: string; readonly memory: boolean } {
  if (target === "pytorch") return { name: pyTorchLossName(choice), memory: false };
  return target === "keras" ? kerasLossName(choice) : tensorFlowJsLossName(choice);
}

/** The ending of files with code in this language. */
export const codeEndings: Readonly<Record<CodeTargetId, string>> = {
  pytorch: ".py",
  keras: ".py",
  tensorflowjs: ".mjs",
};

type SamplerAsCode = (id: SamplerId, classes: readonly string[], counts: readonly number[]) => string;

const samplerWriters: Readonly<Record<CodeTargetId, SamplerAsCode>> = {
  pytorch: samplerAsPyTorch,
  keras: samplerAsKeras,
  tensorflowjs: samplerAsTensorFlowJs,
};

type MetaSamplerAsCode = (classes: readonly string[], counts: readonly number[]) => string;

const metaSamplerWriters: Readonly<Record<CodeTargetId, MetaSamplerAsCode>> = {
  pytorch: metaSamplerAsPyTorch,
  keras: metaSamplerAsKeras,
  tensorflowjs: metaSamplerAsTensorFlowJs,
};

/** One self-contained file with the sampler and its counts. Throws `loss/unsuitable` where no class has a sample. */
export function samplerAsCode(
  target: CodeTargetId,
  id: SamplerCodeId,
  classes: readonly string[],
  counts: readonly number[],
): string {
  if (id === "meta") return metaSamplerWriters[target](classes, counts);
  return samplerWriters[target](id, classes, counts);
}
