/** The losses that an OpenMMLab configuration writes out, for traps. */
import { type Entry, elements, entriesOf, numbersOf, resolved, type SyntaxNode } from "../syntax/python.ts";
import { numberAt, type Setting, wordAt } from "../syntax/pythonSettings.ts";
import type { TrapInput } from "./trap.ts";

export const openmmlab = ["mmdetection", "mmpretrain", "mmsegmentation", "mmaction"] as const;

export interface WrittenLoss {
  /** Such as "model.roi_head.bbox_head.loss_cls". */
  readonly path: string;
  /** Of the head that it belongs to. */
  readonly head: string;
  /** Its type; undefined where it is inherited. */
  readonly type: string | undefined;
  readonly value: SyntaxNode;
  readonly setting: Setting;
  readonly entries: readonly Entry[];
}

const lossKey = /^model\..*(?:loss|loss_cls|loss_decode)(?:\.\d+)?$/;

/** Every dictionary in force at a key of a loss. */
export function writtenLosses({ python, settings = [] }: TrapInput): WrittenLoss[] {
  if (!python) return [];
  return settings.flatMap((setting, index) => {
    const { path } = setting;
    if (!lossKey.test(path) || settings.findLastIndex((each) => each.path === path) !== index) return [];
    const value = resolved(python, setting.value);
    const entries = entriesOf(python, value);
    if (!entries) return [];
    const head = path.replace(/\.(?:loss|loss_cls|loss_decode)(?:\.\d+)?$/, "");
    return [{ path, head, type: wordAt(python, settings, `${path}.type`), value, setting, entries }];
  });
}

export function entry({ entries }: WrittenLoss, key: string): Entry | undefined {
  return entries.find((each) => each.key === key);
}

/** A list of numbers at a key of a loss, with its node. */
export function listAt(
  { python }: TrapInput,
  loss: WrittenLoss,
  key: string,
): { readonly node: SyntaxNode; readonly numbers: readonly number[] } | undefined {
  const found = entry(loss, key);
  if (!python || !found) return undefined;
  const node = resolved(python, found.value);
  const numbers = elements(node) && numbersOf(python, node);
  return numbers && { node, numbers };
}

/** The number of classes of a head: as written, else of the manifest. */
export function classesOf({ python, settings = [], classes }: TrapInput, head: string): number | undefined {
  const written = python && numberAt(python, settings, `${head}.num_classes`);
  return written ?? classes?.length;
}

export function isRegionHead(head: string): boolean {
  return head.startsWith("model.roi_head.bbox_head");
}
