/** Images of a COCO document and what their annotations say of them, in whatever order both come. */

import { fixed, formatAmount, formatCount } from "#engine/statistics/format.ts";
import { BoxCheck, reachesOut } from "./boxes.ts";
import type { Observation, Span } from "./manifest.ts";

type Box = readonly [number, number, number, number];

// What the annotations of an image that is not declared yet reach, in pixels, where the annotation that reaches farthest
// stands, and how many there are.
const left = 0;
const top = 1;
const right = 2;
const bottom = 3;
const startAt = 4;
const endAt = 5;
const annotations = 6;
const reachNumbers = 7;

/** Memory: about 100 bytes an image. */
export class CocoImages {
  readonly #boxes = new BoxCheck();
  /** Width and height of declared images; 0 by 0 where the file does not tell them. */
  readonly #sizes = new Map<number | string, { readonly width: number; readonly height: number }>();
  readonly #waiting = new Map<number | string, number>();
  #reach = new Float64Array(1024 * reachNumbers);
  #reaches = 0;
  #repeated = 0;
  #firstRepeated: Span | undefined;
  #outside = 0;
  #firstOutside: Span | undefined;

  /** How many images were declared. */
  get declared(): number {
    return this.#sizes.size + this.#repeated;
  }

  /** An image; sizes are 0 where unknown. */
  addImage(id: number | string | undefined, width: number, height: number, span: Span): void {
    // Images without an id are counted, each as one of its own.
    const key = id ?? `\u0000${this.#sizes.size}`;
    if (this.#sizes.has(key)) {
      this.#repeated++;
      this.#firstRepeated ??= span;
      return;
    }
    this.#sizes.set(key, { width, height });
    const reach = this.#waiting.get(key);
    if (reach === undefined) return;
    this.#waiting.delete(key);
    const of = this.#reach.subarray(reach, reach + reachNumbers);
    const [x = 0, y = 0, farX = 0, farY = 0, start = 0, end = 0] = of;
    if (width > 0 && height > 0 && reachesOut(x, y, farX - x, farY - y, { width, height })) {
      this.#outside++;
      this.#firstOutside ??= { start, end };
    }
  }

  /** An annotation on an image, with its box where it has one of four numbers. */
  addAnnotation(image: number | string, box: Box | undefined, start: number, end: number): void {
    const size = this.#sizes.get(image);
    if (size) {
      if (box) this.#boxes.add(...box, { start, end }, size.width > 0 && size.height > 0 ? size : undefined);
      return;
    }
    const at = this.#reachOf(image);
    const reach = this.#reach;
    reach[at + annotations] = (reach[at + annotations] ?? 0) + 1;
    if (!box) return;
    const [x, y, width, height] = box;
    this.#boxes.add(x, y, width, height, { start, end });
    if (!(width > 0 && height > 0)) return;
    const farther = reach[at + startAt] === 0 || this.#isFarther(at, x, y, x + width, y + height);
    if (!farther) return;
    reach[at + left] = Math.min(reach[at + left] ?? 0, x);
    reach[at + top] = Math.min(reach[at + top] ?? 0, y);
    reach[at + right] = Math.max(reach[at + right] ?? 0, x + width);
    reach[at + bottom] = Math.max(reach[at + bottom] ?? 0, y + height);
    reach[at + startAt] = start;
    reach[at + endAt] = end;
  }

  #isFarther(at: number, x: number, y: number, farX: number, farY: number): boolean {
    const reach = this.#reach;
    const nearer = x < (reach[at + left] ?? 0) || y < (reach[at + top] ?? 0);
    return nearer || farX > (reach[at + right] ?? 0) || farY > (reach[at + bottom] ?? 0);
  }

  /** Position in `#reach` of an image that is not declared yet. */
  #reachOf(image: number | string): number {
    const known = this.#waiting.get(image);
    if (known !== undefined) return known;
    const at = this.#reaches++ * reachNumbers;
    if (at + reachNumbers > this.#reach.length) {
      const larger = new Float64Array(this.#reach.length * 2);
      larger.set(this.#reach);
      this.#reach = larger;
    }
    this.#waiting.set(image, at);
    return at;
  }

  /** `complete` says whether all images were read, so that one that is missing is missing. */
  observations(complete: boolean): Observation[] {
    const found = this.#boxes.observations();
    if (this.#firstOutside) {
      const images = this.#outside === 1 ? "1 image" : formatAmount(this.#outside, "images");
      found.push({
        code: "label/outside-image",
        severity: "warning",
        message: ({ line }) => `Boxes reach out of ${images}; first at line ${fixed(line, 0)}.`,
        span: this.#firstOutside,
      });
    }
    if (this.#firstRepeated) {
      const ids = this.#repeated === 1 ? "1 image id is" : `${formatCount(this.#repeated)} image ids are`;
      found.push({
        code: "sample/duplicate-id",
        severity: "warning",
        message: `${ids} declared twice. Trainers keep one of the images only.`,
        span: this.#firstRepeated,
      });
    }
    if (complete && this.#sizes.size > 0) found.push(...this.#unknownImages());
    return found;
  }

  #unknownImages(): Observation[] {
    if (this.#waiting.size === 0) return [];
    let labels = 0;
    for (const at of this.#waiting.values()) labels += this.#reach[at + annotations] ?? 0;
    const [first] = this.#waiting.keys();
    const many = labels === 1 ? "1 annotation names" : `${formatCount(labels)} annotations name`;
    const message = `${many} images that are not in the file, such as id ${String(first).slice(0, 40)}. Their labels are counted.`;
    return [{ code: "sample/unknown-image", severity: "error", message }];
  }
}
