/** Lines of bytes, wherever the chunks break. */
import { joinBytes } from "./bytes.ts";
import { byteOrderMark } from "./text.ts";

/** Beyond this a line is given cut off, so that memory stays bounded. */
const lineLimit = 1 << 20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Takes `bytes[start, end)`, a line without its end; `offset` is where `bytes[0]` stands in the content. */
export type TakeLine = (bytes: Uint8Array, start: number, end: number, offset: number) => void;

/** Takes lines many at a time, which means the same. */
export interface ManyLines {
  /** A new chunk begins. */
  begin(): void;
  /**
   * Takes whole lines from `from` on, where one begins, up to one that has to be taken by itself; returns where that
   * begins. `offset` is where the chunk stands in the content.
   */
  take(chunk: Uint8Array, from: number, offset: number): number;
}

export class LineScanner {
  readonly #take: TakeLine;
  readonly #many: ManyLines | undefined;
  #base: number;
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  /** `base` is where the first chunk stands in the content. */
  constructor(take: TakeLine, many?: ManyLines, base = 0) {
    this.#take = take;
    this.#many = many;
    this.#base = base;
  }

  write(chunk: Uint8Array): void {
    let start = 0;
    this.#many?.begin();
    for (;;) {
      // The first line may begin with a byte order mark.
      if (this.#many && this.#rest.length === 0 && this.#base + start > 0)
        start = this.#many.take(chunk, start, this.#base);
      const end = indexOfByte(chunk, lineFeed, start);
      if (end < 0) break;
      if (this.#rest.length > 0) this.#finishRest(chunk, end);
      else this.#give(chunk, start, end, this.#base);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk, start);
    this.#base += chunk.length;
  }

  end(): void {
    if (this.#rest.length > 0) this.#finishRest(new Uint8Array(0), 0);
  }

  #keep(chunk: Uint8Array, start: number): void {
    const room = Math.max(0, lineLimit - this.#restBytes);
    this.#rest.push(new Uint8Array(chunk.subarray(start, start + room)));
    this.#restBytes += chunk.length - start;
  }

  #finishRest(chunk: Uint8Array, end: number): void {
    const offset = this.#base - this.#restBytes;
    const room = Math.max(0, lineLimit - this.#restBytes);
    const line = joinBytes([...this.#rest, chunk.subarray(0, Math.min(end, room))]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#give(line, 0, line.length, offset);
  }

  #give(bytes: Uint8Array, start: number, end: number, offset: number): void {
    const from = start + offset === 0 ? byteOrderMark(bytes) : start;
    this.#take(bytes, from, end > from && bytes[end - 1] === carriageReturn ? end - 1 : end, offset);
  }
}

export function endsWithLine(bytes: Uint8Array): boolean {
  return bytes[bytes.length - 1] === lineFeed;
}

/** Position of the first such byte at or after `from`, or -1. Faster than `indexOf` where lines are short. */
function indexOfByte(bytes: Uint8Array, wanted: number, from: number): number {
  const end = bytes.length;
  for (let i = from; i < end; i++) if (bytes[i] === wanted) return i;
  return -1;
}
