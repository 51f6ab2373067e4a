/** Sources for tests: bytes that come in chunks of given sizes. */
import fc from "fast-check";
import type { ManifestSource } from "#engine/manifest/manifest.ts";

export interface ChunkedOptions {
  /** Sizes of the chunks, taken in turn; everything in one chunk where absent. */
  readonly sizes?: readonly number[];
  readonly neighbours?: Readonly<Record<string, string>>;
  /** Thrown after the last chunk. */
  readonly error?: Error;
}

/** A source with this content at this path. */
export function chunkedSource(
  path: string,
  content: string | Uint8Array,
  options: ChunkedOptions = {},
): ManifestSource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    path,
    size: bytes.length,
    async *bytes(signal, consumed) {
      for (const chunk of chunksOf(bytes, options.sizes)) {
        signal?.throwIfAborted();
        consumed?.(chunk.length);
        yield chunk;
        // A chunk may not be used once the next is asked for.
        chunk.fill(0x21);
      }
      if (options.error) throw options.error;
    },
    slice: (start, end) => Promise.resolve(bytes.slice(start, end)),
    head: (length) => Promise.resolve(bytes.slice(0, length)),
    neighbour: (name) => {
      const text = options.neighbours?.[name];
      return Promise.resolve(text === undefined ? undefined : new TextEncoder().encode(text));
    },
  };
}

/** The bytes cut into chunks of these sizes, again and again; each in memory of its own. */
export function chunksOf(bytes: Uint8Array, sizes: readonly number[] = []): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes.length > 0 ? Math.max(1, sizes[turn % sizes.length]!) : bytes.length;
    chunks.push(bytes.slice(start, start + size));
    start += size;
  }
  return chunks;
}

/** Chunk sizes that break anywhere, single bytes included. */
export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 8,
});
