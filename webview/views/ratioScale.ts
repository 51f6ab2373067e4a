/** What the colours of a map mean: none yet, 0.03 to 1 to 4 on a log scale. */
import { t } from "#protocol/l10n.ts";
import { ratioColour } from "../charts/ratioMap.ts";
import { highest, lowest } from "../model/ratioMap.ts";
import type { Theme } from "../theme.ts";
import { el } from "./dom.ts";

export function ratioScale(): { readonly element: HTMLElement; show(theme: Theme): void } {
  const part = (width: number): HTMLCanvasElement =>
    el("canvas", { width, height: 1, "aria-hidden": "true" });
  const [below, above] = [part(110), part(44)];
  const none = [el("i", { class: "none" }), t`none yet`, el("span", { class: "gap" }, "0.03")];
  const element = el("span", { class: "scale-bar" }, ...none, below, "1", above, "4");
  let shown: Theme | undefined;
  return {
    element,
    show(theme) {
      if (shown === theme) return;
      shown = theme;
      drawScale(below, lowest, 0, theme);
      drawScale(above, 0, highest, theme);
    },
  };
}

function drawScale(canvas: HTMLCanvasElement, from: number, to: number, theme: Theme): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width } = canvas;
  const colour = ratioColour(theme);
  const image = context.createImageData(width, 1);
  for (let i = 0; i < width; i++)
    image.data.set(colour(2 ** (from + ((to - from) * i) / (width - 1))), 4 * i);
  context.putImageData(image, 0, 0);
}
