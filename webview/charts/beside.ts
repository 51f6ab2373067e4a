/** Losses of several comparisons: a row for each loss, in it a line for each comparison. */
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { type Group, groupNames } from "../choices.ts";
import { seriesKeys } from "../model/series.ts";
import type { Theme } from "../theme.ts";
import { axis, linearDomain, tooltip } from "./axes.ts";
import type { ChartKind, Config, Point, ValueTable } from "./chart.ts";

/** One loss in one comparison; shares in per cent. */
export interface BesideCell {
  /** Index of the loss and of the comparison. */
  readonly row: number;
  readonly column: number;
  /** The value that decides, and its interval where there is one. */
  readonly score: number;
  readonly interval?: { readonly low: number; readonly high: number };
  /** Mean by third of the classes; absent where none of them is tested. */
  readonly groups: Readonly<Partial<Record<Group, number>>>;
}

export interface BesideData {
  /** Losses. */
  readonly rows: readonly string[];
  /** Comparisons. */
  readonly columns: readonly string[];
  /** What decides, and how well a class is found, such as "Recall". */
  readonly metric: string;
  readonly measure: string;
  readonly cells: readonly BesideCell[];
}

/** A mark at a value, in the shape that tells what it is. */
interface Mark {
  readonly value: number;
  readonly shape: string;
  readonly name: string;
}

/** What is drawn of a cell. */
interface Drawn {
  readonly marks: readonly Mark[];
  readonly line?: { readonly low: number; readonly high: number };
}

interface Hovered {
  readonly dataset: { readonly label?: string };
  readonly parsed: { readonly x: number; readonly y: number };
}

/** Of a row's height, what its lines take. */
const spread = 0.66;

function drawnScore({ score, interval, column }: BesideCell): Drawn {
  return {
    marks: [{ value: score, shape: seriesKeys[column]?.shape ?? "circle", name: "" }],
    ...(interval ? { line: interval } : {}),
  };
}

const groupShapes = { head: "circle", middle: "rect", tail: "triangle" } as const;
const groupTitles = { head: t`head`, middle: t`middle`, tail: t`tail` } as const;

function drawnGroups({ groups }: BesideCell): Drawn {
  const marks = groupNames.flatMap((name): Mark[] => {
    const value = groups[name];
    return value === undefined ? [] : [{ value, shape: groupShapes[name], name: groupTitles[name] }];
  });
  const values = marks.map(({ value }) => value);
  return { marks, line: { low: Math.min(...values), high: Math.max(...values) } };
}

function chartConfig(data: BesideData, theme: Theme, drawn: (cell: BesideCell) => Drawn): Config {
  const { rows, columns, cells } = data;
  const all = cells.map(drawn);
  const values = all.flatMap(({ marks, line }) => [
    ...marks.map(({ value }) => value),
    ...(line ? [line.low, line.high] : []),
  ]);
  const place = ({ row, column }: BesideCell): number =>
    row + (spread * (column - (columns.length - 1) / 2)) / columns.length;
  const datasets = columns.flatMap((label, column) => {
    const own = cells.flatMap((cell, i) =>
      cell.column === column ? [[cell, all[i] as Drawn] as const] : [],
    );
    const colour = theme.series[column] ?? theme.spare;
    const lines = own.flatMap(([cell, { line }]): Point[] =>
      line
        ? [line.low, line.high, Number.NaN].map((x) => ({ x, y: Number.isNaN(x) ? Number.NaN : place(cell) }))
        : [],
    );
    const marks = own.flatMap(([cell, one]) => one.marks.map((mark) => ({ mark, at: place(cell) })));
    return [
      {
        label,
        data: marks.map(({ mark, at }) => ({ x: mark.value, y: at })),
        showLine: false,
        pointStyle: marks.map(({ mark }) => (mark.shape === "ring" ? "circle" : mark.shape)),
        pointRadius: 4.5,
        pointHoverRadius: 4.5,
        pointBackgroundColor: marks.map(({ mark }) => (mark.shape === "ring" ? theme.background : colour)),
        pointBorderColor: colour,
        pointBorderWidth: 1.5,
      },
      {
        label,
        data: lines,
        showLine: true,
        borderColor: colour,
        borderWidth: 2,
        pointRadius: 0,
        pointHitRadius: 0,
      },
    ];
  });
  const titles = (value: number): string => rows[value] ?? "";
  return {
    type: "scatter",
    data: { datasets },
    options: {
      layout: { padding: { top: 2, right: 10 } },
      scales: {
        x: axis("linear", linearDomain(Math.min(...values), Math.max(...values), 0, 100), theme),
        y: {
          ...axis("linear", { min: -0.5, max: rows.length - 0.5, ticks: [...rows.keys()] }, theme, titles),
          reverse: true,
          grid: { display: false },
        },
      },
      plugins: {
        tooltip: {
          ...tooltip(theme, String, String),
          mode: "nearest",
          intersect: true,
          callbacks: {
            title: (items: readonly Hovered[]) => titles(Math.round(items[0]?.parsed.y ?? -1)),
            label: ({ dataset, parsed }: Hovered) => `${dataset.label ?? ""}  ${fixed(parsed.x, 1)} %`,
          },
        },
      },
    } as Config["options"] & object,
  };
}

const shares = (value: number | undefined): string => (value === undefined ? "·" : fixed(value, 1));

function table({ rows, columns, metric, measure, cells }: BesideData): ValueTable {
  return {
    columns: [
      t`loss`,
      t`comparison`,
      `${metric}, %`,
      t`from`,
      t`to`,
      ...groupNames.map((name) => `${measure}, ${groupTitles[name]}, %`),
    ],
    rows: cells.map(({ row, column, score, interval, groups }) => [
      rows[row] ?? "",
      columns[column] ?? "",
      shares(score),
      shares(interval?.low),
      shares(interval?.high),
      ...groupNames.map((name) => shares(groups[name])),
    ]),
  };
}

/** "Balanced softmax: 71.8, 70.2; …", a value for each comparison. */
function byLoss({ rows, cells }: BesideData, value: (cell: BesideCell) => number | undefined): string {
  return rows
    .map((title, row) => {
      const own = cells.filter((cell) => cell.row === row).map((cell) => shares(value(cell)));
      return `${title}: ${own.join(", ")}`;
    })
    .join("; ");
}

/** What decides, with its interval. */
export const besideScores: ChartKind<BesideData> = {
  name: "side-by-side",
  title: t`What decides, side by side`,
  chartConfig: (data, theme) => chartConfig(data, theme, drawnScore),
  describe: (data) =>
    t`${data.metric} in ${data.columns.join(", ")}, per cent. ${byLoss(data, ({ score }) => score)}.`,
  table,
};

/** Head, middle and tail on one line: how far a loss treats them apart. */
export const besideGroups: ChartKind<BesideData> = {
  name: "groups-side-by-side",
  title: t`Groups of classes, side by side`,
  chartConfig: (data, theme) => chartConfig(data, theme, drawnGroups),
  describe: (data) =>
    t`${data.measure} in the tail in ${data.columns.join(", ")}, per cent. ${byLoss(data, ({ groups }) => groups.tail)}.`,
  table,
};
