import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, valueAt } from "../syntax/yamlConfig.ts";
import { at, type Trap } from "./trap.ts";

/** Detectron2's federated loss on a data set that does not bring its image counts along. */
export const fedLossMetadata: Trap = {
  code: "trap/fed-loss-metadata",
  targets: ["detectron2"],
  run({ yaml }) {
    if (!yaml || valueAt(yaml, ["MODEL", "ROI_BOX_HEAD", "USE_FED_LOSS"]) !== true) return [];
    const train = nodeAt(yaml, ["DATASETS", "TRAIN"]);
    const place = extent(train);
    const names = String(valueAt(yaml, ["DATASETS", "TRAIN"]) ?? "");
    if (!place || names.includes("lvis_v1")) return [];
    const message = t`The federated loss reads class_image_count from the data set's metadata, which only the built-in LVIS v1 sets bring. Set it in Python: MetadataCatalog.get(...).set(class_image_count=[...]).`;
    return [at(place, "warning", message)];
  },
};
