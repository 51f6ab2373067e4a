import { isMap, isScalar, isSeq } from "yaml";
import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt } from "../syntax/yamlConfig.ts";
import { at, type Trap, type TrapFinding } from "./trap.ts";

/** A list by class at `weight` of PaddleClas, which is the coefficient of a loss. */
export const paddleWeight: Trap = {
  code: "trap/paddle-weight",
  targets: ["paddleclas"],
  run({ yaml }) {
    const list = yaml && nodeAt(yaml, ["Loss", "Train"]);
    if (!isSeq(list)) return [];
    return list.items.flatMap((item): TrapFinding[] => {
      if (!isMap(item)) return [];
      return item.items.flatMap((pair) => {
        const settings = pair.value;
        const weight = isMap(settings) ? settings.get("weight", true) : undefined;
        const place = isSeq(weight) ? extent(weight) : undefined;
        const name = isScalar(pair.key) ? String(pair.key.value) : t`the loss`;
        return place
          ? [
              at(
                place,
                "error",
                t`weight of ${name} is its coefficient, one number. PaddleClas has no weights by class here.`,
              ),
            ]
          : [];
      });
    });
  },
};
