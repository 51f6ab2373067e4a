/** Recorders of gradient ratios as source code: the frameworks that have one. */
import type { CodeTargetId } from "#protocol/language.ts";
import type { Counted } from "./code/settings.ts";
import { recorderForKeras } from "./keras/recorder.ts";
import { recorderForPyTorch } from "./pytorch/recorder.ts";

const recorders: Readonly<Partial<Record<CodeTargetId, (data: Counted, folder?: string) => string>>> = {
  pytorch: recorderForPyTorch,
  keras: recorderForKeras,
};

/**
 * The recorder for a framework as one file; undefined where there is none. `folder` is where `.equipoise` shall lie, seen from
 * that file. Throws `loss/unsuitable` without samples.
 */
export function recorderFor(target: CodeTargetId, data: Counted, folder = "."): string | undefined {
  return recorders[target]?.(data, folder);
}
