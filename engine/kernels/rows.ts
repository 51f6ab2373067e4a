/**
 * Losses over blocks of rows in SIMD: value, gradient and per-class sums of its size in one pass, in 32 bits. Each is
 * the row function of the same losses in `engine/losses`, many rows at a time.
 */
import { attachHeapKernels, type HeapKernels } from "./heapKernels.ts";
import { type HeapMemory, webAssembly } from "./webAssembly.ts";

/** A block of rows with one class each, and what is written about it. */
export interface RowBlock {
  /** `[rows, columns]`. */
  readonly logits: Float32Array;
  /** `[rows]`: class, -1 for background (`binaryRows` only), -100 for a row that is left out. */
  readonly labels: Int32Array;
  /** `[rows]`, multiply loss and gradient of a row; absent: 1. */
  readonly weights?: ArrayLike<number>;
  /** Multiplies the gradient, not the sums: one over the divisor of the loss. */
  readonly scale: number;
  /** `[rows, columns]`, written: scale times weight times the gradient of a row's loss. */
  readonly gradient: Float32Array;
  /** `[columns]`, written: sums of weight times the size of the gradient where the column is the row's class. */
  readonly positive: Float64Array;
  /** `[columns]`, written: the same where it is not. */
  readonly negative: Float64Array;
}

/** Room on a heap for one shape of block. */
interface Room {
  readonly rows: number;
  readonly stride: number;
  readonly threads: number;
  readonly logits: Float32Array;
  readonly gradient: Float32Array;
  readonly labels: Int32Array;
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly third: Float32Array;
  /** `[threads, stride]`, as `negative`. */
  readonly positive: Float32Array;
  readonly negative: Float32Array;
}

/** What a loss does to the logits before the softmax, with one number a column and two more: see `assembly/moves.ts`. */
export interface Move {
  readonly kernel: "seesawRows" | "marginRows" | "thinnedRows";
  /** `[columns]`. */
  readonly perColumn: ArrayLike<number>;
  readonly numbers: readonly [number, number];
}

/** A kernel over rows that threads can share. */
export type RowKernel = "softmaxRows" | "softmaxBinaryRows" | "binaryRows" | Move["kernel"];

/** Other threads on a heap of theirs and ours; each is asked, then has to answer. */
export interface RowWorkers {
  readonly memory: HeapMemory;
  readonly count: number;
  ask(index: number, kernel: RowKernel, args: readonly number[]): void;
  /** Returns what the kernel returned. */
  answer(index: number): number;
}

interface Heap {
  readonly memory: HeapMemory;
  readonly kernels: HeapKernels;
  readonly workers?: RowWorkers;
}

let heap: Heap | undefined;

/** Takes other threads into use, or leaves them. */
export function useRowWorkers(workers: RowWorkers | undefined): void {
  heap = workers && { memory: workers.memory, kernels: attachHeapKernels(workers.memory), workers };
}

/** Below this many logits waking another thread costs more than it saves. */
const smallestShare = 65_536;

function threadsFor(rows: number, stride: number): number {
  const most = Math.floor((rows * stride) / smallestShare);
  return Math.max(1, Math.min(1 + (heap?.workers?.count ?? 0), most, rows));
}

/** Where a thread's rows begin on the heap: arguments of a kernel follow from that. */
interface Share {
  readonly firstRow: number;
  readonly rows: number;
  /** Bytes to its first row: of a matrix, of one number a row, and of its own sums. */
  readonly matrix: number;
  readonly vector: number;
  readonly sums: number;
}

/** Runs a kernel over all rows, each thread over a part of them, and returns the sum of what they return. */
function overRows(kernel: RowKernel, room: Room, argsOf: (share: Share) => number[]): number {
  const { kernels, workers } = heap as Heap;
  const { rows, stride, threads } = room;
  const share = (thread: number): Share => {
    const from = Math.floor((rows * thread) / threads);
    const to = Math.floor((rows * (thread + 1)) / threads);
    return {
      firstRow: from,
      rows: to - from,
      matrix: 4 * from * stride,
      vector: 4 * from,
      sums: 4 * thread * stride,
    };
  };
  for (let thread = 1; thread < threads; thread++) workers?.ask(thread - 1, kernel, argsOf(share(thread)));
  const run = kernels[kernel] as (...args: number[]) => number | undefined;
  let sum = run(...argsOf(share(0))) ?? 0;
  for (let thread = 1; thread < threads; thread++) sum += workers?.answer(thread - 1) ?? 0;
  return sum;
}

/** What all kernels that write gradients take, in this order: labels, weights, gradient, sums, sizes and scale. */
function writing({ scale }: RowBlock, room: Room, { rows, matrix, vector, sums }: Share): number[] {
  const { labels, weights, gradient, positive, negative, stride } = room;
  return [
    labels.byteOffset + vector,
    weights.byteOffset + vector,
    gradient.byteOffset + matrix,
    positive.byteOffset + sums,
    negative.byteOffset + sums,
    rows,
    stride,
    scale,
  ];
}

/**
 * Returns the weighted sum over rows of (1 - p)^gamma * -log p with p = softmax(logits + shift)[label].
 * @param shift `[columns]`; minus infinity leaves a column out. That of every label must be finite.
 * @param move changes the logits first; the gradient is by what it makes of them.
 */
export function softmaxRows(block: RowBlock, shift: ArrayLike<number>, gamma = 0, move?: Move): number {
  const room = enter(block, shift.length, move ? farBelow : 0);
  if (move) moveRows(move, room);
  room.first.set(shift);
  room.first.fill(Number.NEGATIVE_INFINITY, shift.length);
  const loss = overRows("softmaxRows", room, (share) => [
    room.logits.byteOffset + share.matrix,
    room.first.byteOffset,
    ...writing(block, room, share),
    gamma,
  ]);
  leave(block, room, shift.length);
  return loss;
}

