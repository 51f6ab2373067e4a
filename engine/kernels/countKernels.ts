/** Kernels that count in a memory of their own, which grows. Each has a twin in plain TypeScript in `manifest`. */
import { countModule } from "./countModule.ts";
import type { Address } from "./scanKernels.ts";
import { type HeapMemory, moduleOf, webAssembly } from "./webAssembly.ts";

/** Compiled from `assembly/count`, where each is described. Flags are 0 or 1, places are bytes of the document. */
export interface CountKernels {
  openArena(from: Address): void;
  openCoco(mostBoxes: number): Address;
  instancesOf(): Address;
  imagesOf(): Address;
  bindCategory(id: number, slot: number): void;
  boundAt(): Address;
  slotCount(): number;
  addPair(image: number, slot: number): number;
  hasPair(image: number, slot: number): number;
  pairCount(): number;
  pairedImages(): number;
  addAbsent(image: number, category: number, start: number, end: number): void;
  addId(id: number, start: number, end: number): number;
  addImage(image: number, width: number, height: number, start: number, end: number): void;
  addAnnotation(
    image: number,
    hasBox: number,
    x: number,
    y: number,
    width: number,
    height: number,
    start: number,
    end: number,
  ): void;
  addBox(
    image: number,
    slot: number,
    x: number,
    y: number,
    width: number,
    height: number,
    start: number,
    end: number,
  ): void;
  countRows(rows: Address, count: number, base: number): number;
  countImages(rows: Address, count: number, base: number): number;
  lookForAbsent(): void;
  absentEnd(): number;
  absentFirsts(): Address;
  lookForUnknown(): void;
  openLines(mostSamples: number): Address;
  bindLabel(label: number, slot: number, folder: Address, length: number): void;
  finishLines(): void;
  linesAt(slot: number): number;
  foldersDiffer(slot: number): number;
  addSample(from: Address, to: Address, slot: number, start: number, end: number): void;
  countLines(from: Address, to: Address, origin: Address, base: number): Address;
}

let compiled: object | undefined | null;

/** The kernels on a memory; undefined where WebAssembly here does not run them. */
export function attachCountKernels(memory: HeapMemory): CountKernels | undefined {
  if (compiled === undefined) {
    try {
      compiled = moduleOf(countModule);
    } catch {
      compiled = null;
    }
  }
  if (!compiled) return undefined;
  const { exports } = new webAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as CountKernels;
}
