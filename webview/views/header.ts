/** One line of facts about the dataset, with findings and export at its end. */

import { fixed, formatCount, formatFactor } from "#engine/statistics/format.ts";
import type { View as DatasetView } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { button, el, fill, named } from "./dom.ts";
import type { Exports } from "./exports.ts";
import { menu } from "./menu.ts";
import type { Actions, View } from "./view.ts";

export function headerView({ send }: Actions, exports: Exports): View {
  const element = el("header", { class: "dataset" });
  let shown: PanelModel["dataset"];
  return {
    element,
    show({ dataset, state }) {
      element.hidden = !dataset && !state.loading;
      if (state.loading) {
        shown = undefined;
        fill(element, el("h1", {}, named(state.loading.name)));
        return;
      }
      if (!dataset || dataset === shown) return;
      shown = dataset;
      const findings = dataset.findings.length;
      const title = button("", "plain", () => send({ kind: "open-manifest" }), { title: dataset.manifest });
      title.append(named(dataset.name));
      fill(
        element,
        el("h1", {}, title),
        el("div", { class: "facts" }, ...facts(dataset.view)),
        el(
          "div",
          { class: "more" },
          findings > 0 &&
            button(findings === 1 ? t`1 finding` : t`${formatCount(findings)} findings`, "link", () =>
              send({ kind: "show-findings" }),
            ),
          menu(t`Export`, exports),
        ),
      );
    },
  };
}

function facts(view: DatasetView): HTMLElement[] {
  const fact = (...parts: (string | HTMLElement)[]): HTMLElement => el("span", {}, ...parts);
  const bold = (words: string): HTMLElement => el("b", {}, words);
  const several = view.labels !== view.samples;
  return [
    fact(bold(formatCount(view.samples)), view.basis === "images" || several ? t` images` : ` ${view.basis}`),
    ...(several
      ? [fact(bold(formatCount(view.labels)), view.basis === "images" ? t` labels` : ` ${view.basis}`)]
      : []),
    fact(bold(formatCount(view.classes.length)), view.classes.length === 1 ? t` class` : t` classes`),
    fact(t`imbalance factor `, bold(formatFactor(view.imbalanceFactor))),
    fact(t`Gini `, bold(fixed(view.gini, 3))),
    groupsFact(view),
  ];
}

function groupsFact({ groups, frequencyGroups }: DatasetView): HTMLElement {
  const named = frequencyGroups
    ? ([
        ["frequent", frequencyGroups.frequent],
        ["common", frequencyGroups.common],
        ["rare", frequencyGroups.rare],
      ] as const)
    : ([
        ["many", groups.many],
        ["medium", groups.medium],
        ["few", groups.few],
      ] as const);
  const empty = groups.empty > 0 ? ([["empty", groups.empty]] as const) : [];
  const parts = [...named, ...empty].flatMap(([name, count], index) => [
    `${index > 0 ? ", " : ""}${name} `,
    el("b", {}, formatCount(count)),
  ]);
  return el("span", { title: t`many: more than 100, medium: 20 to 100, few: fewer than 20` }, ...parts);
}
