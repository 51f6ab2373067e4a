/** Recall by group and balanced accuracy against tau, on the logits that finished runs left. */
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { AdjustedPoint } from "#protocol/runs.ts";
import type { Series } from "../model/series.ts";
import type { Theme } from "../theme.ts";
import { axis, cursor, linearDomain, seriesColour, tooltip } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";

export interface AdjustmentData {
  readonly series: Series;
  readonly points: readonly AdjustedPoint[];
  readonly tau: number;
}

interface Line {
  readonly name: string;
  readonly dash: readonly number[];
  readonly isMain: boolean;
  value(point: AdjustedPoint): number;
}

const group =
  (name: "head" | "middle" | "tail") =>
  ({ groups }: AdjustedPoint): number =>
    100 * (groups[name] ?? Number.NaN);

const lines: readonly Line[] = [
  { name: t`head`, dash: [], isMain: false, value: group("head") },
  { name: t`middle`, dash: [5, 3], isMain: false, value: group("middle") },
  { name: t`tail`, dash: [2, 2], isMain: false, value: group("tail") },
  { name: t`balanced`, dash: [], isMain: true, value: ({ balancedAccuracy }) => 100 * balancedAccuracy },
];

function chartConfig({ series, points, tau }: AdjustmentData, theme: Theme): Config {
  const all = lines.flatMap((line) => points.map(line.value)).filter(Number.isFinite);
  const domain = linearDomain(Math.min(...all), Math.max(...all), 0, 100);
  const last = points.at(-1);
  const shown = lines.filter((line) => last && Number.isFinite(line.value(last)));
  const end = last?.tau ?? 2;
  return {
    type: "line",
    data: {
      datasets: shown.map((line) => ({
        label: line.name,
        data: points.map((point) => ({ x: point.tau, y: line.value(point) })),
        borderColor: line.isMain ? seriesColour(series, theme) : theme.foreground,
        borderWidth: line.isMain ? 2.25 : 1.25,
        borderDash: [...line.dash],
        pointRadius: 0,
        pointHitRadius: 8,
      })),
    },
    options: {
      parsing: false,
      layout: { padding: { top: 4, right: 56 } },
      scales: {
        x: axis("linear", { min: 0, max: end, ticks: [0, end / 4, end / 2, (3 * end) / 4, end] }, theme),
        y: axis("linear", domain, theme),
      },
      plugins: {
        tooltip: tooltip(
          theme,
          (x) => `τ ${x}`,
          (y) => `${fixed(y, 1)} %`,
        ),
        endText: {
          values: shown.map((line) => (last ? line.value(last) : 0)),
          texts: shown.map(({ name }) => name),
          colour: theme.foreground,
        },
        annotation: { annotations: { at: cursor("x", tau, theme) } },
      },
    } as Config["options"] & object,
  };
}

function describe({ series: { title }, points, tau }: AdjustmentData): string {
  const [first] = points;
  const at = points.find((point) => point.tau === tau);
  if (!first || !at) return t`${title}, adjusted after training: nothing is known yet.`;
  const parts = lines
    .map((line) => [line, line.value(first), line.value(at)] as const)
    .filter(([, from]) => Number.isFinite(from))
    .map(([{ name }, from, to]) => t`${name} ${fixed(from, 1)} to ${fixed(to, 1)} %`);
  return t`${title}, adjusted after training, from τ 0 to ${tau}: ${parts.join("; ")}.`;
}

function table({ points }: AdjustmentData): ValueTable {
  return {
    columns: ["τ", ...lines.map(({ name }) => `${name}, %`), t`accuracy, %`, t`calibration error, %`],
    rows: points.map((point) => [
      String(point.tau),
      ...lines.map((line) => fixed(line.value(point), 2)),
      fixed(100 * point.accuracy, 2),
      fixed(100 * point.calibrationError, 2),
    ]),
  };
}

export const adjustment: ChartKind<AdjustmentData> = {
  name: "logit-adjustment",
  title: t`Logit adjustment after training`,
  chartConfig,
  describe,
  table,
};
