import { staleMessage } from "#engine/project/checks/staleCounts.ts";
import { findProvenance } from "#engine/project/provenance.ts";
import { at, type Trap } from "./trap.ts";

/** A loss that was inserted for counts that have changed since. */
export const staleCounts: Trap = {
  code: "config/stale-counts",
  targets: [
    "mmdetection",
    "mmpretrain",
    "mmsegmentation",
    "mmaction",
    "detectron2",
    "ultralytics",
    "united-perception",
    "bag-of-tricks",
    "balanced-meta-softmax",
    "timm",
    "lightning",
    "hugging-face",
    "keras",
    "pytorch",
    "tensorflow-js",
  ],
  run({ text, classes, manifest }) {
    const comment = findProvenance(text);
    // Counts of another manifest say nothing about this one's.
    if (!comment || !classes || comment.manifest !== manifest) return [];
    const message = staleMessage(comment, classes);
    return message === undefined ? [] : [at(comment.range, "warning", message)];
  },
};
