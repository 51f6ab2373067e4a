/** Ids with gaps: the training index of a class is then not its id. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";

/** The ids that COCO's own 80 classes leave out from 1 to 90; whoever uses them knows. */
const cocoGaps: ReadonlySet<number> = new Set([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);

export const classIdGaps: Check = {
  code: "class/id-gaps",
  observe({ view, counted }) {
    if (!counted.classes.every(({ declared }) => declared)) return [];
    const ids = view.classes.map(({ id }) => id);
    const numbers = ids.filter((id) => typeof id === "number");
    const first = numbers[0];
    const last = numbers[numbers.length - 1];
    if (first === undefined || last === undefined || numbers.length < ids.length) return [];
    const gaps = last - first + 1 - numbers.length;
    const after = numbers.findIndex((id, index) => index > 0 && id !== (numbers[index - 1] ?? 0) + 1);
    if (gaps <= 0 || after < 0) return [];
    const map = [0, after, numbers.length - 1].map((index) => t`index ${index} is id ${numbers[index]}`);
    const many = gaps === 1 ? t`1 gap` : t`${formatCount(gaps)} gaps`;
    const message = t`Ids run from ${first} to ${last} with ${many}: ${[...new Set(map)].join(", ")}.`;
    return [{ code: "class/id-gaps", severity: areCoco(numbers) ? "hint" : "information", message }];
  },
};

function areCoco(ids: readonly number[]): boolean {
  return ids.length === 80 && ids[0] === 1 && ids.at(-1) === 90 && !ids.some((id) => cocoGaps.has(id));
}
