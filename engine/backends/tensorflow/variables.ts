/**
 * Weights as TensorFlow's own variables, so that its optimiser operations change them where they lie. Their values stay
 * tensors of TensorFlow.js: a read of a variable is a view that costs no copy.
 */

import type * as tf from "@tensorflow/tfjs";
import type { TensorInfo } from "@tensorflow/tfjs";
import type { NesterovSettings } from "../operations.ts";
import type { NodeBackend, TFEOpAttr } from "./node.ts";

/** What tfjs-node keeps of a tensor: `id` is the handle of its values, `values` what is not handed over yet. */
interface Entry {
  id: number;
  values: tf.backend_util.BackendValues | null;
  readonly shape: number[];
  readonly dtype: number;
}

interface TensorMap {
  get(dataId: object): Entry;
  has(dataId: object): boolean;
}

/** Handles of the variables by the data that they hold. */
const variables = new WeakMap<object, number>();
/** Handles of scalars by their value; a training has a few learning rates in each epoch. */
const scalars = new Map<number, number>();
const mostScalars = 64;
let made = 0;

/** What is changed here of the backend: its ways to a tensor's values. */
interface Ways {
  disposeData(dataId: object, force?: boolean): boolean;
  getInputTensorIds(tensors: readonly (TensorInfo | object)[]): number[];
  readSync(dataId: object): tf.backend_util.BackendValues;
}

/** Makes a tensor's variable go when the tensor goes, and its values come when they are asked for. */
export function followTensors(backend: NodeBackend): void {
  const ways = backend as unknown as Ways;
  const [dispose, inputs, readSync] = [
    ways.disposeData.bind(backend),
    ways.getInputTensorIds.bind(backend),
    ways.readSync.bind(backend),
  ];
  ways.getInputTensorIds = (tensors) => {
    for (const tensor of tensors) if ("dataId" in tensor) refresh(backend, tensor.dataId);
    return inputs(tensors);
  };
  ways.readSync = (dataId) => {
    refresh(backend, dataId);
    return readSync(dataId);
  };
  ways.disposeData = (dataId, force) => {
    const isGone = dispose(dataId, force);
    const variable = isGone ? variables.get(dataId) : undefined;
    if (variable !== undefined) {
      variables.delete(dataId);
      const ignore = { name: "ignore_lookup_error", type: backend.binding.TF_ATTR_BOOL, value: true };
      backend.binding.executeOp("DestroyResourceOp", [ignore], [variable], 0);
      backend.binding.deleteTensor(variable);
    }
    return isGone;
  };
}

/** The handle of a tensor whose values are in its variable alone. */
const notRead = -1;

/** Makes a tensor a view of what its variable holds, where it is none. */
function refresh(backend: NodeBackend, dataId: object): void {
  const variable = variables.get(dataId);
  if (variable === undefined) return;
  const entry = mapOf(backend).get(dataId);
  if (entry.id !== notRead) return;
  const [view] = backend.binding.executeOp("ReadVariableOp", [dtype(backend)], [variable], 1);
  if (!view) throw new Error("expected a value of ReadVariableOp, got none");
  entry.id = view.id;
}

/** One step of SGD with Nesterov momentum in place, as `updateByNesterov` says. */
export function updateInPlace(
  backend: NodeBackend,
  [weight, velocity, gradient]: readonly [TensorInfo, TensorInfo, TensorInfo],
  { learningRate, momentum, weightDecay }: NesterovSettings,
): void {
  const { binding } = backend;
  const [weightVariable, velocityVariable] = [variableOf(backend, weight), variableOf(backend, velocity)];
  const slope = decayed(backend, weight, gradient, weightDecay);
  // A view that is still held would make the update copy. The next one is made when somebody asks for it, which for the
  // velocity is at the next checkpoint.
  for (const entry of [entryOf(backend, weight), entryOf(backend, velocity)]) {
    if (entry.id !== notRead) binding.deleteTensor(entry.id);
    entry.id = notRead;
  }
  binding.executeOp(
    "ResourceApplyMomentum",
    [floatType(backend), flag(backend, "use_nesterov", true), flag(backend, "use_locking", false)],
    [weightVariable, velocityVariable, scalar(backend, learningRate), slope.id, scalar(backend, momentum)],
    0,
  );
  if (slope.isOurs) binding.deleteTensor(slope.id);
}

/** gradient + weightDecay * weight. */
function decayed(
  backend: NodeBackend,
  weight: TensorInfo,
  gradient: TensorInfo,
  weightDecay: number,
): { id: number; isOurs: boolean } {
  const { binding } = backend;
  const slope = handle(backend, gradient);
  if (weightDecay === 0) return { id: slope, isOurs: false };
  const one = (name: string, inputs: number[]): number => {
    const [output] = binding.executeOp(name, [floatType(backend)], inputs, 1);
    if (!output) throw new Error(`expected an output of ${name}, got none`);
    return output.id;
  };
  const pull = one("Mul", [handle(backend, weight), scalar(backend, weightDecay)]);
  const sum = one("AddV2", [slope, pull]);
  binding.deleteTensor(pull);
  return { id: sum, isOurs: true };
}

/** The variable of a tensor, made with its values where it has none yet. */
function variableOf(backend: NodeBackend, tensor: TensorInfo): number {
  const known = variables.get(tensor.dataId);
  if (known !== undefined) return known;
  const { binding } = backend;
  const attrs: TFEOpAttr[] = [
    dtype(backend),
    { name: "shape", type: binding.TF_ATTR_SHAPE, value: [...tensor.shape] },
    // Variables of one name are one variable.
    { name: "shared_name", type: binding.TF_ATTR_STRING, value: `equipoise${++made}` },
  ];
  const [variable] = binding.executeOp("VarHandleOp", attrs, [], 1);
  if (!variable) throw new Error("expected a handle of VarHandleOp, got none");
  // The values may lie in memory of JavaScript, which an update in place must not change.
  const [copy] = binding.executeOp("DeepCopy", [floatType(backend)], [handle(backend, tensor)], 1);
  if (!copy) throw new Error("expected an output of DeepCopy, got none");
  binding.executeOp("AssignVariableOp", [dtype(backend)], [variable.id, copy.id], 0);
  binding.deleteTensor(copy.id);
  variables.set(tensor.dataId, variable.id);
  return variable.id;
}

function handle(backend: NodeBackend, tensor: TensorInfo): number {
  refresh(backend, tensor.dataId);
  const entry = entryOf(backend, tensor);
  if (entry.values !== null) {
    entry.id = backend.binding.createTensor(entry.shape, entry.dtype, entry.values);
    entry.values = null;
  }
  return entry.id;
}

function scalar({ binding }: NodeBackend, value: number): number {
  const known = scalars.get(value);
  if (known !== undefined) return known;
  if (scalars.size >= mostScalars) {
    for (const id of scalars.values()) binding.deleteTensor(id);
    scalars.clear();
  }
  const id = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(value));
  scalars.set(value, id);
  return id;
}

function entryOf(backend: NodeBackend, { dataId }: TensorInfo): Entry {
  return mapOf(backend).get(dataId);
}

function mapOf(backend: NodeBackend): TensorMap {
  return (backend as unknown as { tensorMap: TensorMap }).tensorMap;
}

function dtype({ binding }: NodeBackend): TFEOpAttr {
  return { name: "dtype", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function floatType({ binding }: NodeBackend): TFEOpAttr {
  return { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function flag({ binding }: NodeBackend, name: string, value: boolean): TFEOpAttr {
  return { name, type: binding.TF_ATTR_BOOL, value };
}
