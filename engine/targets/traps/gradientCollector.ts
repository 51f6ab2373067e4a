import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, yamlString } from "../syntax/yamlConfig.ts";
import { hasCollector, upLossPath } from "../unitedPerception.ts";
import { at, type Trap } from "./trap.ts";

const collecting =
  /^(?:softmax_eql|softmax_eqlv2|equalized_focal_loss|equalized_quality_focal_loss|sigmoid_eql|eqlv2)$/;

/** A gradient-driven loss of United Perception without the hook that collects its gradient. */
export const gradientCollector: Trap = {
  code: "trap/gradient-collector",
  targets: ["united-perception"],
  run({ yaml }) {
    const path = yaml && upLossPath(yaml);
    const type = path && yamlString(yaml, [...path, "type"]);
    const place = path && extent(nodeAt(yaml, [...path, "type"]));
    if (!yaml || !place || type === undefined || !collecting.test(type) || hasCollector(yaml)) return [];
    return [
      at(
        place,
        "error",
        t`${type} needs the hook gradient_collector, which this file does not have: its ratios never change.`,
      ),
    ];
  },
};
