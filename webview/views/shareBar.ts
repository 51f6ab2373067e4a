/** A bar in the row of a table: how much of the most something is. The number beside it says the same. */
import { svg } from "./dom.ts";

/** `share`: 0 to 1 of the width. */
export function shareBar(share: number): SVGElement {
  const width = `${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%`;
  return svg(
    "svg",
    { class: "share", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width, height: "100%" }),
  );
}
