/** The rows of a file: a list that holds only what is on screen, with keyboard and screen reader. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { RowsResult } from "#protocol/language.ts";
import { el } from "../views/dom.ts";
import {
  contentHeight,
  firstRow,
  firstRowShowing,
  type Geometry,
  rowAfterKey,
  rowsThatFit,
  scrollTopOf,
} from "./rowWindow.ts";

export interface RowsView {
  readonly root: HTMLElement;
  take(from: number, result: RowsResult): void;
  /** The file is another one now: asks for its rows anew. */
  reset(): void;
}

const rowHeight = 22;
/** Rows asked for at once, and how many such pages are kept. */
const page = 100;
const pagesKept = 40;

type Text = Pick<RowsResult["rows"][number], "text" | "cut">;

export function rowsView(ask: (from: number, count: number) => void): RowsView {
  const pages = new Map<number, readonly Text[] | "asked">();
  let total = -1;
  let active = 0;
  let problem = "";

  const count = el("span", { role: "status" });
  const input = el("input", { type: "text", inputmode: "numeric" });
  const label = el("label", {}, t`Go to row`, input);
  const heading = el("h2", { id: "rows-heading" }, t`Rows`);
  const slots = el("div", { class: "window", role: "presentation" });
  const space = el("div", { role: "presentation" });
  const scroller = el(
    "div",
    { class: "scroller", tabindex: 0, role: "listbox", "aria-labelledby": "rows-heading" },
    slots,
    space,
  );
  const bar = el("div", { class: "bar" }, heading, count, label);
  const root = el("section", { class: "rows", "aria-labelledby": "rows-heading" }, bar, scroller);

  const geometry = (): Geometry => ({ total: Math.max(0, total), rowHeight, height: scroller.clientHeight });

  function draw(): void {
    const now = geometry();
    space.style.height = `${Math.max(0, contentHeight(now) - scroller.clientHeight)}px`;
    slots.style.height = `${scroller.clientHeight}px`;
    const first = firstRow(scroller.scrollTop, now);
    const last = Math.min(now.total, first + rowsThatFit(now) + 1);
    slots.replaceChildren(
      ...Array.from({ length: Math.max(0, last - first) }, (_, i) => rowElement(first + i)),
    );
    if (now.total > 0) scroller.setAttribute("aria-activedescendant", `row-${active}`);
    count.textContent = problem || (total < 0 ? t`Reading the rows.` : t`${formatCount(total)} in all`);
    label.hidden = total <= 0;
  }

  function rowElement(row: number): HTMLElement {
    const known = textOf(row);
    const isActive = row === active;
    return el(
      "div",
      {
        class: isActive ? "row active" : "row",
        id: `row-${row}`,
        role: "option",
        "aria-setsize": total,
        "aria-posinset": row + 1,
        "aria-selected": String(isActive),
        on: { click: () => go(row) },
      },
      el("span", { class: "name" }, formatCount(row + 1)),
      el("span", { class: "text" }, known && known.text + (known.cut ? " …" : "")),
    );
  }

  /** The text of a row where it is known; else asks for its page. */
  function textOf(row: number): Text | undefined {
    const number = Math.floor(row / page);
    const known = pages.get(number);
    if (known === undefined) {
      pages.set(number, "asked");
      ask(number * page, page);
    }
    return known === "asked" ? undefined : known?.[row - number * page];
  }

  function go(row: number): void {
    active = Math.max(0, Math.min(row, total - 1));
    const now = geometry();
    const first = firstRow(scroller.scrollTop, now);
    const next = firstRowShowing(active, first, now);
    if (next !== first) scroller.scrollTop = scrollTopOf(next, now);
    draw();
  }

  scroller.addEventListener("scroll", draw);
  scroller.addEventListener("keydown", (event) => {
    const next = rowAfterKey(event.key, active, geometry());
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(next);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const row = Number(input.value.replace(/[,\s]/g, ""));
    if (!Number.isFinite(row)) return;
    go(Math.round(row) - 1);
    scroller.focus();
  });
  new ResizeObserver(draw).observe(scroller);

  return {
    root,
    take(from, result) {
      problem = result.problem ?? "";
      total = result.total;
      if (result.problem === undefined) {
        heading.textContent = result.kind === "lines" ? t`Lines` : t`Elements`;
        pages.delete(from / page);
        pages.set(from / page, result.rows);
        for (const old of [...pages.keys()].slice(0, -pagesKept)) pages.delete(old);
      }
      draw();
    },
    reset() {
      pages.clear();
      total = -1;
      problem = "";
      pages.set(0, "asked");
      ask(0, page);
      draw();
    },
  };
}
