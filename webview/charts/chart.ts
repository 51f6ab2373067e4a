/** What a chart is, and the thin view that owns its canvas. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartType,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";
import annotation from "chartjs-plugin-annotation";
import type { Theme } from "../theme.ts";
import { bytes } from "./bytesPlugin.ts";
import { ownPlugins } from "./plugins.ts";
import { chartSvg } from "./svg.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Config = ChartConfiguration<ChartType, (number | null | Point)[], string>;

/** The values of a chart, for those who read rather than see and for spreadsheets. */
export interface ValueTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A kind of chart: pure functions of its data. */
export interface ChartKind<D> {
  /** Also the name of exported files. */
  readonly name: string;
  readonly title: string;
  chartConfig(data: D, theme: Theme): Config;
  /** A sentence with the numbers that matter most, for screen readers. */
  describe(data: D): string;
  table(data: D): ValueTable;
}

export interface ChartView<D> {
  show(data: D, theme: Theme): void;
  /** Where a value of an axis stands, in pixels of the canvas; undefined before the first drawing. */
  pixel(axis: string, value: number): number | undefined;
  /** A data URL with the editor's background below the chart; undefined before the first drawing. */
  png(): string | undefined;
  /** The same as SVG text. */
  svg(): string | undefined;
  /** The table of what is shown. */
  table(): ValueTable | undefined;
  dispose(): void;
}

let registered = false;

function register(): void {
  if (registered) return;
  registered = true;
  Chart.register(BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement);
  Chart.register(
    LogarithmicScale,
    PointElement,
    ScatterController,
    Tooltip,
    annotation,
    ...ownPlugins,
    bytes,
  );
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.font.size = 11;
}

/** Puts a chart into a cell that has a size of its own. */
export function chartView<D>(cell: HTMLElement, kind: ChartKind<D>): ChartView<D> {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  cell.append(canvas);
  let chart: Chart<ChartType, (number | null | Point)[], string> | undefined;
  let shown: { readonly data: D; readonly theme: Theme } | undefined;

  return {
    show(data, theme) {
      // Behind a tab nothing is drawn; it is once the tab is chosen, as that shows everything again.
      if (cell.offsetParent === null) return;
      // Chart.js would hear of a new size later, and what stands beside it is placed now.
      if (chart && (cell.clientHeight !== chart.height || cell.clientWidth !== chart.width)) chart.resize();
      if (shown?.data === data && shown.theme === theme) return;
      shown = { data, theme };
      canvas.setAttribute("aria-label", kind.describe(data));
      register();
      Chart.defaults.font.family = theme.font;
      const config = kind.chartConfig(data, theme);
      if (chart) {
        chart.data = config.data;
        chart.options = config.options ?? {};
        chart.update("none");
      } else chart = new Chart(canvas, config);
    },
    pixel: (axis, value) => chart?.scales[axis]?.getPixelForValue(value),
    png: () => (shown ? onBackground(canvas, shown.theme) : undefined),
    svg: () =>
      shown && chart
        ? chartSvg(kind.chartConfig(shown.data, shown.theme), shown.theme, chart.width, chart.height)
        : undefined,
    table: () => (shown ? kind.table(shown.data) : undefined),
    dispose() {
      chart?.destroy();
      canvas.remove();
    },
  };
}

// A transparent picture would be unreadable where it is pasted.
function onBackground(canvas: HTMLCanvasElement, theme: Theme): string | undefined {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d");
  if (!context) return undefined;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy.toDataURL("image/png");
}
