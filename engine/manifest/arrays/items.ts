/** Items of equal size in bytes, wherever the chunks break. */

/** Takes the item that begins at byte `at` of the view; it is valid only meanwhile. */
export type TakeItem = (view: DataView, at: number) => void;

export class Items {
  /** Items that were taken whole. */
  count = 0;
  readonly #size: number;
  readonly #most: number;
  readonly #take: TakeItem;
  readonly #cut: Uint8Array;
  readonly #cutView: DataView;
  /** Bytes of the header that are still to come. */
  #skip: number;
  #held = 0;

  /** Passes over `skip` bytes, then takes at most `most` items of `size` bytes. */
  constructor(skip: number, size: number, most: number, take: TakeItem) {
    this.#skip = skip;
    this.#size = size;
    this.#most = most;
    this.#take = take;
    this.#cut = new Uint8Array(size);
    this.#cutView = new DataView(this.#cut.buffer);
  }

  write(chunk: Uint8Array): void {
    let from = Math.min(this.#skip, chunk.length);
    this.#skip -= from;
    if (this.#held > 0) {
      const part = chunk.subarray(from, from + this.#size - this.#held);
      this.#cut.set(part, this.#held);
      this.#held += part.length;
      from += part.length;
      if (this.#held < this.#size) return;
      this.#held = 0;
      this.#give(this.#cutView, 0);
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (; from + this.#size <= chunk.length && this.count < this.#most; from += this.#size)
      this.#give(view, from);
    if (this.count >= this.#most) return;
    this.#cut.set(chunk.subarray(from), 0);
    this.#held = chunk.length - from;
  }

  #give(view: DataView, at: number): void {
    if (this.count >= this.#most) return;
    this.count++;
    this.#take(view, at);
  }
}
