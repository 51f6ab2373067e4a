/** Classes that are in the training split and in no validation or test data, or the other way round. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { SplitCheck, SplitCheckInput } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";
import { classNamed, countsByName, type SplitPair, splitPairs } from "./splits.ts";

const named = 3;

export const splitClassMissing: SplitCheck = {
  code: "split/class-missing",
  observe: (input) =>
    splitPairs(input.views).flatMap((pair) => {
      const counts = [...countsByName(pair)];
      const unmeasured = counts.filter(([, [train, other]]) => train > 0 && other === 0);
      const unlearnt = counts.filter(([, [train, other]]) => train === 0 && other > 0);
      return [
        ...missing(input, pair, unmeasured, pair.train.name, pair.other.name, t`recall cannot be measured`),
        ...missing(input, pair, unlearnt, pair.other.name, pair.train.name, t`samples cannot be recognised`),
      ];
    }),
};

function missing(
  { views, counted }: SplitCheckInput,
  { train }: SplitPair,
  found: readonly (readonly [string, unknown])[],
  here: string,
  there: string,
  why: string,
): Observation[] {
  const [first] = found;
  if (!first) return [];
  const classes = found.map(([name]) => name);
  const trainIndex = views.indexOf(train);
  const entry = classNamed(train, first[0]);
  const counts = counted[trainIndex];
  const span = entry && counts ? classSpan(counts, entry) : undefined;
  const amount = classes.length === 1 ? t`1 class` : t`${formatCount(classes.length)} classes`;
  const list = classes.slice(0, named).map(shortName).join(", ");
  const end = classes.length > named ? " …" : ".";
  const whose = classes.length === 1 ? t`Its` : t`Their`;
  return [
    {
      code: "split/class-missing",
      severity: "warning",
      message: t`${amount} of ${here} ${classes.length === 1 ? "is" : "are"} missing in ${there}: ${list}${end} ${whose} ${why}.`,
      ...(span ? { span } : {}),
      classes: classes.slice(0, 100),
    },
  ];
}
