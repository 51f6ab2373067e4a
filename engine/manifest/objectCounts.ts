/** Objects counted by class, with the images that they are in. */
import type { CountedClass, Span } from "./manifest.ts";

interface Tally {
  instances: number;
  images: number;
  /** The image that was counted last. */
  image: number;
  first: Span | undefined;
}

/** Counts one split; images come one after the other. */
export class ObjectCounts {
  readonly #tallies = new Map<string | number, Tally>();
  #images = 0;

  get images(): number {
    return this.#images;
  }

  startImage(): void {
    this.#images++;
  }

  /** Takes images that hold nothing. */
  addEmptyImages(count: number): void {
    this.#images += count;
  }

  /** Takes an object of the image that was started last. */
  add(key: string | number, span: Span): void {
    let tally = this.#tallies.get(key);
    if (!tally) {
      tally = { instances: 0, images: 0, image: -1, first: span };
      this.#tallies.set(key, tally);
    }
    tally.instances++;
    if (tally.image === this.#images) return;
    tally.image = this.#images;
    tally.images++;
  }

  /** Keys that were met, in that order. */
  keys(): (string | number)[] {
    return [...this.#tallies.keys()];
  }

  /** The class at a training index; without a place of its declaration it stands where it is first used. */
  class(
    index: number,
    key: string | number,
    declared: { readonly name: string; readonly first?: Span | undefined } | undefined,
  ): CountedClass {
    const { instances = 0, images = 0, first } = this.#tallies.get(key) ?? {};
    const place = declared?.first ?? first;
    return {
      index,
      name: declared?.name ?? String(key),
      images,
      instances,
      ...(place ? { first: place } : {}),
      declared: declared !== undefined,
    };
  }
}
