/** What every first chart pays for, paid while the page waits for its data. */
import type { Theme } from "../theme.ts";
import { axis } from "./axes.ts";
import { chartView } from "./chart.ts";

/** Draws a small chart where nobody sees it: the library is set up, its fonts are measured, its code is compiled. */
export function warmUp(root: HTMLElement, theme: Theme): void {
  const cell = document.createElement("div");
  cell.className = "unseen";
  cell.setAttribute("aria-hidden", "true");
  root.append(cell);
  const domain = { min: 1, max: 100, ticks: [1, 10, 100] };
  const points = [1, 10, 100].map((x) => ({ x, y: x }));
  const chart = chartView<null>(cell, {
    name: "",
    title: "",
    describe: () => "",
    table: () => ({ columns: [], rows: [] }),
    chartConfig: () => ({
      type: "line",
      data: { datasets: [{ label: "", data: points, pointRadius: 2 }] },
      options: {
        parsing: false,
        scales: { x: axis("logarithmic", domain, theme), y: axis("linear", domain, theme) },
      },
    }),
  });
  chart.show(null, theme);
  chart.dispose();
  cell.remove();
}
