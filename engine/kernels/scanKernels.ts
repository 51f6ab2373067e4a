/** SIMD kernels that scan bytes in a memory of their own. Each has a twin in plain TypeScript in `manifest/scan`. */
import { scanModule } from "./scanModule.ts";
import { type HeapMemory, moduleOf, webAssembly } from "./webAssembly.ts";

/** A byte address in the memory of the kernels. */
export type Address = number;

/** Compiled from `assembly/scan`, where each is described. */
export interface ScanKernels {
  nextLook(from: Address, to: Address): Address;
  nextTextMark(from: Address, to: Address): Address;
  hasLineOrWide(from: Address, to: Address): number;
  lineFeeds(from: Address, to: Address): number;
  utf16Units(from: Address, to: Address): number;
  records(
    from: Address,
    to: Address,
    origin: Address,
    table: Address,
    fields: number,
    rows: Address,
    limit: number,
  ): number;
  readonly stopped: { readonly value: Address };
}

let compiled: object | undefined | null;

/** The kernels on a memory; undefined where WebAssembly here has no SIMD. */
export function attachScanKernels(memory: HeapMemory): ScanKernels | undefined {
  if (compiled === undefined) {
    try {
      compiled = moduleOf(scanModule);
    } catch {
      compiled = null;
    }
  }
  if (!compiled) return undefined;
  const { exports } = new webAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as ScanKernels;
}
