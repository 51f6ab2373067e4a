/** Class weight against beta for the most frequent, the median and the rarest class: Cui et al. 2019. */

import { betaRange, classWeights as weightsAt } from "#engine/statistics/classWeights.ts";
import { formatBeta, formatWeight } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { shortName } from "../model/classes.ts";
import { faded, type Theme } from "../theme.ts";
import { axis, type Domain, ruler } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";

export interface NamedClass {
  readonly index: number;
  readonly name: string;
  readonly count: number;
}

export interface ClassWeightsData {
  readonly counts: readonly number[];
  /** Three of them, the most frequent first. */
  readonly named: readonly NamedClass[];
  readonly beta: number;
}

/** Notches of the beta slider in one unit of -log10(1 - beta). */
export const notchesPerUnit = 16;

/** Right end of the axis in units of -log10(1 - beta): one beyond the largest count, at least 5. */
export function betaUnits(counts: readonly number[]): number {
  let largest = 1;
  for (const count of counts) largest = Math.max(largest, count);
  return Math.min(8, Math.max(5, Math.ceil(Math.log10(largest)) + 1));
}

export const toBeta = (units: number): number => 1 - 10 ** -units;
export const toUnits = (beta: number): number => -Math.log10(1 - beta);

/** Curves of the named classes over the axis, one list of points each. */
export function weightCurves({
  counts,
  named,
}: ClassWeightsData): readonly (readonly { x: number; y: number }[])[] {
  const notches = betaUnits(counts) * notchesPerUnit;
  const curves = named.map((): { x: number; y: number }[] => []);
  for (let notch = 0; notch <= notches; notch += notches > 96 ? 2 : 1) {
    const x = notch / notchesPerUnit;
    const weights = weightsAt(counts, { scheme: "effective", beta: toBeta(x) });
    named.forEach(({ index }, position) => {
      curves[position]?.push({ x, y: weights[index] ?? Number.NaN });
    });
  }
  return curves;
}

const dashes: readonly (readonly number[])[] = [[], [5, 3], [2, 2]];
const curveCache = new WeakMap<readonly number[], ReturnType<typeof weightCurves>>();

// The slider moves only the line at beta; the curves stay.
function cachedCurves(data: ClassWeightsData): ReturnType<typeof weightCurves> {
  const known = curveCache.get(data.counts);
  if (known) return known;
  const curves = weightCurves(data);
  curveCache.set(data.counts, curves);
  return curves;
}

function chartConfig(data: ClassWeightsData, theme: Theme): Config {
  const curves = cachedCurves(data);
  const { low, high } = betaRange(data.counts);
  const units = betaUnits(data.counts);
  return {
    type: "line",
    data: {
      datasets: curves.map((points, position) => ({
        label: data.named[position]?.name ?? "",
        data: [...points],
        borderColor: theme.foreground,
        borderWidth: 1.5,
        borderDash: [...(dashes[position] ?? [])],
        pointRadius: 0,
      })),
    },
    options: {
      parsing: false,
      layout: { padding: { right: endWidth(data), top: 4 } },
      scales: {
        x: axis("linear", { min: 0, max: units, ticks: betaTicks(units) }, theme, betaTick),
        y: axis("logarithmic", weightDomain(curves), theme),
      },
      plugins: {
        tooltip: { enabled: false },
        endText: {
          values: curves.map((points) => points.at(-1)?.y ?? 1),
          texts: data.named.map(({ name }) => shortName(name)),
          colour: theme.foreground,
        },
        annotation: {
          annotations: {
            range: {
              type: "box",
              xMin: toUnits(low),
              xMax: toUnits(high),
              backgroundColor: faded(theme.foreground, theme.highContrast ? 0.2 : 0.07),
              borderWidth: 0,
              drawTime: "beforeDatasetsDraw",
            },
            one: ruler("y", 1, theme),
            at: {
              type: "line",
              scaleID: "x",
              value: Math.min(units, toUnits(data.beta)),
              borderColor: theme.focus,
              borderWidth: 2,
            },
          },
        },
      },
    } as Config["options"] & object,
  };
}

// Names stand beside the ends of their lines, outside the plot.
function endWidth({ named }: ClassWeightsData): number {
  return Math.max(56, ...named.map(({ name }) => 10 + 6.5 * shortName(name).length));
}

// Long rows of nines need the room of two.
function betaTicks(units: number): readonly number[] {
  return Array.from({ length: units }, (_, unit) => unit).filter((unit) => units <= 5 || unit % 2 === 0);
}

const betaTick = (units: number): string => (units === 0 ? "0" : `.${"9".repeat(units)}`);

function weightDomain(curves: ReturnType<typeof weightCurves>): Domain {
  let low = 0.3;
  let high = 3;
  for (const { y } of curves.flat()) {
    if (!(y > 0)) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const powers = Array.from({ length: 13 }, (_, index) => index - 7);
  const candidates = powers.flatMap((power) => [Number(`1e${power}`), Number(`3e${power}`)]);
  const min = candidates.findLast((tick) => tick <= low) ?? low;
  const max = candidates.find((tick) => tick >= high) ?? high;
  const inside = candidates.filter((tick) => tick >= min && tick <= max);
  if (inside.length <= 6) return { min, max, ticks: inside };
  const whole = powers.map((power) => Number(`1e${power}`)).filter((tick) => tick >= min && tick <= max);
  return { min, max, ticks: whole.length <= 6 ? whole : whole.filter((_, index) => index % 2 === 0) };
}

function describe({ counts, named, beta }: ClassWeightsData): string {
  const weights = weightsAt(counts, { scheme: "effective", beta });
  const list = named.map(({ index, name }) => `${name} ${formatWeight(weights[index] ?? 0)}`);
  return t`Class weight against beta, mean 1. At beta ${beta}: ${list.join(", ")}. ${actingRange(counts)}`;
}

/** Where beta acts, as a sentence. */
export function actingRange(counts: readonly number[]): string {
  const { low, high } = betaRange(counts);
  if (low === high) return t`β changes nothing here: all classes have the same count.`;
  return t`β acts between ${formatBeta(low)} and ${formatBeta(high)} here (shaded).`;
}

function table(data: ClassWeightsData): ValueTable {
  const curves = cachedCurves(data);
  const first = curves[0] ?? [];
  return {
    columns: ["beta", ...data.named.map(({ name }) => name)],
    rows: first.map(({ x }, position) => [
      String(Number(toBeta(x).toPrecision(6))),
      ...curves.map((points) => formatWeight(points[position]?.y ?? Number.NaN)),
    ]),
  };
}

export const classWeights: ChartKind<ClassWeightsData> = {
  name: "class-weights",
  title: t`Class weight against β`,
  chartConfig,
  describe,
  table,
};
