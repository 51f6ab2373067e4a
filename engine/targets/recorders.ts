/** Recorders of gradient ratios as source code: the frameworks that have one. */
import type { CodeTargetId } from "#protocol/language.ts";
import type { Counted } from "./code/settings.ts";
import { recorderForKeras } from "./keras/recorder.ts";
import { recorderForPyTorch } from "./pytorch/recorder.ts";

const recorders: Readonly<Partial<Record<CodeTargetId, (data: Counted) => string>>> = {
  pytorch: recorderForPyTorch,
  keras: recorderForKeras,
};

/** The recorder for a framework as one file; undefined where there is none. Throws `loss/unsuitable` without samples. */
export function recorderFor(target: CodeTargetId, data: Counted): string | undefined {
  return recorders[target]?.(data);
}
