/** JSON Lines: one value a line, wherever the chunks break; lines may be as long as they like. */
import { type JsonProblem, JsonScanner } from "./json.ts";
import type { JsonShape } from "./jsonShape.ts";
import { byteOrderMark } from "./text.ts";

const lineFeed = 0x0a;

export interface JsonLinesOptions {
  readonly shape: JsonShape;
  /** Told where each line begins, before it is scanned. */
  begin(offset: number): void;
  /** Told of a line that is no JSON; scanning goes on with the next. */
  broken(problem: JsonProblem, offset: number): void;
}

export class JsonLines {
  /** Place of the first NaN or Infinity. */
  nonFinite: number | undefined;
  readonly #options: JsonLinesOptions;
  readonly #scanner: JsonScanner;
  #inLine = false;
  #lineStart = 0;
  #base: number;

  /** `base` is where the first chunk stands in the content. */
  constructor(options: JsonLinesOptions, base = 0) {
    this.#options = options;
    this.#scanner = new JsonScanner(options.shape);
    this.#base = base;
  }

  write(chunk: Uint8Array): void {
    let start = this.#base === 0 ? byteOrderMark(chunk) : 0;
    while (start < chunk.length) {
      const feed = chunk.indexOf(lineFeed, start);
      const end = feed < 0 ? chunk.length : feed;
      this.#part(chunk, start, end);
      if (feed < 0) break;
      this.end();
      start = feed + 1;
    }
    this.#base += chunk.length;
  }

  /** Tells that the last line ends here. */
  end(): void {
    if (!this.#inLine) return;
    const scanner = this.#scanner;
    scanner.end();
    if (scanner.problem) this.#options.broken(scanner.problem, this.#lineStart);
    if (scanner.nonFinite !== undefined) this.nonFinite ??= this.#lineStart + scanner.nonFinite;
    this.#inLine = false;
  }

  #part(chunk: Uint8Array, start: number, end: number): void {
    let from = start;
    if (!this.#inLine) {
      while (from < end && isBlank(chunk[from])) from++;
      if (from === end) return;
      this.#lineStart = this.#base + from;
      this.#options.begin(this.#lineStart);
      this.#scanner.restart();
      this.#inLine = true;
    }
    this.#scanner.write(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
