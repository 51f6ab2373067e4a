/** The part of WebAssembly that is used here; the language library of the engine has no browser types. */

export interface HeapMemory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB; arrays on the former buffer are lost. */
  grow(pages: number): number;
}

export interface HeapMemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

interface WebAssemblyApi {
  Memory: new (descriptor: HeapMemoryDescriptor) => HeapMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Pages of 64 KiB, 1 GiB: what a shared heap may grow to, which has to be said at its start. */
const sharedPages = 16_384;

/** Returns a heap that threads share. */
export function sharedMemory(): HeapMemory {
  return new webAssembly.Memory({ initial: 1, maximum: sharedPages, shared: true });
}

/** Returns a compiled module from its text in base 64; threads can be handed it. */
export function moduleOf(text: string): object {
  return new webAssembly.Module(Buffer.from(text, "base64"));
}

export const webAssembly: WebAssemblyApi = (globalThis as unknown as { WebAssembly: WebAssemblyApi })
  .WebAssembly;

/** Whether threads share a heap. */
export function isShared({ buffer }: HeapMemory): boolean {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}
