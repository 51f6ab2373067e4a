/** A chart with what belongs to it: a menu of exports and, where wanted, its values as a table. */
import { t } from "#protocol/l10n.ts";
import { type ChartKind, type ChartView, chartView, type ValueTable } from "../charts/chart.ts";
import { type Choices, toggled } from "../choices.ts";
import type { Theme } from "../theme.ts";
import { el, fill } from "./dom.ts";
import { chartExports } from "./exports.ts";
import { type MenuItem, menu } from "./menu.ts";
import type { Actions } from "./view.ts";

export interface Figure<D> {
  readonly cell: HTMLElement;
  /** The button with three dots that opens the menu of the chart. */
  readonly more: HTMLElement;
  /** Empty unless the values are shown. */
  readonly values: HTMLElement;
  readonly chart: ChartView<D>;
  show(data: D, theme: Theme, choices: Choices): void;
}

/** A chart in a cell, its menu and its table, to be put where they belong. */
export function figure<D>(kind: ChartKind<D>, actions: Actions): Figure<D> {
  const cell = el("div", { class: "cell" });
  const chart = chartView(cell, kind);
  const values = valueTable();
  let choices: Choices | undefined;
  const items = (): readonly MenuItem[] => [
    tableItem(kind.name, choices, actions),
    ...chartExports(actions, kind, chart),
  ];
  const more = menu("⋯", items, t`More on ${kind.title}`);
  openOnContextMenu(cell, more);
  return {
    cell,
    more,
    values: values.element,
    chart,
    show(data, theme, present) {
      choices = present;
      chart.show(data, theme);
      values.show(present.tables.includes(kind.name) ? kind.table(data) : undefined, kind.title);
    },
  };
}

/** The entry that shows or hides a table of values. */
export function tableItem(name: string, choices: Choices | undefined, { choose }: Actions): MenuItem {
  const tables = choices?.tables ?? [];
  return {
    label: tables.includes(name) ? t`Hide the table` : t`Values as a table`,
    press: () => choose({ tables: toggled(tables, name) }),
  };
}

/** The context menu of a chart is the menu of its three dots. */
export function openOnContextMenu(cell: HTMLElement, more: HTMLElement): void {
  cell.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    more.querySelector("button")?.click();
  });
}

/** A table of values that scrolls in itself; hidden while there is none. */
export function valueTable(): {
  readonly element: HTMLElement;
  show(table: ValueTable | undefined, title: string): void;
} {
  const element = el("div", { class: "values", hidden: true, tabindex: 0, role: "region" });
  let key = "";
  return {
    element,
    show(table, title) {
      element.hidden = !table;
      const next = table ? JSON.stringify(table) : "";
      if (next === key) return;
      key = next;
      element.setAttribute("aria-label", t`${title}, values`);
      if (table) fill(element, tableElement(table));
      else fill(element);
    },
  };
}

function tableElement({ columns, rows }: ValueTable): HTMLElement {
  const head = el(
    "tr",
    {},
    ...columns.map((name, index) =>
      el("th", { scope: "col", class: index > 0 ? "num" : "" }, el("bdi", {}, name)),
    ),
  );
  const body = rows.map((row) =>
    el(
      "tr",
      {},
      ...row.map((value, index) =>
        index === 0 ? el("th", { scope: "row" }, el("bdi", {}, value)) : el("td", { class: "num" }, value),
      ),
    ),
  );
  return el("table", {}, el("thead", {}, head), el("tbody", {}, ...body));
}
