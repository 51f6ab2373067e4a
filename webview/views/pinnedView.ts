/** Above 40 classes: a field that finds a class, and the classes that were pinned, each with its numbers. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { ratioWords } from "../charts/gradientRatio.ts";
import { toggled } from "../choices.ts";
import { ladderLimit } from "../model/classes.ts";
import type { SeriesRatios } from "../model/ladder.ts";
import { classFigure } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { matchingClasses } from "../model/search.ts";
import { percentNumber } from "../verdict/phrases.ts";
import { button, el, fill, named, setText } from "./dom.ts";
import type { Actions } from "./view.ts";

export interface PinnedView {
  /** The field; belongs into a head. */
  readonly search: HTMLElement;
  /** The pinned classes. */
  readonly element: HTMLElement;
  show(model: PanelModel, ratios: readonly SeriesRatios[]): void;
}

/** As many suggestions as fit below a field. */
const suggested = 12;

export function pinnedView(actions: Actions): PinnedView {
  const list = el("datalist", { id: "class-names" });
  const heard = el("span", { class: "unseen", role: "status" });
  const field = el("input", {
    type: "text",
    class: "class-search",
    list: "class-names",
    placeholder: t`Find a class`,
    "aria-label": t`Find a class and pin it`,
  });
  const search = el("span", { class: "search" }, field, list, heard);
  const element = el("div", { class: "pinned" });
  let newest: PanelModel | undefined;
  let key = "";

  field.addEventListener("input", () => {
    const names = newest?.names ?? [];
    const found = matchingClasses(names, field.value, suggested);
    list.replaceChildren(...found.map((index) => el("option", { value: names[index] ?? "" })));
  });
  field.addEventListener("change", () => {
    if (!newest || field.value.trim() === "") return;
    const [index] = matchingClasses(newest.names, field.value, 1);
    setText(
      heard,
      index === undefined ? t`No class is called ${field.value}.` : t`${newest.names[index]} is pinned.`,
    );
    field.toggleAttribute("aria-invalid", index === undefined);
    if (index === undefined) return;
    field.value = "";
    const { pinned } = newest.choices;
    actions.choose({ selected: index, pinned: pinned.includes(index) ? pinned : [...pinned, index] });
  });
  return {
    search,
    element,
    show(model, ratios) {
      newest = model;
      const { names, counts, choices, summaries, experiment } = model;
      search.hidden = names.length <= ladderLimit;
      const pinned = choices.pinned.filter((index) => index < names.length);
      element.hidden = search.hidden || pinned.length === 0;
      if (element.hidden) return;
      const rows = pinned.map((index) => [
        formatCount(counts[index] ?? 0),
        ...ratios.map(({ ratios: all }) => ratioWords(all[index] ?? Number.NaN)),
        ...ratios.map(({ series }) => recallWords(summaries[series.choice]?.recall?.[index])),
      ]);
      const titles = ratios.map(({ series }) => series.title);
      const next = JSON.stringify([pinned, rows, titles, experiment?.id]);
      if (next === key) return;
      key = next;
      const head = [
        model.dataset?.view.basis ?? "images",
        ...titles.map((title) => `ratio, ${title}`),
        ...titles.map((title) => `${classFigure(experiment).name}, ${title}, %`),
      ];
      const unpin = (index: number): void => actions.choose({ pinned: toggled(choices.pinned, index) });
      fill(
        element,
        el(
          "table",
          {},
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              el("th", { scope: "col" }, t`Pinned`),
              ...head.map((text) => el("th", { scope: "col", class: "num" }, text)),
              el("th", { scope: "col" }, el("span", { class: "unseen" }, t`Unpin`)),
            ),
          ),
          el(
            "tbody",
            {},
            ...pinned.map((index, row) => pinnedRow(index, names[index] ?? "", rows[row] ?? [], unpin)),
          ),
        ),
      );
    },
  };

  function pinnedRow(
    index: number,
    name: string,
    cells: readonly string[],
    unpin: (index: number) => void,
  ): HTMLElement {
    const show = button("", "plain", () => actions.choose({ selected: index }), {
      "data-focus": `pinned ${index}`,
      title: t`Show its gradient ratio by step`,
    });
    show.append(named(name));
    const remove = button("×", "plain", () => unpin(index), {
      class: "remove",
      "aria-label": t`Unpin ${name}`,
      "data-focus": `unpin ${index}`,
    });
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, show),
      ...cells.map((text) => el("td", { class: "num" }, text)),
      el("td", { class: "num" }, remove),
    );
  }
}

function recallWords(recall: number | undefined): string {
  return recall === undefined || Number.isNaN(recall) ? "·" : percentNumber(recall);
}
