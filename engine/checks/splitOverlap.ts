/** Samples that are in two splits. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { SplitCheck } from "./check.ts";
import { shortName } from "./classes.ts";

export const splitOverlap: SplitCheck = {
  code: "split/overlap",
  observe: ({ overlaps, views }) =>
    overlaps.map(({ splits: [first, second], count, example, span }) => {
      const unit = views.every(({ task }) => task === "detection") ? "image" : "sample";
      const are = count === 1 ? t`1 ${unit} is` : t`${formatCount(count)} ${unit}s are`;
      const which = count === 1 ? "" : t` first`;
      return {
        code: "split/overlap",
        severity: "warning",
        message: t`${are} in both ${first} and ${second};${which} ${shortName(example)}.`,
        ...(span ? { span } : {}),
      };
    }),
};
