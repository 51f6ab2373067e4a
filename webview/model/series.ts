/** Which losses are drawn, and with which key: colour, shape and dashes say the same. */
import { lossTitles } from "#protocol/titles.ts";
import type { LossChoice } from "#protocol/training.ts";

export type Shape = "ring" | "circle" | "triangle" | "rectRot" | "rect";

export interface SeriesKey {
  readonly shape: Shape;
  readonly dash: readonly number[];
}

/** By slot: the baseline, then the losses in the order in which they were added. */
export const seriesKeys: readonly SeriesKey[] = [
  { shape: "ring", dash: [5, 3] },
  { shape: "circle", dash: [] },
  { shape: "triangle", dash: [9, 3] },
  { shape: "rectRot", dash: [3, 2] },
  { shape: "rect", dash: [9, 3, 2, 3] },
];

/** One loss as charts and tables show it. */
export interface Series {
  /** Index into the plan's losses. */
  readonly choice: number;
  readonly title: string;
  /** Index into the keys; -1 where five others are drawn already. */
  readonly slot: number;
  readonly drawn: boolean;
  /** Drawn paler, as another key is under the pointer. */
  readonly pale: boolean;
  /** Drawn heavier. */
  readonly leads: boolean;
}

/**
 * Every loss of a plan with its key. A sixth loss is drawn where it was swapped in for the fifth. `recorded` is what
 * another program calls the one loss of its run.
 */
export function seriesOf(
  choices: readonly LossChoice[],
  hidden: readonly number[],
  swapped: number | undefined,
  leader: number | undefined,
  recorded?: string,
): readonly Series[] {
  const titles = recorded === undefined ? lossTitles(choices) : [recorded];
  return titles.map((title, choice) => {
    const slot = slotOf(choice, swapped);
    return {
      choice,
      title,
      slot,
      drawn: slot >= 0 && !hidden.includes(choice),
      pale: false,
      leads: leader === choice,
    };
  });
}

/** The series with all but one paler; as they are where none that is drawn is pointed at. */
export function pointedAt(series: readonly Series[], pointed: number | undefined): readonly Series[] {
  const drawn = series.some((line) => line.drawn && line.choice === pointed);
  return drawn ? series.map((line) => ({ ...line, pale: line.choice !== pointed })) : series;
}

function slotOf(choice: number, swapped: number | undefined): number {
  const last = seriesKeys.length - 1;
  if (swapped !== undefined && swapped > last) {
    if (choice === swapped) return last;
    if (choice === last) return -1;
  }
  return choice <= last ? choice : -1;
}
