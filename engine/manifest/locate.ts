/** Bytes to lines and columns, for the few places that are reported. */
import type { Place } from "#protocol/analysis.ts";
import { utf16Length } from "./lineIndex.ts";
import type { ManifestSource, Span } from "./manifest.ts";
import { byteOrderMark } from "./scan/text.ts";

const lineFeed = 0x0a;

interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The places of the spans, in their order, found in one more pass that ends at the last of them. Spans that the
 * content no longer has, as where it changed meanwhile, are placed at its end.
 */
export async function locate(
  source: ManifestSource,
  spans: readonly Span[],
  signal?: AbortSignal,
): Promise<readonly Place[]> {
  const offsets = Float64Array.from(
    new Set(spans.flatMap(({ start, end }) => [start, Math.max(start, end)])),
  ).sort();
  const near = await fromIndex(source, offsets, signal);
  if (near) return placesAt(spans, (offset) => near.get(offset) ?? { line: 1, column: 1 });
  const positions = new Map<number, Position>();
  const counter = new PositionCounter();
  let next = 0;
  try {
    if (offsets.length > 0) {
      for await (const chunk of source.bytes(signal)) {
        next = counter.take(chunk, offsets, next, positions);
        if (next === offsets.length) break;
      }
    }
  } catch (error) {
    // A source that fails here failed while it was read, too; what is known is placed.
    if (signal?.aborted) throw error;
  }
  const last = counter.position();
  return placesAt(spans, (offset) => positions.get(offset) ?? last);
}

function placesAt(spans: readonly Span[], at: (offset: number) => Position): Place[] {
  return spans.map(({ start, end }) => {
    const from = at(start);
    const to = at(Math.max(start, end));
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  });
}

const startOfContent = { offset: 0, line: 1, column: 1 };

/** Above this one more pass is quicker than reading near each place. */
const fewPlaces = 128;

/** The positions by the lines noted while the content was read; undefined where they do not reach all offsets. */
async function fromIndex(
  { lines, slice }: ManifestSource,
  offsets: Float64Array,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Position> | undefined> {
  const index = lines?.();
  const last = offsets[offsets.length - 1] ?? 0;
  if (!index || !slice || offsets.length > fewPlaces || last > index.end) return undefined;
  const found = new Map<number, Position>();
  try {
    for (let next = 0; next < offsets.length; ) {
      signal?.throwIfAborted();
      const mark = index.before(offsets[next] ?? 0);
      const near = offsets.subarray(next).findIndex((offset) => index.before(offset).offset !== mark.offset);
      const group = offsets.subarray(next, near < 0 ? undefined : next + near);
      const counter = new PositionCounter(mark);
      // Three bytes more, so that a byte order mark is seen as a whole.
      counter.take(await slice(mark.offset, (group.at(-1) ?? 0) + 3), group, 0, found);
      for (const offset of group) if (!found.has(offset)) found.set(offset, counter.position());
      next += group.length;
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
  return found;
}

/** Walks through the content and knows line and column, as editors count them, of the next byte. */
class PositionCounter {
  #offset: number;
  #line: number;
  #column: number;

  constructor({ offset, line, column }: Position & { readonly offset: number } = startOfContent) {
    this.#offset = offset;
    this.#line = line;
    this.#column = column;
  }

  position(): Position {
    return { line: this.#line, column: this.#column };
  }

  /** Notes the positions of the offsets from `next` on that lie in the chunk or at its end. */
  take(chunk: Uint8Array, offsets: Float64Array, next: number, found: Map<number, Position>): number {
    let n = next;
    let from = this.#offset === 0 ? byteOrderMark(chunk) : 0;
    const base = this.#offset;
    for (; n < offsets.length; n++) {
      const offset = offsets[n] ?? 0;
      if (offset - base > chunk.length) break;
      const to = Math.max(from, offset - base);
      this.#walk(chunk, from, to);
      from = to;
      found.set(offset, this.position());
    }
    this.#walk(chunk, from, chunk.length);
    this.#offset += chunk.length;
    return n;
  }

  #walk(chunk: Uint8Array, from: number, to: number): void {
    let lineStart = from;
    for (;;) {
      const end = nextLineFeed(chunk, lineStart, to);
      if (end < 0) break;
      this.#line++;
      this.#column = 1;
      lineStart = end + 1;
    }
    this.#column += utf16Length(chunk, lineStart, to);
  }
}

/** Next line feed in the range, or -1. Short lines are walked, long ones left to the native search, which takes a while to call. */
function nextLineFeed(chunk: Uint8Array, from: number, to: number): number {
  const near = Math.min(to, from + 128);
  for (let i = from; i < near; i++) if (chunk[i] === lineFeed) return i;
  if (near === to) return -1;
  return Buffer.from(chunk.buffer, chunk.byteOffset, to).indexOf(lineFeed, near);
}
