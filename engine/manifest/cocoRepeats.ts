/** Annotations that a COCO document has twice: by id, or with the same image, class and box. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { IdSet } from "./idSet.ts";
import type { Observation, Span } from "./manifest.ts";
import { NumberSet } from "./numberSet.ts";

/** Above this no further box is remembered, and the check says so. */
const boxLimit = 10_000_000;

/** Memory: a bit for each annotation id, and where boxes are compared 11 to 16 bytes a box. */
export class CocoRepeats {
  readonly #boxes: NumberSet | undefined;
  readonly #ids = new IdSet();
  readonly #textIds = new Set<string>();
  readonly #key = new Float64Array(6);
  readonly #words = new Int32Array(this.#key.buffer);
  #sameId = 0;
  #firstSameId: Span | undefined;
  #sameBox = 0;
  #firstSameBox: Span | undefined;
  #beyond = false;

  /** `boxes` says whether repeated boxes are looked for, which takes memory. */
  constructor(boxes: boolean) {
    this.#boxes = boxes ? new NumberSet() : undefined;
  }

  addId(id: number | string, start: number, end: number): void {
    if (typeof id === "number" ? this.#ids.add(id) : !this.#hasText(id)) return;
    this.#sameId++;
    this.#firstSameId ??= { start, end };
  }

  #hasText(id: string): boolean {
    if (this.#textIds.has(id)) return true;
    if (this.#textIds.size < 1_000_000) this.#textIds.add(id);
    return false;
  }

  /** `image` and `category` as numbers; left, top, width and height of the box. */
  addBox(image: number, category: number, box: Float64Array, start: number, end: number): void {
    if (!this.#boxes) return;
    if (this.#boxes.size >= boxLimit) {
      this.#beyond = true;
      return;
    }
    this.#key[0] = image;
    this.#key[1] = category;
    for (let side = 0; side < 4; side++) this.#key[side + 2] = box[side] ?? 0;
    if (this.#boxes.add(this.#hash())) return;
    this.#sameBox++;
    this.#firstSameBox ??= { start, end };
  }

  /** 53 bits of the key; two different ones of a million collide with a chance below 1 in 10,000. */
  #hash(): number {
    let a = 0x811c9dc5;
    let b = 0x2f0b4c47;
    for (let i = 0; i < this.#words.length; i++) {
      const word = this.#words[i] ?? 0;
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca6b);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (a >>> 16), 0x2c1b3c6d);
    b = Math.imul(b ^ (b >>> 16), 0x297a2d39);
    return (a >>> 0) * 0x200000 + ((b >>> 11) & 0x1fffff);
  }

  observations(): Observation[] {
    const found: Observation[] = [];
    if (this.#firstSameId) {
      const ids = this.#sameId === 1 ? t`1 annotation has` : t`${formatCount(this.#sameId)} annotations have`;
      found.push({
        code: "label/duplicate-id",
        severity: "warning",
        message: ({ line }) => t`${ids} an id that another one has; first at line ${fixed(line, 0)}.`,
        span: this.#firstSameId,
      });
    }
    if (this.#firstSameBox) {
      const boxes = this.#sameBox === 1 ? t`1 box is` : t`${formatCount(this.#sameBox)} boxes are`;
      found.push({
        code: "label/duplicate-box",
        severity: "warning",
        message: ({ line }) =>
          t`${boxes} there twice, with the same image and class; first at line ${fixed(line, 0)}.`,
        span: this.#firstSameBox,
      });
    }
    if (this.#beyond) {
      const message = t`Repeated boxes were not looked for beyond the first ${formatCount(boxLimit)}.`;
      found.push({ code: "label/duplicate-box", severity: "information", message });
    }
    return found;
  }
}
