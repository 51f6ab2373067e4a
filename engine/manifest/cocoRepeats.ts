/** Annotations that a COCO document has twice: by id, or with the same image, class and box. */
import { boxLimit, type CocoFacts } from "./cocoTables.ts";
import { IdSet } from "./idSet.ts";
import { Meeting } from "./met.ts";
import { NumberSet } from "./numberSet.ts";

/** Ids of annotations, of which texts are remembered up to a million. Memory: a bit for each number. */
export class AnnotationIds {
  readonly same: Meeting = new Meeting();
  readonly #numbers = new IdSet();
  readonly #texts = new Set<string>();

  add(id: number | string, start: number, end: number): void {
    if (typeof id === "number" ? !this.#numbers.add(id) : this.#hasText(id)) this.same.note(start, end);
  }

  #hasText(id: string): boolean {
    if (this.#texts.has(id)) return true;
    if (this.#texts.size < 1_000_000) this.#texts.add(id);
    return false;
  }
}

/** Memory: that of the ids, and where boxes are compared 11 to 16 bytes a box. */
export class CocoRepeats {
  readonly ids: AnnotationIds = new AnnotationIds();
  readonly #boxes: NumberSet | undefined;
  readonly #key = new Float64Array(6);
  readonly #words = new Int32Array(this.#key.buffer);
  readonly #sameBoxes = new Meeting();
  #beyond = false;

  /** `boxes` says whether repeated boxes are looked for, which takes memory. */
  constructor(boxes: boolean) {
    this.#boxes = boxes ? new NumberSet() : undefined;
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
    if (!this.#boxes.add(this.#hash())) this.#sameBoxes.note(start, end);
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

  facts(): Pick<CocoFacts, "sameIds" | "sameBoxes" | "boxesBeyond"> {
    return { sameIds: this.ids.same, sameBoxes: this.#sameBoxes, boxesBeyond: this.#beyond };
  }
}
