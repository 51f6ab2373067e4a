import { t } from "#protocol/l10n.ts";
import { flagValue } from "../syntax/python.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { added, at, instead, type Trap } from "./trap.ts";

/** OpenMMLab names a configuration after its devices: `mask-rcnn_r50_fpn_8xb2-1x_lvis.py` trains on eight. */
const devices = /(?:^|[_-])(\d+)xb\d+(?=[_-])/;

/** EQL v2 on several devices, each of which then keeps a gradient ratio of its own. */
export const eqlV2Distributed: Trap = {
  code: "trap/eqlv2-distributed",
  targets: ["mmdetection"],
  run(input) {
    const { python } = input;
    const count = Number(devices.exec(input.path.replace(/^.*[\\/]/, ""))?.[1] ?? 1);
    if (count < 2) return [];
    return writtenLosses(input).flatMap((loss) => {
      if (!python || loss.type !== "EQLV2Loss") return [];
      const written = entry(loss, "use_distributed");
      if (written && flagValue(python, written.value) !== false) return [];
      const message = t`By its name this file trains on ${count} devices. Without use_distributed=True each keeps a gradient ratio of its own.`;
      const title = t`Set use_distributed=True`;
      const last = loss.entries.at(-1);
      const fix = written
        ? instead(title, written.value, "True")
        : loss.value.kind === "call" && last
          ? added(title, last.end, ", use_distributed=True")
          : undefined;
      return [at(written ?? loss.value, "warning", message, fix)];
    });
  },
};
