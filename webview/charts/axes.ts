/** Axes, lines and points as all charts have them. */
import { formatCount } from "#engine/statistics/format.ts";
import { type Series, seriesKeys } from "../model/series.ts";
import { faded, type Theme } from "../theme.ts";

export interface Domain {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

type AxisOptions = Readonly<Record<string, unknown>>;

/** A numeric axis with ticks at exactly these values. */
export function axis(
  type: "linear" | "logarithmic",
  domain: Domain,
  theme: Theme,
  label: (value: number) => string = String,
): AxisOptions {
  return {
    type,
    min: domain.min,
    max: domain.max,
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = domain.ticks.map((value) => ({ value }));
    },
    ticks: {
      color: theme.muted,
      padding: 5,
      maxRotation: 0,
      autoSkip: false,
      callback: (value: number | string) => label(Number(value)),
    },
  };
}

/** The axis of the class ladder. Rows of neighbouring charts line up only if no chart reserves room for half a label. */
export function classAxis(labels: readonly string[], shown: boolean, theme: Theme): AxisOptions {
  return {
    type: "category",
    labels,
    offset: true,
    border: { display: false },
    grid: { display: false },
    ticks: {
      display: shown,
      color: theme.foreground,
      font: { size: 12 },
      autoSkip: false,
      crossAlign: "far",
      padding: 8,
    },
    afterFit: (scale: { paddingTop: number; paddingBottom: number }) => {
      scale.paddingTop = 0;
      scale.paddingBottom = 0;
    },
  };
}

/** From 1 to a count, a tick at every power of ten, or at every third where there is little room. */
export function countDomain(largest: number, narrow: boolean): Domain {
  const max = Math.max(2, largest);
  const ticks: number[] = [];
  for (let value = 1; value <= max; value *= narrow ? 1000 : 10) ticks.push(value);
  return { min: 1, max, ticks: ticks.length > 6 ? ticks.filter((_, index) => index % 2 === 0) : ticks };
}

/** A tick of counts: 1k for 1000, 1M for a million, 1B for a billion. */
export function countTick(value: number): string {
  if (value >= 1e9) return `${value / 1e9}B`;
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1000 ? `${value / 1000}k` : String(value);
}

