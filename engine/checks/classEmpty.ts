/** Classes without a sample. */

import { formatCount, unitName } from "#engine/statistics/format.ts";
import type { ClassFrequency } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Check, CheckInput } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";

const named = 3;

export const classEmpty: Check = {
  code: "class/empty",
  observe(input) {
    const { view, counted } = input;
    const empty = view.classes.filter(({ count }) => count === 0);
    const [first] = empty;
    if (!first) return [];
    const span = classSpan(counted, first);
    return [
      {
        code: "class/empty",
        severity: "warning",
        message: missing(input, empty),
        ...(span ? { span } : {}),
        classes: empty.slice(0, 100).map(({ name }) => name),
      },
    ];
  },
};

function missing({ view, counted }: CheckInput, empty: readonly ClassFrequency[]): string {
  const unit = unitName(view.basis, 1);
  const have = empty.length === 1 ? "has" : "have";
  if (counted.classes.every(({ declared }) => !declared)) {
    const range = t`${view.classes[0]?.id ?? 0} to ${view.classes[view.classes.length - 1]?.id ?? 0}`;
    const get = empty.length === 1 ? t`this one only gets` : t`these only get`;
    const head = t`In a head with ${formatCount(view.classes.length)} outputs ${get} negatives.`;
    return t`${formatCount(empty.length)} of the label ids ${range} ${have} no ${unit}. ${head}`;
  }
  const names = empty.slice(0, named).map(({ name }) => shortName(name));
  const share = t`${formatCount(empty.length)} of ${formatCount(view.classes.length)} classes ${have} no ${unit}`;
  const outputs = empty.length === 1 ? t`Its output only gets` : t`Their outputs only get`;
  return t`${share}: ${names.join(", ")}${empty.length > named ? " …" : "."} ${outputs} negatives.`;
}
