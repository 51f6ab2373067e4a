/** A chart as SVG: the same drawing into a context that writes instead of painting. */
import { Chart } from "chart.js";
import { Context } from "svgcanvas";
import type { Theme } from "../theme.ts";
import type { Config } from "./chart.ts";

/** SVG text with the editor's background below the chart; sizes are CSS pixels. */
export function chartSvg(config: Config, theme: Theme, width: number, height: number): string {
  const context = new Context(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Chart.js takes what a canvas gives it, if it is that canvas' own.
  Object.defineProperty(context, "canvas", { value: canvas });
  Object.defineProperty(canvas, "getContext", { value: () => context });
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  // Chart.js clears its canvas before it draws; the background would go with it.
  Object.defineProperty(context, "clearRect", { value: () => {} });
  const options = { ...config.options, responsive: false, animation: false as const, devicePixelRatio: 1 };
  // Lines with options by segment are drawn step by step; others as a Path2D, which only a real canvas takes.
  const datasets = config.data.datasets.map((dataset) => ({ ...dataset, segment: {} }));
  const chart = new Chart(canvas, { ...config, data: { ...config.data, datasets }, options });
  const text = context.getSerializedSvg(true);
  chart.destroy();
  return text;
}
