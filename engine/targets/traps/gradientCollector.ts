import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, yamlString } from "../syntax/yamlConfig.ts";
import { collectorOf, upLossPath } from "../unitedPerception.ts";
import { at, type Trap } from "./trap.ts";

const collecting =
  /^(?:softmax_eql|softmax_eqlv2|equalized_focal_loss|equalized_quality_focal_loss|sigmoid_eql|eqlv2)$/;

/** A gradient-driven loss of United Perception without the hook that collects its gradient, or with one elsewhere. */
export const gradientCollector: Trap = {
  code: "trap/gradient-collector",
  targets: ["united-perception"],
  run({ yaml }) {
    const path = yaml && upLossPath(yaml);
    const type = path && yamlString(yaml, [...path, "type"]);
    const place = path && extent(nodeAt(yaml, [...path, "type"]));
    if (!yaml || !place || type === undefined || !collecting.test(type)) return [];
    const collector = collectorOf(yaml);
    if (!collector) {
      return [
        at(
          place,
          "error",
          t`${type} needs the hook gradient_collector, which this file does not have: its ratios never change.`,
        ),
      ];
    }
    if (path.includes("cfg") || namesModule(collector.kwargs)) return [];
    return [
      at(
        place,
        "error",
        t`The hook gradient_collector looks for roi_head.cls_subnet_pred unless told otherwise, which a net for classification does not have. Set hook_module: [post_process.cls_loss] and grad_type: input there.`,
      ),
    ];
  },
};

function namesModule(kwargs: unknown): boolean {
  return typeof kwargs === "object" && kwargs !== null && "hook_module" in kwargs;
}
