/** The next byte that matters to the JSON scanner: near ones in TypeScript, far ones through the SIMD kernels. */
import { lookStop, textStop } from "./jsonBytes.ts";
import { largestPlaced, type ScanMemory } from "./scanMemory.ts";

/** Bytes that are looked at one by one before a kernel is asked. */
const near = 48;

export class ByteFinder {
  memory: ScanMemory | undefined;
  /** Whether the present chunk lies in the memory. */
  placed = false;

  /** The chunk, in pieces that lie in the memory where there is one. */
  *place(chunk: Uint8Array): Generator<Uint8Array> {
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
