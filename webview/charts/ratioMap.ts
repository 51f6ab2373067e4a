/** Heat map of the gradient ratio of one loss: class by log step, drawn as one image. */

import { formatCount, formatRatio } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { codeOf, highest, lowest, mapRows, type RatioMap, ratioOfCode, rowStep } from "../model/ratioMap.ts";
import { channels, type Rgba, type Theme } from "../theme.ts";
import { axis, edges, stepDomain, stepTick } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { stripLeft, stripRight } from "./frequencyStrip.ts";
import { ratioWords } from "./gradientRatio.ts";

export interface RatioMapData {
  readonly title: string;
  readonly map: RatioMap;
  readonly names: readonly string[];
  /** Indices, the most frequent class first. */
  readonly order: readonly number[];
  /** Positions in the order at which a third ends. */
  readonly edges: readonly number[];
  /** The ratio itself, which the map has on its colour scale only. */
  exact(index: number, step: number): number;
}

function chartConfig({ map, order, edges: places }: RatioMapData, theme: Theme): Config {
  const ticks = [0, ...places, order.length];
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      layout: { autoPadding: false, padding: { top: 3, right: stripRight, bottom: 2 } },
      scales: {
        x: withoutGrid(axis("linear", { min: 0, max: Math.max(1, order.length), ticks }, theme, formatCount)),
        y: {
          ...withoutGrid(axis("logarithmic", stepDomain(map.steps), theme, stepTick)),
          afterFit: (scale: { width: number }) => {
            scale.width = stripLeft;
          },
        },
      },
      plugins: {
        tooltip: { enabled: false },
        bytes: {
          codes: map.codes,
          columns: map.columns,
          rows: mapRows,
          palette: palette(theme),
          frame: theme.grid,
        },
        annotation: { annotations: edges("x", places, theme) },
      },
    } as Config["options"] & object,
  };
}

function withoutGrid(scale: ReturnType<typeof axis>): Readonly<Record<string, unknown>> {
  return { ...scale, grid: { display: false } };
}

const palettes = new WeakMap<Theme, Uint8ClampedArray>();

/** Red, green, blue, alpha of each code `[256 * 4]`. */
export function palette(theme: Theme): Uint8ClampedArray {
  const known = palettes.get(theme);
  if (known) return known;
  const colour = ratioColour(theme);
  const made = new Uint8ClampedArray(256 * 4);
  for (let code = 0; code < 256; code++) made.set(colour(ratioOfCode(code)), 4 * code);
  palettes.set(theme, made);
  return made;
}

/** Colour of a ratio: below 1, at 1 and above 1 on a log scale from 0.03 to 4; the background where there is none yet. */
export function ratioColour({ low, mid, high, background }: Theme): (ratio: number) => Rgba {
  const [below, middle, above, none] = [low, mid, high, background].map(channels) as [Rgba, Rgba, Rgba, Rgba];
  return (ratio) => {
    if (!(ratio > 0)) return [none[0], none[1], none[2], 255];
    const power = Math.max(lowest, Math.min(highest, Math.log2(ratio)));
    const [end, part] = power < 0 ? [below, power / lowest] : [above, power / highest];
    const mix = (channel: 0 | 1 | 2): number =>
      Math.round(middle[channel] + (end[channel] - middle[channel]) * part);
    return [mix(0), mix(1), mix(2), 255];
  };
}

/** "Cross-entropy, class by step, head to tail. Newest: median gradient ratio 0.42, 647 of 1,203 classes below 0.5." */
function describe({ title, map: { codes, columns }, order }: RatioMapData): string {
  const newest = codes.slice(-columns).sort();
  const first = newest.findIndex((code) => code > 0);
  if (first < 0) return t`${title}: no gradient ratio yet.`;
  const median = ratioOfCode(newest[(first + newest.length - 1) >> 1] ?? 0);
  const below = newest.filter((code) => code > 0 && code < codeOf(1, 2)).length;
  const classes = Math.round((below * order.length) / columns);
  return t`${title}, class by step, head to tail. Newest: median gradient ratio ${formatRatio(median)}, ${formatCount(classes)} of ${formatCount(order.length)} classes below 0.5.`;
}

/** At seventeen steps along the axis, so that a spreadsheet can hold it. */
function table({ map, names, order, exact }: RatioMapData): ValueTable {
  const rows = Array.from({ length: 17 }, (_, part) => ((mapRows - 1) * part) / 16);
  const steps = [...new Set(rows.map((row) => Math.round(rowStep(row, map.steps))))];
  return {
    columns: ["class", ...steps.map((step) => t`step ${formatCount(step)}`)],
    rows: order.map((index) => [
      names[index] ?? "",
      ...steps.map((step) => {
        const ratio = exact(index, step);
        return Number.isNaN(ratio) ? "" : ratioWords(ratio);
      }),
    ]),
  };
}

export const ratioMap: ChartKind<RatioMapData> = {
  name: "gradient-ratio-map",
  title: t`Gradient ratio by class and step`,
  chartConfig,
  describe,
  table,
};
