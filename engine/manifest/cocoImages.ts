/** Images of a COCO document and what their annotations say of them, in whatever order both come. */
import { reachesOut } from "./boxes.ts";
import type { CocoFacts, CocoTables } from "./cocoTables.ts";
import { Meeting } from "./met.ts";
import { NumberIndex } from "./numberIndex.ts";

// A row for each image. Before an image is declared: what its annotations reach, in pixels, where the annotation that
// reaches farthest stands, and how many there are. Then: its sides, 0 where the file does not tell them.
const left = 0;
const top = 1;
const right = 2;
const bottom = 3;
const startAt = 4;
const endAt = 5;
const annotations = 6;
const rowNumbers = 7;
const width = 0;
const height = 1;
/** Stands for the number of annotations where an image is declared. */
const isDeclared = -1;

/** Memory: about 100 bytes an image. Images are known by numbers. */
export class CocoImages {
  readonly #index = new NumberIndex();
  #rows = new Float64Array(1024 * rowNumbers);
  #declared = 0;
  readonly #repeated = new Meeting();
  readonly #emptyBoxes = new Meeting();
  readonly #boxesOutside = new Meeting();
  readonly #imagesOutside = new Meeting();

  addImage(image: number | undefined, wide: number, high: number, start: number, end: number): void {
    // Images without an id are counted, each as one of its own.
    if (image === undefined) {
      this.#declared++;
      return;
    }
    const at = this.#rowOf(image);
    const rows = this.#rows;
    if (rows[at + annotations] === isDeclared) {
      this.#repeated.note(start, end);
      return;
    }
    if (wide > 0 && high > 0 && (rows[at + annotations] ?? 0) > 0) this.#compare(at, wide, high);
    this.#declared++;
    rows[at + annotations] = isDeclared;
    rows[at + width] = wide;
    rows[at + height] = high;
  }

  /** Compares an image of known size with what its annotations reach. */
  #compare(at: number, wide: number, high: number): void {
    const [x = 0, y = 0, farX = 0, farY = 0, start = 0, end = 0] = this.#rows.subarray(at, at + rowNumbers);
    if (reachesOut(x, y, farX - x, farY - y, { width: wide, height: high }))
      this.#imagesOutside.note(start, end);
  }

  /** An annotation on an image, with left, top, width and height of its box where it has one. */
  addAnnotation(image: number, box: Float64Array | undefined, start: number, end: number): void {
    const at = this.#rowOf(image);
    const declared = this.#rows[at + annotations] === isDeclared;
    if (!declared) this.#rows[at + annotations] = (this.#rows[at + annotations] ?? 0) + 1;
    if (!box) return;
    if (!((box[2] ?? 0) > 0 && (box[3] ?? 0) > 0)) this.#emptyBoxes.note(start, end);
    else if (declared) this.#look(at, box, start, end);
    else this.#extend(at, box, start, end);
  }

  /** Whether the box lies in its image. */
  #look(at: number, box: Float64Array, start: number, end: number): void {
    const wide = this.#rows[at + width] ?? 0;
    const high = this.#rows[at + height] ?? 0;
    const [x = 0, y = 0, w = 0, h = 0] = [box[0], box[1], box[2], box[3]];
    if (wide > 0 && high > 0 && reachesOut(x, y, w, h, { width: wide, height: high }))
      this.#boxesOutside.note(start, end);
  }

  /** Notes what the boxes of an image reach that is not declared yet. */
  #extend(at: number, box: Float64Array, start: number, end: number): void {
    const rows = this.#rows;
    const x = box[0] ?? 0;
    const y = box[1] ?? 0;
    const farX = x + (box[2] ?? 0);
    const farY = y + (box[3] ?? 0);
    const nearer = x < (rows[at + left] ?? 0) || y < (rows[at + top] ?? 0);
    const farther = farX > (rows[at + right] ?? 0) || farY > (rows[at + bottom] ?? 0);
    if (!nearer && !farther && rows[at + startAt] !== 0) return;
    rows[at + left] = Math.min(rows[at + left] ?? 0, x);
    rows[at + top] = Math.min(rows[at + top] ?? 0, y);
    rows[at + right] = Math.max(rows[at + right] ?? 0, farX);
    rows[at + bottom] = Math.max(rows[at + bottom] ?? 0, farY);
    rows[at + startAt] = start;
    rows[at + endAt] = end;
  }

  /** Position in `#rows` of an image. */
  #rowOf(image: number): number {
    const at = this.#index.add(image) * rowNumbers;
    if (at + rowNumbers > this.#rows.length) {
      const larger = new Float64Array(this.#rows.length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    return at;
  }

  facts(): Omit<CocoFacts, "sameIds" | "sameBoxes" | "boxesBeyond"> {
    return {
      declared: this.#declared,
      repeatedImages: this.#repeated,
      emptyBoxes: this.#emptyBoxes,
      boxesOutside: this.#boxesOutside,
      imagesOutside: this.#imagesOutside,
    };
  }

  unknownImages(): ReturnType<CocoTables["unknownImages"]> {
    let met = 0;
    let first = -1;
    for (let position = 0; position < this.#index.size; position++) {
      const count = this.#rows[position * rowNumbers + annotations] ?? 0;
      if (count === isDeclared) continue;
      if (first < 0) first = position;
      met += count;
    }
    return first < 0 ? undefined : { annotations: met, image: this.#index.at(first) ?? 0 };
  }
}
