/** Rows of 0 and 1 that lie column by column, as in Fortran order, given row by row. */

/** Samples have few labels; more ones than these, 128 MB in memory, are no labels. */
const mostOnes = 1 << 24;

export class ColumnFlags {
  readonly #rows: number;
  #places = new Float64Array(1 << 10);
  #count = 0;
  #at = 0;

  constructor(rows: number) {
    this.#rows = rows;
  }

  get isTooMuch(): boolean {
    return this.#count > mostOnes;
  }

  /** Takes the next value of the columns one after the other. */
  add(isOne: boolean): void {
    if (isOne) {
      if (this.#count === this.#places.length) {
        const larger = new Float64Array(2 * this.#count);
        larger.set(this.#places);
        this.#places = larger;
      }
      this.#places[this.#count++] = this.#at;
    }
    this.#at++;
  }

  /** Returns the columns of each row's ones, ascending: of row i from `starts[i]` to `starts[i + 1]`. */
  byRow(): { readonly starts: Uint32Array; readonly columns: Uint32Array } {
    const rows = this.#rows;
    const places = this.#places.subarray(0, this.#count);
    const starts = new Uint32Array(rows + 1);
    for (const place of places) {
      const row = place % rows;
      starts[row + 1] = (starts[row + 1] ?? 0) + 1;
    }
    for (let row = 0; row < rows; row++) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
    const next = starts.slice();
    const columns = new Uint32Array(this.#count);
    for (const place of places) {
      const row = place % rows;
      const at = next[row] ?? 0;
      columns[at] = Math.floor(place / rows);
      next[row] = at + 1;
    }
    return { starts, columns };
  }
}
