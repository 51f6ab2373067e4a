/** Boxes that cannot be right: inverted or empty, or reaching out of their image. */
import { fixed, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";
import type { Met } from "./met.ts";

/** Rounding puts edges up to half a pixel outside. */
const tolerance = 0.5;

/** Counts bad boxes in constant memory and remembers the first of each kind. */
export class BoxCheck {
  #empty = 0;
  #firstEmpty: Span | undefined;
  #outside = 0;
  #firstOutside: Span | undefined;

  /** Takes a box in pixels: left, top, width and height, and the span of its annotation. */
  add(left: number, top: number, width: number, height: number, span: Span, image?: ImageSize): void {
    if (!(width > 0 && height > 0)) this.addEmpty(span);
    else if (image && reachesOut(left, top, width, height, image)) this.addOutside(span);
  }

  /** Takes a box that is known to have no area. */
  addEmpty(span: Span): void {
    this.#empty++;
    this.#firstEmpty ??= span;
  }

  /** Takes a box that is known to reach out of its image. */
  addOutside(span: Span): void {
    this.#outside++;
    this.#firstOutside ??= span;
  }

  observations(): Observation[] {
    return boxObservations(
      { times: this.#empty, first: this.#firstEmpty },
      { times: this.#outside, first: this.#firstOutside },
    );
  }
}

/** What to say about boxes without area and about boxes that reach out of their images. */
export function boxObservations(empty: Met, outside: Met): Observation[] {
  const found: Observation[] = [];
  if (empty.first) {
    const boxes = empty.times === 1 ? t`1 box has` : t`${formatCount(empty.times)} boxes have`;
    found.push({
      code: "label/empty-box",
      severity: "warning",
      message: ({ line }) => t`${boxes} no area or a negative side; first at line ${fixed(line, 0)}.`,
      span: empty.first,
    });
  }
  if (outside.first) {
    const boxes = outside.times === 1 ? t`1 box reaches` : t`${formatCount(outside.times)} boxes reach`;
    found.push({
      code: "label/outside-image",
      severity: "warning",
      message: ({ line }) => t`${boxes} out of the image; first at line ${fixed(line, 0)}.`,
      span: outside.first,
    });
  }
  return found;
}

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Whether a box, given in pixels, lies more than rounding outside its image. */
export function reachesOut(
  left: number,
  top: number,
  width: number,
  height: number,
  image: ImageSize,
): boolean {
  return (
    left < -tolerance ||
    top < -tolerance ||
    left + width > image.width + tolerance ||
    top + height > image.height + tolerance
  );
}
