/** Ids that are met twice: one bit an id where they lie close together. */

const pageBits = 16;
const mostPages = 2048;
const pageWords = 1 << (pageBits - 5);

/** A set of whole numbers from 0 on; at most 16 MB. */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  #last = -1;
  #page: Uint32Array = new Uint32Array(0);

  /** Whether ids were left out because they lie too far apart. */
  full = false;

  /** Adds the id; false where it was there before. */
  add(id: number): boolean {
    if (!Number.isSafeInteger(id) || id < 0) return true;
    const number = Math.floor(id / 2 ** pageBits);
    if (number !== this.#last && !this.#turnTo(number)) return true;
    const low = id % 2 ** pageBits;
    const bit = 1 << (low & 31);
    const word = this.#page[low >> 5] ?? 0;
    if ((word & bit) !== 0) return false;
    this.#page[low >> 5] = word | bit;
    return true;
  }

  #turnTo(number: number): boolean {
    let page = this.#pages.get(number);
    if (!page) {
      if (this.#pages.size >= mostPages) {
        this.full = true;
        return false;
      }
      page = new Uint32Array(pageWords);
      this.#pages.set(number, page);
    }
    this.#page = page;
    this.#last = number;
    return true;
  }
}
