/** The next byte that matters to the JSON scanner: near ones in TypeScript, far ones through the SIMD kernels. */
import { lookStop, textStop } from "./jsonBytes.ts";
import { largestPlaced, type ScanMemory } from "./scanMemory.ts";

/** Bytes that are looked at one by one before a kernel is asked. */
const near = 48;

export class ByteFinder {
  memory: ScanMemory | undefined;
  /** Whether the present chunk lies in the memory. */
  placed = false;
  /** End of the last chunk, to be looked at again with the next one behind it. */
  #kept: Uint8Array | undefined;

  get kept(): number {
    return this.#kept?.length ?? 0;
  }

  /** Keeps what a chunk has from `from` on; false where there is no room for it in front of the next one. */
  keep(chunk: Uint8Array, from: number): boolean {
    const left = chunk.length - from;
    if (left === 0 || !this.memory?.hasFront(chunk, left)) return false;
    this.#kept = chunk.slice(from);
    return true;
  }

  /** What was kept, which no chunk is to follow. */
  takeKept(): Uint8Array | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    this.placed = false;
    return kept;
  }

  /** Whether the chunk can follow what was kept, if anything was. */
  joins(chunk: Uint8Array): boolean {
    return !this.#kept || (this.memory?.hasFront(chunk, this.#kept.length) ?? false);
  }

  /** The chunk with what was kept in front, in pieces that lie in the memory where there is one. */
  *place(chunk: Uint8Array): Generator<Uint8Array> {
    if (this.memory && this.#kept) {
      const joined = this.memory.behind(this.#kept, chunk);
      this.#kept = undefined;
      this.placed = true;
      yield joined;
      return;
    }
    this.placed = this.memory !== undefined && chunk.length >= near;
    if (!this.placed || !this.memory) yield chunk;
    else
      for (let from = 0; from < chunk.length; from += largestPlaced)
        yield this.memory.place(chunk.subarray(from, from + largestPlaced));
  }

  /** From `from` on, the next byte that is neither part of a number or word nor a separator, or the length. */
  nextLook(chunk: Uint8Array, from: number): number {
    const reach = Math.min(chunk.length, from + near);
    const i = lookStop(chunk, from, reach);
    if (i < reach || i >= chunk.length) return i;
    if (!this.placed || !this.memory) return lookStop(chunk, i, chunk.length);
    const { byteOffset, length } = chunk;
    return Math.min(length, this.memory.kernels.nextLook(byteOffset + i, byteOffset + length) - byteOffset);
  }

  /** From `from` on, the next quote or backslash, or the length. */
  nextTextMark(chunk: Uint8Array, from: number): number {
    const reach = Math.min(chunk.length, from + near);
    const i = textStop(chunk, from, reach);
    if (i < reach || i >= chunk.length) return i;
    if (!this.placed || !this.memory) return textStop(chunk, i, chunk.length);
    const { byteOffset, length } = chunk;
    return Math.min(
      length,
      this.memory.kernels.nextTextMark(byteOffset + i, byteOffset + length) - byteOffset,
    );
  }
}