/** A domain of gradient ratios that holds the values, at least 0.1 to 4, at most 0.001 to 1,000. */
export function ratioDomain(values: Iterable<number>, tiny = false): Domain {
  let low = 0.1;
  let high = 4;
  for (const value of values) {
    if (!Number.isFinite(value) || value <= 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  low = Math.max(low, 0.001);
  high = Math.min(high, 1000);
  const min = low < 0.1 ? niceBelow(low) : 0.08;
  const max = high > 4 ? niceAbove(high) : 4.2;
  return { min, max, ticks: ratioTicks(min, max, tiny) };
}

function ratioTicks(min: number, max: number, tiny: boolean): readonly number[] {
  if (tiny)
    return [0.01, 0.1, 1, 4, 10, 100].filter(
      (tick) => tick >= min && tick <= max && (tick !== 4 || max < 10),
    );
  if (max / min < 60) return [0.1, 0.2, 0.5, 1, 2, 4];
  if (max / min < 300) return [0.05, 0.1, 0.3, 1, 3, 10].filter((tick) => tick >= min && tick <= max);
  return [0.001, 0.01, 0.1, 1, 10, 100, 1000].filter((tick) => tick >= min && tick <= max);
}

function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return ([5, 2, 1].find((digit) => digit * power <= value * (1 + 1e-9)) ?? 1) * power;
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) - 1e-9);
  return ([2, 5, 10].find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** Round numbers around the values, with at most six ticks. */
export function linearDomain(low: number, high: number, floor: number, ceiling: number): Domain {
  if (!(high >= low)) return { min: floor, max: ceiling, ticks: [floor, (floor + ceiling) / 2, ceiling] };
  const size =
    [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((step) => (high - low) / step <= 4) ?? 2000;
  const min = Math.max(floor, Math.floor(low / size) * size);
  const max = Math.min(ceiling, Math.max(min + size, Math.ceil(high / size) * size));
  const ticks: number[] = [];
  for (let value = min; value <= max + 1e-9; value += size) ticks.push(value);
  return { min, max, ticks };
}

/** Epochs from 1, with the last one and at most three between. */
export function epochDomain(epochs: number): Domain {
  const size = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => epochs / step <= 4) ?? 1000;
  const ticks = [1];
  for (let value = size; value <= epochs; value += size) if (value > 1) ticks.push(value);
  const last = ticks.at(-1) ?? 1;
  if (epochs - last > size / 2) ticks.push(epochs);
  return { min: 1, max: Math.max(2, epochs), ticks };
}

/** Steps from 1 on a log axis. */
export function stepDomain(steps: number): Domain {
  const ticks: number[] = [];
  for (let value = 1; value <= steps; value *= 10) ticks.push(value);
  return { min: 1, max: Math.max(2, steps), ticks };
}

/** A tick of steps or epochs. */
export const stepTick: (value: number) => string = formatCount;

/** Colour of a loss, paler while another one is pointed at. */
export function seriesColour({ slot, pale }: Pick<Series, "slot" | "pale">, theme: Theme): string {
  const colour = theme.series[slot] ?? theme.spare;
  return pale ? faded(colour, 0.3) : colour;
}

/** A line as its key shows it. */
export function lineStyle(series: Series, theme: Theme): Readonly<Record<string, unknown>> {
  return {
    borderColor: seriesColour(series, theme),
    borderWidth: series.leads ? 2.25 : 1.75,
    borderDash: [...(seriesKeys[series.slot]?.dash ?? [])],
    pointRadius: 0,
    pointHitRadius: 8,
  };
}

/** Points as the key of their loss shows them. */
export function pointStyle(series: Series, theme: Theme): Readonly<Record<string, unknown>> {
  const shape = seriesKeys[series.slot]?.shape ?? "circle";
  const colour = seriesColour(series, theme);
  const hollow = shape === "ring";
  return {
    pointStyle: hollow ? "circle" : shape,
    pointBackgroundColor: hollow ? theme.background : colour,
    pointBorderColor: colour,
    pointBorderWidth: hollow ? 1.5 : 0,
    pointRadius: 4,
    pointHoverRadius: 4,
  };
}

/** A reference line at a value. */
export function ruler(scaleID: string, value: number, theme: Theme): Readonly<Record<string, unknown>> {
  return { type: "line", scaleID, value, borderColor: theme.muted, borderWidth: 1 };
}

/** Lines at the ends of thirds. */
export function edges(
  scaleID: string,
  places: readonly number[],
  theme: Theme,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const line = (value: number) => ({ ...ruler(scaleID, value, theme), borderColor: theme.foreground });
  return Object.fromEntries(places.map((value, index) => [`edge${index}`, line(value)]));
}

/** A dashed line that follows the step slider. */
export function cursor(scaleID: string, value: number, theme: Theme): Readonly<Record<string, unknown>> {
  return { type: "line", scaleID, value, borderColor: theme.foreground, borderWidth: 1, borderDash: [2, 2] };
}

/** A tooltip in the editor's colours that lists every loss at the pointer. */
export function tooltip(
  theme: Theme,
  title: (x: number) => string,
  value: (y: number) => string,
): Readonly<Record<string, unknown>> {
  return {
    enabled: true,
    mode: "index",
    intersect: false,
    backgroundColor: theme.popup,
    borderColor: theme.rule,
    borderWidth: 1,
    cornerRadius: 3,
    titleColor: theme.foreground,
    bodyColor: theme.foreground,
    titleFont: { weight: "600" },
    boxPadding: 4,
    usePointStyle: true,
    reverse: true,
    filter: (item: { dataset: { label?: string } }) => item.dataset.label !== undefined,
    callbacks: {
      title: (items: readonly { parsed: { x: number } }[]) => (items[0] ? title(items[0].parsed.x) : ""),
      label: (item: { dataset: { label?: string }; parsed: { y: number } }) =>
        `${item.dataset.label ?? ""}  ${value(item.parsed.y)}`,
    },
  };
}
