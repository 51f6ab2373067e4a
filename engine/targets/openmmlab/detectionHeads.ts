/** Where an MMDetection model classifies boxes: one head, a list of heads (cascades), or a dense head. */
import { t } from "#protocol/l10n.ts";
import { elements, parsePython } from "../syntax/python.ts";
import { type Setting, settingAt, settingsOf } from "../syntax/pythonSettings.ts";
import type { Reason } from "../weights.ts";
import type { Situation } from "./openmmlab.ts";

export interface DetectionHeads {
  /** Two-stage heads classify regions with a softmax over classes and background; dense heads judge every place. */
  readonly kind: "region" | "dense";
  /** Paths of the heads. */
  readonly paths: readonly string[];
}

/** Where a two-stage model has its head, or the list of them. */
export const region = "model.roi_head.bbox_head";
const dense = "model.bbox_head";

/** Names of the model bases that come with MMDetection, as files refer to them. */
const cascades = /cascade|\bhtc|detectors_|scnet|point_rend_cascade/;
const twoStage = /(?:mask|faster|fast|grid|libra|dynamic|double|pafpn|ms|mask2former)?[-_]?rcnn/;
const oneStage =
  /retinanet|\bfcos|\batss|\bgfl\b|\bgfl_|vfnet|\bpaa|\btood|\bfsaf|free[-_]?anchor|ghm|foveabox/;

/** The heads of the model that the file sets or inherits, or why they are not known. */
export function detectionHeads({ python, settings, change }: Situation): DetectionHeads | Reason {
  const own = headsIn(settings);
  if (own) return own;
  for (const text of change.inherited ?? []) {
    const inherited = headsIn(settingsOf(parsePython(text)));
    if (inherited) return inherited;
  }
  const bases = basesOf(python.text);
  if (cascades.test(bases)) return { reason: inheritedList };
  if (oneStage.test(bases)) return { kind: "dense", paths: [dense] };
  if (twoStage.test(bases)) return { kind: "region", paths: [region] };
  return {
    reason: t`This file does not say where its model classifies boxes (roi_head.bbox_head or bbox_head), and its bases could not be read. Write model = dict(roi_head=dict(bbox_head=dict())) or the like first; nothing was changed.`,
  };
}

const inheritedList = t`This model inherits a list of heads (a cascade), which is overwritten as a whole, and the base that has it is not on this disk. Copy roi_head.bbox_head with all its stages from there into this file first; nothing was changed.`;

function headsIn(settings: readonly Setting[]): DetectionHeads | undefined {
  const heads = settingAt(settings, region);
  const several = heads && elements(heads.value);
  if (several) return { kind: "region", paths: several.map((_, index) => `${region}.${index}`) };
  if (heads) return { kind: "region", paths: [region] };
  if (settingAt(settings, dense)) return { kind: "dense", paths: [dense] };
  const byStage = settings.filter(({ path }) => /^model\.roi_head\.bbox_head\.\d+\.loss_cls$/.test(path));
  if (byStage.length > 0)
    return { kind: "region", paths: byStage.map(({ path }) => path.replace(/\.loss_cls$/, "")) };
  return undefined;
}

/** The part of a text that names what it inherits from. */
function basesOf(text: string): string {
  const listed = /_base_\s*=\s*(\[[\s\S]*?\]|\([\s\S]*?\)|['"][^'"]*['"])/.exec(text)?.[1] ?? "";
  const imported = text.match(/^\s+from\s+\S+\s+import/gm)?.join("\n") ?? "";
  return `${listed}\n${imported}`.toLowerCase();
}
