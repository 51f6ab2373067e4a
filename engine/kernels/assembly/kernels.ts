// The kernels that run on the heap of the wasm backend. Addresses are in bytes; all numbers are 32-bit floats
// unless said otherwise. Nothing here allocates: no data segment, no stack, no collector.
export { transpose, paddedTranspose, turnedFilter, spread, gatherPatches } from "./rearrange";
export { columnSums, normalise, normaliseGradient } from "./columns";
export { nesterovUpdate, reluGradient, addRelu } from "./elementwise";
export { product } from "./product";
export { marginRows, seesawRows, thinnedRows } from "./moves";
export { softmaxRows, softmaxBinaryRows, binaryRows } from "./rows";
