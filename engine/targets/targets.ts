/** Every configuration that a loss can be inserted into. */
import { bagOfTricks } from "./bagOfTricks.ts";
import { balancedMetaSoftmax } from "./balancedMetaSoftmax.ts";
import { detectron2 } from "./detectron2.ts";
import { detectron2Lazy } from "./detectron2Lazy.ts";
import { huggingFace } from "./huggingFace.ts";
import { keras } from "./kerasScript.ts";
import { lightning } from "./lightning.ts";
import { mmaction } from "./mmaction.ts";
import { mmdetection } from "./mmdetection.ts";
import { mmpretrain } from "./mmpretrain.ts";
import { mmsegmentation } from "./mmsegmentation.ts";
import { projectTarget } from "./projectTarget.ts";
import { pytorchScript } from "./pytorchScript.ts";
import { loadGrammar } from "./syntax/treeSitter.ts";
import type { Target } from "./target.ts";
import { tensorflowJs } from "./tensorflowJsScript.ts";
import { timm } from "./timm.ts";
import { ultralytics } from "./ultralytics.ts";
import { unitedPerception } from "./unitedPerception.ts";

export const targets: readonly Target[] = [
  projectTarget,
  mmpretrain,
  mmdetection,
  mmsegmentation,
  mmaction,
  detectron2,
  detectron2Lazy,
  ultralytics,
  unitedPerception,
  bagOfTricks,
  balancedMetaSoftmax,
  timm,
  lightning,
  huggingFace,
  keras,
  pytorchScript,
  tensorflowJs,
];

/** The target that a file belongs to, or undefined. Before it is asked more than its name, see {@link openTarget}. */
export function targetOf(fileName: string, text: string): Target | undefined {
  return targets.find((target) => target.recognises(fileName, text));
}

/** The target that a file belongs to, with its parser loaded. Throws `backend/unavailable` where that is missing. */
export async function openTarget(fileName: string, text: string): Promise<Target | undefined> {
  const target = targetOf(fileName, text);
  if (target?.grammar) await loadGrammar(target.grammar);
  return target;
}
