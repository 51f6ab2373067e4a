/** Counts of all classes, head to tail, as one area on a log axis; for more classes than a ladder has rows. */

import { formatCount, unitName } from "#engine/statistics/format.ts";
import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Room } from "../model/classes.ts";
import type { Theme } from "../theme.ts";
import { axis, countDomain, countTick, edges } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";

export interface FrequencyStripData {
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** Indices, the most frequent class first. */
  readonly order: readonly number[];
  readonly basis: Basis;
  /** Where head and middle end, and how many classes each third has. */
  readonly thirds: readonly { readonly name: string; readonly end: number; readonly classes: number }[];
  readonly room: Room;
}

/** Room for the numbers at the left and the last label at the right; maps of classes below have the same. */
export const stripLeft = 54;
export const stripRight = 20;

/** Points that a strip of some hundred pixels can show. */
const mostPoints = 1500;

function chartConfig({ counts, order, thirds, room }: FrequencyStripData, theme: Theme): Config {
  const last = Math.max(1, order.length);
  const every = Math.max(1, Math.ceil(order.length / mostPoints));
  const height = (index: number | undefined): number => Math.max(0.7, counts[index ?? 0] ?? 0);
  const points = order.flatMap((index, position) =>
    position % every === 0 ? [{ x: position, y: height(index) }] : [],
  );
  points.push({ x: last, y: height(order.at(-1)) });
  const inner = thirds.slice(0, -1).map(({ end }) => end);
  const domain = countDomain(counts[order[0] ?? 0] ?? 1, false);
  const few = domain.ticks.length > 4 ? domain.ticks.filter((_, index) => index % 2 === 0) : domain.ticks;
  return {
    type: "line",
    data: {
      datasets: [
        {
          data: points,
          borderColor: theme.bar,
          backgroundColor: theme.bar,
          fill: "start",
          borderWidth: 1,
          pointRadius: 0,
          stepped: true,
        },
      ],
    },
    options: {
      parsing: false,
      layout: { autoPadding: false, padding: { top: 3, right: stripRight, bottom: 2 } },
      scales: {
        x: withoutGrid(axis("linear", { min: 0, max: last, ticks: [0, ...inner, last] }, theme, formatCount)),
        y: {
          ...axis("logarithmic", { ...domain, min: 0.7, ticks: few }, theme, countTick),
          afterFit: (scale: { width: number }) => {
            scale.width = stripLeft;
          },
        },
      },
      plugins: {
        tooltip: { enabled: false },
        annotation: {
          annotations: { ...edges("x", inner, theme), ...thirdLabels(thirds, room, domain.max, theme) },
        },
      },
    } as Config["options"] & object,
  };
}

function withoutGrid(scale: ReturnType<typeof axis>): Readonly<Record<string, unknown>> {
  return { ...scale, grid: { display: false } };
}

function thirdLabels(
  thirds: FrequencyStripData["thirds"],
  room: Room,
  top: number,
  theme: Theme,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    thirds.map(({ name, end, classes }) => [
      name,
      {
        type: "label",
        xValue: end,
        yValue: top,
        position: { x: "end", y: "start" },
        xAdjust: -2,
        yAdjust: -3,
        content: room === "wide" ? `${name} ${formatCount(classes)}` : name,
        color: theme.foreground,
        font: { size: 11 },
      },
    ]),
  );
}

function describe({ names, counts, order, basis }: FrequencyStripData): string {
  const [first, last] = [order[0] ?? 0, order.at(-1) ?? 0];
  return t`${formatCount(order.length)} classes by ${unitName(basis)}, head to tail, log axis: from ${names[first]} with ${formatCount(counts[first] ?? 0)} to ${names[last]} with ${formatCount(counts[last] ?? 0)}.`;
}

function table({ names, counts, order, basis }: FrequencyStripData): ValueTable {
  return {
    columns: ["class", basis],
    rows: order.map((index) => [names[index] ?? "", String(counts[index] ?? 0)]),
  };
}

export const frequencyStrip: ChartKind<FrequencyStripData> = {
  name: "class-frequencies",
  title: t`Class frequencies`,
  chartConfig,
  describe,
  table,
};
