import { t } from "#protocol/l10n.ts";
import { writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** The EQL v2 of the authors' repository, which cannot train in one process. */
export const processGroup: Trap = {
  code: "trap/process-group",
  targets: ["mmdetection"],
  run: (input) =>
    writtenLosses(input).flatMap((loss) =>
      loss.type === "EQLv2"
        ? [
            at(
              loss.value,
              "information",
              t`EQLv2 of the authors' repository always sums over processes, and fails without a process group: start it with a distributed launcher, also on one GPU.`,
            ),
          ]
        : [],
    ),
};
