/** Class weight and effective number against beta, for three classes. */

import { effectiveNumber, classWeights as weightsAt } from "#engine/statistics/classWeights.ts";
import { formatCount, formatEffectiveNumber, formatRatio, formatWeight } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import {
  actingRange,
  betaUnits,
  type ClassWeightsData,
  classWeights,
  notchesPerUnit,
  toBeta,
  toUnits,
} from "../charts/classWeights.ts";
import { namedClasses, shortName } from "../model/classes.ts";
import { memo } from "../model/memo.ts";
import { slider } from "./controls.ts";
import { el, fill, named, setText } from "./dom.ts";
import { figure } from "./figure.ts";
import type { Actions, View } from "./view.ts";

export function weightsView(actions: Actions): View {
  const chart = figure(classWeights, actions);
  chart.cell.classList.add("weights-cell");
  const beta = slider(t`Beta`, notchesPerUnit, (notch) =>
    actions.choose({ beta: roundBeta(toBeta(notch / notchesPerUnit)) }),
  );
  const field = betaField((value) => actions.choose({ beta: value }));
  const read = el("table", { class: "read" });
  const note = el("small", {});
  const element = el(
    "section",
    { class: "weights chart", "aria-label": t`Class weight against beta` },
    el("header", {}, el("h2", {}, t`Class weight against β`), el("div", { class: "right" }, chart.more)),
    chart.cell,
    el("div", { class: "scrub beta" }, el("span", { "aria-hidden": "true" }, "β"), beta.field, field),
    read,
    note,
    chart.values,
  );
  const prepare = memo(weightsData);
  return {
    element,
    show(model, theme) {
      const data = prepare(model.names, model.counts, model.beta);
      element.hidden = !data;
      if (!data) return;
      chart.show(data, theme, model.choices);
      const last = betaUnits(data.counts) * notchesPerUnit;
      beta.show(Math.min(last, Math.round(toUnits(data.beta) * notchesPerUnit)), last, `beta ${data.beta}`);
      if (document.activeElement !== field) field.value = String(data.beta);
      showReading(read, data, model.dataset?.view.basis ?? "images");
      setText(note, noteOn(data));
    },
  };
}

function weightsData(
  names: readonly string[],
  counts: readonly number[],
  beta: number,
): ClassWeightsData | undefined {
  const three = namedClasses(counts);
  if (!three) return undefined;
  const indices = [...new Set([three.most, three.median, three.least])];
  return {
    counts,
    beta,
    named: indices.map((index) => ({ index, name: names[index] ?? "", count: counts[index] ?? 0 })),
  };
}

/** Beta with two digits of its distance from 1, as 0.9999 and not 0.99990000000000001. */
function roundBeta(beta: number): number {
  const distance = Number((1 - beta).toPrecision(2));
  return Number((1 - distance).toFixed(12));
}

function betaField(chosen: (beta: number) => void): HTMLInputElement {
  const field = el("input", {
    type: "text",
    inputmode: "decimal",
    class: "beta-field",
    "aria-label": t`Beta, 0 to below 1`,
  });
  const commit = (): void => {
    const value = Number(field.value);
    const valid = field.value.trim() !== "" && value >= 0 && value < 1;
    field.setAttribute("aria-invalid", String(!valid));
    field.title = valid ? "" : t`Beta is a number from 0 to below 1, such as 0.999.`;
    if (valid) chosen(value);
  };
  field.addEventListener("change", commit);
  field.addEventListener("blur", () => {
    field.removeAttribute("aria-invalid");
  });
  return field;
}

function showReading(
  table: HTMLElement,
  { counts, named: classes, beta }: ClassWeightsData,
  basis: string,
): void {
  const weights = weightsAt(counts, { scheme: "effective", beta });
  const row = (title: string, values: readonly string[]): HTMLElement =>
    el("tr", {}, el("th", { scope: "row" }, title), ...values.map((value) => el("td", {}, value)));
  const key = JSON.stringify([classes, beta, basis]);
  if (table.dataset["key"] === key) return;
  table.dataset["key"] = key;
  fill(
    table,
    el(
      "tr",
      {},
      el("td", {}),
      ...classes.map(({ name }) => el("th", { scope: "col", title: name }, named(name))),
    ),
    row(
      basis,
      classes.map(({ count }) => formatCount(count)),
    ),
    row(
      "effective",
      classes.map(({ count }) => formatEffectiveNumber(effectiveNumber(count, beta))),
    ),
    row(
      "weight",
      classes.map(({ index }) => formatWeight(weights[index] ?? 0)),
    ),
  );
}

function noteOn({ counts, named: classes, beta }: ClassWeightsData): string {
  const [most, least] = [classes[0], classes.at(-1)];
  if (!most || !least) return "";
  const weights = weightsAt(counts, { scheme: "effective", beta });
  const times = (weights[least.index] ?? 0) / (weights[most.index] ?? 1);
  return t`${actingRange(counts)} At ${beta}, ${shortName(least.name)} counts ${formatRatio(times)} times ${shortName(most.name)}.`;
}
