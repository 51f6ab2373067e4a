/** An image of bytes and a palette, drawn over the whole chart area: one call a frame, whatever its size. */
import type { Chart, ChartType, Plugin } from "chart.js";

export interface BytesOptions {
  /** `[rows * columns]`, the bottom row first. */
  readonly codes: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  /** Red, green, blue, alpha of each code `[256 * 4]`. */
  readonly palette: Uint8ClampedArray;
  readonly frame: string;
}

declare module "chart.js" {
  interface PluginOptionsByType<TType extends ChartType> {
    bytes?: BytesOptions;
    // Keeps the type parameter of the interface that is extended here in use.
    equipoise?: TType;
  }
}

const images = new WeakMap<Chart, HTMLCanvasElement>();

export const bytes: Plugin<ChartType, BytesOptions> = {
  id: "bytes",
  // The codes change only together with an update of the chart.
  afterUpdate(chart, _, { codes, columns, rows, palette }) {
    if (!codes || columns === 0) return;
    const image = images.get(chart) ?? document.createElement("canvas");
    images.set(chart, image);
    if (image.width !== columns) image.width = columns;
    if (image.height !== rows) image.height = rows;
    const context = image.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(columns, rows);
    paint(new Uint32Array(pixels.data.buffer), codes, columns, rows, palette);
    context.putImageData(pixels, 0, 0);
  },
  beforeDatasetsDraw(chart, _, { codes, frame }) {
    const image = images.get(chart);
    if (!codes || !image) return;
    const { ctx, chartArea: area } = chart;
    ctx.save();
    ctx.drawImage(image, area.left, area.top, area.width, area.height);
    ctx.strokeStyle = frame;
    ctx.strokeRect(area.left, area.top, area.width, area.height);
    ctx.restore();
  },
};

/** Fills the pixels `[rows * columns]`, the top row first. */
export function paint(
  pixels: Uint32Array,
  codes: Uint8Array,
  columns: number,
  rows: number,
  palette: Uint8ClampedArray,
): void {
  const colours = new Uint32Array(palette.buffer, palette.byteOffset, 256);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const to = (rows - 1 - row) * columns;
    for (let column = 0; column < columns; column++) {
      pixels[to + column] = colours[codes[from + column] ?? 0] ?? 0;
    }
  }
}
