/** What is open around the scanner's place: one frame a bracket. */
import type { JsonShape } from "./jsonShape.ts";

/** Deeper nesting than any dataset has; beyond it a document is taken for broken. */
export const depthLimit = 1000;
/** More fields than a shape may name. */
const allFields = -1;

export class JsonFrames {
  depth = 0;
  /** By depth from 1: 1 for an array, 0 for an object. */
  readonly #arrays = new Uint8Array(depthLimit + 1);
  readonly #shapes: (JsonShape | undefined)[] = [undefined];
  readonly #starts: number[] = [0];
  /** By depth: one bit for each field of an object that is still wanted, or the next index of an array. */
  readonly #left: number[] = [0];

  /** Notes a bracket; its shape and place are needed only where it is read. */
  push(array: boolean): void {
    this.#arrays[++this.depth] = array ? 1 : 0;
  }

  /** Whether what is open innermost is an array. */
  get inArray(): boolean {
    return this.#arrays[this.depth] === 1;
  }

  /** Makes the innermost bracket one that is read. */
  read(shape: JsonShape, start: number): void {
    const depth = this.depth;
    this.#shapes[depth] = shape;
    this.#starts[depth] = start;
    const named = shape.fields?.names.length ?? 0;
    this.#left[depth] = this.inArray ? 0 : shape.others || named > 30 ? allFields : (1 << named) - 1;
  }

  /** Makes the innermost bracket one that is passed over, `shape` only being told its end. */
  passOver(shape: JsonShape | undefined, start: number): void {
    this.#shapes[this.depth] = shape;
    this.#starts[this.depth] = start;
  }

  get shape(): JsonShape | undefined {
    return this.#shapes[this.depth];
  }

  /** Place of the innermost bracket, where it is read. */
  get start(): number {
    return this.#starts[this.depth] ?? 0;
  }

  /** Shape of the array's next item. */
  nextItem(): JsonShape | undefined {
    const index = this.#left[this.depth] ?? 0;
    this.#left[this.depth] = index + 1;
    return this.shape?.items?.(index);
  }

  /** Notes that so many items of the array were taken at once. */
  passItems(count: number): void {
    this.#left[this.depth] = (this.#left[this.depth] ?? 0) + count;
  }

  /** Shape of the object's field at this position of its table, which is wanted no longer. */
  takeField(position: number): JsonShape | undefined {
    if (this.#left[this.depth] !== allFields)
      this.#left[this.depth] = (this.#left[this.depth] ?? 0) & ~(1 << position);
    return this.shape?.fields?.shapes[position];
  }

  /** Whether every field that the object's shape wants was seen. */
  get hasAllFields(): boolean {
    return !this.inArray && this.#left[this.depth] === 0;
  }

  /** Closes the innermost bracket and tells its shape, which was told its beginning. */
  pop(end: number): void {
    this.depth--;
    this.#shapes[this.depth + 1]?.close?.(this.#starts[this.depth + 1] ?? 0, end);
  }

  /** Closes the innermost bracket, one inside what is passed over. */
  drop(): void {
    this.depth--;
  }
}
