/** The memory in which the SIMD kernels scan: room for chunks of a source and for what the kernels find. */
import { attachScanKernels, type ScanKernels } from "#engine/kernels/scanKernels.ts";
import { webAssembly } from "#engine/kernels/webAssembly.ts";

const pageBytes = 65_536;
/** Kernels look up to 64 bytes beyond a chunk. */
const margin = 4096;
const chunkBytes = 1 << 20;
/** What is left of a chunk goes in front of the next one, up to so many bytes. */
const frontBytes = 1 << 16;
const tableAt = 1024;
const rowsAt = 4096;
const rowsBytes = 252 << 10;
const chunksAt = rowsAt + rowsBytes;
const placeBytes = frontBytes + chunkBytes + margin;
const memoryPages = Math.ceil((chunksAt + 3 * placeBytes) / pageBytes);

export interface ScanMemory {
  readonly kernels: ScanKernels;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  /** Two chunks that a source may read into, by turns; then nothing needs copying. */
  readonly chunks: ChunkPair;
  /** Address of the table of wanted fields, behind which is what the kernel learns of objects; and of the rows found. */
  readonly table: number;
  readonly rows: number;
  readonly rowsBytes: number;
  /** The chunk itself where it lies here, else a copy; at most 1 MB. */
  place(chunk: Uint8Array): Uint8Array;
  /** Whether the chunk lies in one of `chunks`, where so many bytes can stand in front of it. */
  hasFront(chunk: Uint8Array, bytes: number): boolean;
  /** The chunk with these bytes in front of it. */
  behind(front: Uint8Array, chunk: Uint8Array): Uint8Array;
}

/** Room for what is read while what was read before is scanned. */
export type ChunkPair = readonly [Uint8Array, Uint8Array];

/** The most bytes that `place` takes at a time. */
export const largestPlaced: number = chunkBytes;

const opened = new WeakMap<ArrayBufferLike, ScanMemory>();

/** The memory that the bytes lie in, where it is one of these. */
export function memoryOf(bytes: Uint8Array): ScanMemory | undefined {
  return opened.get(bytes.buffer);
}

/** A fresh memory; undefined where WebAssembly here has no SIMD, and the twins in TypeScript do all. */
export function openScanMemory(): ScanMemory | undefined {
  const memory = new webAssembly.Memory({ initial: memoryPages, maximum: memoryPages });
  const kernels = attachScanKernels(memory);
  if (!kernels) return undefined;
  const { buffer } = memory;
  const chunkAt = (index: number): Uint8Array =>
    new Uint8Array(buffer, chunksAt + index * placeBytes + frontBytes, chunkBytes);
  const chunks: ChunkPair = [chunkAt(0), chunkAt(1)];
  const own = chunkAt(2);
  const everything = new Uint8Array(buffer);
  const opening: ScanMemory = {
    kernels,
    bytes: everything,
    words: new Uint32Array(buffer),
    numbers: new Float64Array(buffer),
    chunks,
    table: tableAt,
    rows: rowsAt,
    rowsBytes,
    place(chunk) {
      if (chunk.buffer === buffer) return chunk;
      own.set(chunk);
      return own.subarray(0, chunk.length);
    },
    hasFront: ({ buffer: lies, byteOffset }, bytes) =>
      bytes <= frontBytes && lies === buffer && byteOffset < own.byteOffset,
    behind(front, { byteOffset, length }) {
      const at = byteOffset - front.length;
      everything.set(front, at);
      return everything.subarray(at, byteOffset + length);
    },
  };
  opened.set(buffer, opening);
  return opening;
}
