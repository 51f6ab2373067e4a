/** The confusion of one loss, with a line that reads out the cell under the pointer. */

import { formatPercent } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { confusionMatrix } from "../charts/confusionMatrix.ts";
import { type Confusion, commonMistakes, confusedChoices, confusionOf } from "../model/confusion.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { select } from "./controls.ts";
import { el, fill, named } from "./dom.ts";
import { figure } from "./figure.ts";
import type { Actions, View } from "./view.ts";

export function confusionView(actions: Actions): View {
  const chart = figure(confusionMatrix, actions);
  const of = select<string>(t`Loss`, (value) => actions.choose({ confusionOf: Number(value) }), true);
  const line = el("p", { class: "ghost" });
  const caption = el(
    "div",
    { class: "cap" },
    t`Rows: true class, columns: predicted class, head to tail; % of the row`,
  );
  const head = el("div", { class: "confusion-head" }, caption, of.element, chart.more);
  const element = el("div", { class: "confusion" }, head, chart.cell, line, chart.values);
  const prepare = memo((experiment: PanelModel["experiment"], choice: number | undefined, title: string) => {
    const confusion = experiment && choice !== undefined ? confusionOf(experiment, choice) : undefined;
    return confusion ? { ...confusion, title } : undefined;
  });
  let shown: Confusion | undefined;
  chart.cell.addEventListener("pointermove", (event) => {
    if (shown) fill(line, ...cellWords(shown, cellAt(shown, event, chart.chart.pixel)));
  });
  chart.cell.addEventListener("pointerleave", () => {
    if (shown) fill(line, ...mistakeWords(shown));
  });
  return {
    element,
    show({ experiment, legend, choices }, theme) {
      const offered = experiment ? confusedChoices(experiment) : [];
      const choice = pick(offered, choices.confusionOf, legend.find(({ leads }) => leads)?.choice);
      const data = prepare(experiment, choice, legend[choice ?? 0]?.title ?? "");
      if (!data) return;
      of.show(
        offered.map((index) => ({ value: String(index), label: legend[index]?.title ?? "" })),
        String(choice),
      );
      const height = `${10 + Math.min(480, Math.max(120, data.rows.length * 24))}px`;
      if (chart.cell.style.height !== height) chart.cell.style.height = height;
      chart.show(data, theme, choices);
      if (shown !== data) fill(line, ...mistakeWords(data));
      shown = data;
    },
  };
}

function pick(offered: readonly number[], ...wishes: readonly (number | undefined)[]): number | undefined {
  return wishes.find((wish) => wish !== undefined && offered.includes(wish)) ?? offered[0];
}

function mistakeWords(confusion: Confusion): (string | HTMLElement)[] {
  const mistakes = commonMistakes(confusion, 3);
  if (mistakes.length === 0) return [t`No mistake on the test part.`];
  const parts = mistakes.flatMap(({ truth, guess, share }, index) => [
    index > 0 ? ", " : "",
    named(truth.name),
    t` for `,
    named(guess.name),
    ` ${formatPercent(share)}`,
  ]);
  return [t`Most often taken: `, ...parts, "."];
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

function cellAt(
  { rows }: Confusion,
  { offsetX, offsetY }: PointerEvent,
  pixel: (axis: string, value: number) => number | undefined,
): Cell | undefined {
  const at = (axis: string, offset: number): number => {
    const [first, last] = [pixel(axis, 0) ?? 0, pixel(axis, rows.length - 1) ?? 0];
    return rows.length > 1 ? Math.round(((offset - first) / (last - first)) * (rows.length - 1)) : 0;
  };
  const cell = { row: at("y", offsetY), column: at("x", offsetX) };
  const inside = [cell.row, cell.column].every((index) => index >= 0 && index < rows.length);
  return inside ? cell : undefined;
}

function cellWords(confusion: Confusion, cell: Cell | undefined): (string | HTMLElement)[] {
  const truth = cell && confusion.rows[cell.row];
  const guess = cell && confusion.rows[cell.column];
  if (!truth || !guess) return mistakeWords(confusion);
  const share = confusion.shares[cell.row * confusion.rows.length + cell.column] ?? Number.NaN;
  if (Number.isNaN(share)) return [named(truth.name), t` has no test samples.`];
  if (truth === guess)
    return [named(truth.name), t` is recognised in ${formatPercent(share)} of its test samples.`];
  return [
    named(truth.name),
    t` is taken for `,
    named(guess.name),
    t` in ${formatPercent(share)} of its test samples.`,
  ];
}
