/** The SIMD kernels, attached to a heap. Each has a twin in plain TypeScript in this folder. */
import { heapModules } from "./heapModules.ts";
import { type HeapMemory, isShared, moduleOf, webAssembly } from "./webAssembly.ts";

/** A byte address on the heap. */
export type Address = number;

/** Changes logits in place, with one number a column and two more. */
type MoveRows = (
  logits: Address,
  perColumn: Address,
  labels: Address,
  rows: number,
  stride: number,
  firstRow: number,
  first: number,
  second: number,
) => void;

/** Compiled from `assembly/`, where each is described; sizes count numbers. */
export interface HeapKernels {
  transpose(from: Address, to: Address, rows: number, columns: number): void;
  paddedTranspose(
    from: Address,
    to: Address,
    batch: number,
    height: number,
    width: number,
    channels: number,
    gridHeight: number,
    gridWidth: number,
    top: number,
    left: number,
  ): void;
  turnedFilter(from: Address, to: Address, taps: number, channels: number, outChannels: number): void;
  spread(
    from: Address,
    to: Address,
    batch: number,
    height: number,
    width: number,
    bytes: number,
    strideY: number,
    strideX: number,
  ): void;
  gatherPatches(
    from: Address,
    to: Address,
    batch: number,
    height: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    strideY: number,
    strideX: number,
    y0: number,
    x0: number,
  ): void;
  columnSums(from: Address, to: Address, rows: number, columns: number): void;
  normalise(
    from: Address,
    scale: Address,
    shift: Address,
    to: Address,
    mean: Address,
    inverse: Address,
    rows: number,
    columns: number,
    epsilon: number,
    relu: boolean,
  ): void;
  normaliseGradient(
    from: Address,
    outer: Address,
    scale: Address,
    mean: Address,
    inverse: Address,
    inner: Address,
    scaleGradient: Address,
    shiftGradient: Address,
    rows: number,
    columns: number,
  ): void;
  nesterovUpdate(
    weight: Address,
    velocity: Address,
    gradient: Address,
    size: number,
    learningRate: number,
    momentum: number,
    weightDecay: number,
  ): void;
  product(
    a: Address,
    b: Address,
    bias: Address,
    to: Address,
    rows: number,
    inner: number,
    columns: number,
    aRow: number,
    aStep: number,
    relu: boolean,
  ): void;
  reluGradient(gradient: Address, activated: Address, to: Address, size: number): void;
  addRelu(a: Address, b: Address, to: Address, size: number): void;
  seesawRows: MoveRows;
  marginRows: MoveRows;
  thinnedRows: MoveRows;
  softmaxRows(
    logits: Address,
    shift: Address,
    labels: Address,
    weights: Address,
    gradient: Address,
    positive: Address,
    negative: Address,
    rows: number,
    stride: number,
    scale: number,
    gamma: number,
  ): number;
  softmaxBinaryRows(
    logits: Address,
    labels: Address,
    weights: Address,
    gradient: Address,
    positive: Address,
    negative: Address,
    rows: number,
    stride: number,
    scale: number,
  ): number;
  binaryRows(
    logits: Address,
    onPositives: Address,
    onNegatives: Address,
    labels: Address,
    weights: Address,
    gradient: Address,
    positive: Address,
    negative: Address,
    rows: number,
    stride: number,
    scale: number,
    gammas: Address,
    focal: boolean,
  ): number;
}

/**
 * The kernels on a heap, which they never grow and on which they allocate nothing.
 * @throws Error where WebAssembly here has no SIMD.
 */
export function attachHeapKernels(memory: HeapMemory): HeapKernels {
  const module = moduleOf(isShared(memory) ? heapModules.shared : heapModules.plain);
  const { exports } = new webAssembly.Instance(module, {
    env: { memory, exp: Math.exp, log: Math.log, log1p: Math.log1p },
  });
  return exports as unknown as HeapKernels;
}
