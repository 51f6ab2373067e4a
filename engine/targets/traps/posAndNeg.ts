import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, yamlString } from "../syntax/yamlConfig.ts";
import { upLossPath } from "../unitedPerception.ts";
import { at, type Trap } from "./trap.ts";

/** The indicator of softmax equalization that adds a ratio and a gradient. */
export const posAndNeg: Trap = {
  code: "trap/pos-and-neg",
  targets: ["united-perception"],
  run({ yaml }) {
    const loss = yaml && upLossPath(yaml);
    const path = loss && [...loss, "kwargs", "indicator"];
    const place = path && extent(nodeAt(yaml, path));
    if (!place || !path || yamlString(yaml, path) !== "pos_and_neg") return [];
    const message = t`pos_and_neg adds the ratio and the negative gradient in the code of softmax_eql, which looks unintended. pos is what the paper uses.`;
    return [at(place, "warning", message)];
  },
};
