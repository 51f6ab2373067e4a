import { t } from "#protocol/l10n.ts";
import { writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** A loss of region heads in a one-stage detector. */
export const regionLoss: Trap = {
  code: "trap/region-loss",
  targets: ["mmdetection"],
  run: (input) =>
    writtenLosses(input).flatMap((loss) =>
      loss.head === "model.bbox_head" && loss.type === "SeesawLoss"
        ? [
            at(
              loss.value,
              "error",
              t`SeesawLoss is for region heads, with two more outputs than classes; in a dense head it fails. Use focal loss or a sampler.`,
            ),
          ]
        : [],
    ),
};
