/** A memory in which kernels count, and which grows with what they have to remember. */
import { attachCountKernels, type CountKernels } from "#engine/kernels/countKernels.ts";
import type { Address } from "#engine/kernels/scanKernels.ts";
import { webAssembly } from "#engine/kernels/webAssembly.ts";

const pageBytes = 65_536;
/** What the kernels tell lies below. */
const roomAt = 4096;

export interface CountMemory {
  readonly kernels: CountKernels;
  /** Address of the room that was asked for. */
  readonly room: Address;
  /** Views of the memory, to be asked for anew after each call of a kernel. */
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  readonly bytes: Uint8Array;
}

/** A fresh memory with so many bytes of room; undefined where there is none, or WebAssembly does not run the kernels. */
export function openCountMemory(room: number): CountMemory | undefined {
  const end = Math.ceil((roomAt + room) / pageBytes);
  try {
    const memory = new webAssembly.Memory({ initial: end + 1, maximum: pageBytes });
    const kernels = attachCountKernels(memory);
    if (!kernels) return undefined;
    kernels.openArena(end * pageBytes);
    let words = new Uint32Array(memory.buffer);
    let numbers = new Float64Array(memory.buffer);
    let bytes = new Uint8Array(memory.buffer);
    return {
      kernels,
      room: roomAt,
      get words() {
        if (words.buffer !== memory.buffer) words = new Uint32Array(memory.buffer);
        return words;
      },
      get numbers() {
        if (numbers.buffer !== memory.buffer) numbers = new Float64Array(memory.buffer);
        return numbers;
      },
      get bytes() {
        if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
        return bytes;
      },
    };
  } catch {
    // No address space is left for one more memory.
    return undefined;
  }
}