/** Returns the weighted sum over rows of binary cross-entropy on p = softmax(logits), logs clamped at -100. */
export function softmaxBinaryRows(block: RowBlock): number {
  const columns = block.positive.length;
  const room = enter(block, columns, farBelow);
  const loss = overRows("softmaxBinaryRows", room, (share) => [
    room.logits.byteOffset + share.matrix,
    ...writing(block, room, share),
  ]);
  leave(block, room, columns);
  return loss;
}

/** In place, on the heap. */
function moveRows({ kernel, perColumn, numbers }: Move, room: Room): void {
  room.third.fill(0).set(perColumn);
  overRows(kernel, room, ({ firstRow, rows, matrix, vector }) => [
    room.logits.byteOffset + matrix,
    room.third.byteOffset,
    room.labels.byteOffset + vector,
    rows,
    room.stride,
    firstRow,
    ...numbers,
  ]);
}

/**
 * Returns the weighted sum over rows and columns of a (1 - p)^gamma * -log p, where p is the probability that a column
 * gives the truth and a one factor on the row's class and another on the rest, each `[columns]`. With gamma 0 that is
 * weighted binary cross-entropy. Gamma is a number, or one a column.
 */
export function binaryRows(
  block: RowBlock,
  onPositives: ArrayLike<number>,
  onNegatives: ArrayLike<number>,
  gamma: number | ArrayLike<number>,
): number {
  const columns = onNegatives.length;
  const room = enter(block, columns);
  if (typeof gamma === "number") room.third.fill(gamma);
  else room.third.fill(0).set(gamma);
  room.first.fill(0).set(onPositives);
  room.second.fill(0).set(onNegatives);
  const loss = overRows("binaryRows", room, (share) => [
    room.logits.byteOffset + share.matrix,
    room.first.byteOffset,
    room.second.byteOffset,
    ...writing(block, room, share),
    room.third.byteOffset,
    Number(gamma !== 0),
  ]);
  leave(block, room, columns);
  return loss;
}

/** Copies rows off the heap. */
function takeOff(from: Float32Array, { rows, stride }: Room, columns: number, to: Float32Array): void {
  if (stride === columns) to.set(from);
  else {
    for (let row = 0; row < rows; row++) {
      to.set(from.subarray(row * stride, row * stride + columns), row * columns);
    }
  }
}

/**
 * Copies logits onto the heap, row by row where rows are filled up there. The filling is written each time: what an
 * earlier block left there could be NaN, which even a weight of 0 does not take out of a sum.
 */
function place(logits: Float32Array, room: Room, rows: number, columns: number, filling: number): void {
  const { stride } = room;
  if (stride === columns) room.logits.set(logits);
  else {
    for (let row = 0; row < rows; row++) {
      room.logits.set(logits.subarray(row * columns, (row + 1) * columns), row * stride);
      room.logits.fill(filling, row * stride + columns, (row + 1) * stride);
    }
  }
}

/** Fills rows up where their largest is looked for; finite, as 0 times infinity would not stay out of a sum. */
const farBelow = -1e30;

/** Copies a block onto the heap, its rows filled up to a multiple of four columns. */
function enter(block: RowBlock, columns: number, filling = 0): Room {
  const rows = block.labels.length;
  const room = roomFor(rows, columns);
  place(block.logits, room, rows, columns, filling);
  room.labels.set(block.labels);
  if (block.weights) room.weights.set(block.weights);
  else room.weights.fill(1);
  room.positive.fill(0);
  room.negative.fill(0);
  return room;
}

function leave({ gradient, positive, negative }: RowBlock, room: Room, columns: number): void {
  takeOff(room.gradient, room, columns, gradient);
  sumThreads(room.positive, room, columns, positive);
  sumThreads(room.negative, room, columns, negative);
}

/** Always in the order of the threads. */
function sumThreads(from: Float32Array, { stride, threads }: Room, columns: number, to: Float64Array): void {
  to.set(from.subarray(0, columns));
  for (let thread = 1; thread < threads; thread++) {
    for (let k = 0; k < columns; k++) to[k] += from[thread * stride + k];
  }
}

/** Arrays of the wanted sizes on a heap of our own, which grows to the largest block met. */
function roomFor(rows: number, columns: number): Room {
  const stride = Math.ceil(columns / 4) * 4;
  heap ??= newHeap();
  const { memory } = heap;
  const threads = threadsFor(rows, stride);
  const needed = 4 * (2 * rows * stride + 2 * (rows + 4) + (3 + 2 * threads) * stride) + 256;
  const missing = needed - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  let address = 64;
  const place = (size: number): number => {
    const start = address;
    address += 16 * Math.ceil(size / 4);
    return start;
  };
  const floats = (size: number): Float32Array => new Float32Array(memory.buffer, place(size), size);
  return {
    rows,
    stride,
    threads,
    logits: floats(rows * stride),
    gradient: floats(rows * stride),
    labels: new Int32Array(memory.buffer, place(rows), rows),
    weights: floats(rows),
    first: floats(stride),
    second: floats(stride),
    third: floats(stride),
    positive: floats(threads * stride),
    negative: floats(threads * stride),
  };
}

function newHeap(): Heap {
  const memory = new webAssembly.Memory({ initial: 1 });
  return { memory, kernels: attachHeapKernels(memory) };
}
