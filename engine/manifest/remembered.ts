/** What an iterator gives, taken from it when it is first wanted, for any number of passes. */
export class Remembered<T> implements Iterable<T> {
  readonly #taken: T[] = [];
  readonly #rest: Iterator<T>;

  constructor(rest: Iterator<T>) {
    this.#rest = rest;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; ; i++) {
      if (i === this.#taken.length) {
        const next = this.#rest.next();
        if (next.done) return;
        this.#taken.push(next.value);
      }
      yield this.#taken[i] as T;
    }
  }
}
