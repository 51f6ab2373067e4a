import { extent } from "#engine/project/yamlDocument.ts";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, yamlNumber } from "../syntax/yamlConfig.ts";
import { levelsOf, upLossPath } from "../unitedPerception.ts";
import { at, instead, type Trap } from "./trap.ts";

/** `fpn_levels` of equalized focal loss that are not those of the neck. */
export const pyramidLevels: Trap = {
  code: "trap/pyramid-levels",
  targets: ["united-perception"],
  run({ yaml }) {
    const loss = yaml && upLossPath(yaml);
    const path = loss && [...loss, "kwargs", "fpn_levels"];
    const levels = path && yamlNumber(yaml, path);
    const place = path && extent(nodeAt(yaml, path));
    const neck = yaml && levelsOf(yaml);
    if (!place || levels === undefined || neck === undefined || levels === neck) return [];
    const message = t`fpn_levels is ${formatCount(levels)}, the neck has ${formatCount(neck)} levels: the gradient of a step is never complete.`;
    return [at(place, "error", message, instead(t`Set fpn_levels to ${neck}`, place, String(neck)))];
  },
};
