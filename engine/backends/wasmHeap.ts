/** What kernels need of the wasm backend beyond its public types: memory and results on its heap. */

import type { Worker } from "node:worker_threads";
import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { type HeapMemory, webAssembly } from "#engine/kernels/webAssembly.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";

interface HeapEntry {
  id: number;
  memoryOffset: number;
  shape: number[];
  dtype: string;
  refCount: number;
}

/** `BackendWasm` of tfjs-backend-wasm 4.22, as far as it is used here. */
export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly asm: Readonly<Record<string, unknown>>;
    /** Worker threads of the threaded build. */
    readonly PThread?: { readonly unusedWorkers: Worker[] };
    readonly tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdNextNumber: number;
  readonly dataIdMap: {
    get(dataId: object): HeapEntry;
    set(dataId: object, entry: HeapEntry): void;
    delete(dataId: object): boolean;
  };
  makeOutput(shape: readonly number[], dtype: "float32" | "int32"): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): boolean;
}

/** Byte address of a tensor's values on the heap. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** The values of a float tensor in place; a view that the next allocation may detach. */
export function floats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** A new float tensor on the heap; its values are whatever lay there. */
export function newFloats(backend: WasmBackend, shape: readonly number[]): TensorInfo {
  return backend.makeOutput([...shape], "float32");
}

export function free(backend: WasmBackend, ...tensors: readonly (TensorInfo | undefined)[]): void {
  for (const tensor of tensors) if (tensor !== undefined) backend.disposeData(tensor.dataId);
}

/**
 * Tells the backend that a tensor's values were changed in place: its matrix products keep a packed copy of their
 * second side for as long as that side's number lives.
 */
export function renew(backend: WasmBackend, { dataId, shape }: TensorInfo): void {
  const entry = backend.dataIdMap.get(dataId);
  backend.wasm.tfjs.disposeData(entry.id);
  entry.id = backend.dataIdNextNumber++;
  backend.wasm.tfjs.registerTensor(entry.id, tf.util.sizeFromShape(shape), entry.memoryOffset);
}

export interface WasmKernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: WasmBackend;
}
export type WasmKernel = (call: WasmKernelCall) => TensorInfo | TensorInfo[];

/**
 * Puts a kernel in the place of the one that the wasm backend has under this name.
 * @param make gets the kernel that was there, or undefined where there was none.
 */
export function replaceKernel(name: string, make: (original: WasmKernel | undefined) => WasmKernel): void {
  const original: KernelConfig | undefined = tf.getKernel(name, "wasm");
  if (original !== undefined) tf.unregisterKernel(name, "wasm");
  const kernelFunc = make(original?.kernelFunc as WasmKernel | undefined) as unknown as KernelFunc;
  tf.registerKernel({
    kernelName: name,
    backendName: "wasm",
    kernelFunc,
    ...(original?.setupFunc && { setupFunc: original.setupFunc }),
  });
}

/** Registers a kernel that only this backend has. */
export function addKernel(name: string, kernel: WasmKernel): void {
  tf.registerKernel({ kernelName: name, backendName: "wasm", kernelFunc: kernel as unknown as KernelFunc });
}

/** What 32-bit addresses reach. */
const mostMemory = 2 ** 32;

/**
 * Makes a heap that cannot grow say so. Its allocator wraps round at the end of memory, and the backend goes on at
 * whatever address it gets, over its own data; so a request is refused that would not fit behind all that is there.
 */
export function guardMemory({ wasm }: WasmBackend): void {
  // Its first call puts another function in its own place.
  wasm._free(wasm._malloc(16));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    if (wasm.HEAPU8.length + bytes > mostMemory) throw memoryFull(bytes);
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) throw memoryFull(bytes);
    return address;
  };
}

function memoryFull(bytes: number): EquipoiseError {
  return new EquipoiseError(
    "run/failed",
    t`Training needs more memory than the wasm backend can have: another ${Math.ceil(bytes / 2 ** 20)} MB. Lower the batch size.`,
  );
}

/** The heap where the build exports it, as the one without threads does. */
export function exportedMemory({ wasm }: WasmBackend): HeapMemory | undefined {
  return Object.values(wasm.asm).find((value): value is HeapMemory => value instanceof webAssembly.Memory);
}

/** The kernel that must be there for a remedy to be built on it. */
export function required(kernel: WasmKernel | undefined, name: string): WasmKernel {
  if (kernel === undefined) throw new Error(`expected the wasm backend to have ${name}, found none`);
  return kernel;
}
