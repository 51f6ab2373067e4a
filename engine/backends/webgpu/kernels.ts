/** One-pass kernels of `operations.ts` as shaders, where composed operations would be many. */
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend, WebGPUProgram } from "@tensorflow/tfjs-backend-webgpu";
import { type NesterovSettings, ownKernels } from "../operations.ts";

type Utilities = typeof import("@tensorflow/tfjs-backend-webgpu")["webgpu_util"];

/** What the backend keeps of a tensor: its buffer on the GPU, and its values where they were read or not sent yet. */
interface Entry {
  resource: object | null;
  values: object | null;
}

let installed = false;

/** Puts all kernels in place; once per process, for every start of the backend. */
export function installWebgpuKernels(utilities: Utilities): void {
  if (installed) return;
  installed = true;
  tf.registerKernel({
    kernelName: ownKernels.nesterovUpdate,
    backendName: "webgpu",
    kernelFunc: (({ inputs, attrs, backend }) => {
      const { weight, velocity, gradient } = inputs as Record<string, TensorInfo>;
      if (!weight || !velocity || !gradient) throw new Error("expected weight, velocity and gradient");
      const gpu = backend as unknown as WebGPUBackend;
      const settings = attrs as unknown as NesterovSettings;
      update(gpu, utilities, [weight, velocity, gradient], settings);
      return [];
    }) as KernelFunc,
  });
}

/** As `updateByNesterov` says. A shader cannot read what it writes, so each tensor is given a new buffer. */
function update(
  backend: WebGPUBackend,
  utilities: Utilities,
  [weight, velocity, gradient]: readonly [TensorInfo, TensorInfo, TensorInfo],
  { learningRate, momentum, weightDecay }: NesterovSettings,
): void {
  const slope = "gradient + uniforms.weightDecay * weight";
  const shader = (name: string, expression: string): WebGPUProgram =>
    elementwise(utilities, name, weight.shape, expression);
  const numbers = [learningRate, momentum, weightDecay].map((value) => ({ type: "float32", data: [value] }));
  const run = (program: WebGPUProgram, speed: TensorInfo): TensorInfo =>
    backend.runWebGPUProgram(program, [weight, speed, gradient], "float32", numbers);
  const faster = run(shader("velocity", `uniforms.momentum * velocity + ${slope}`), velocity);
  takeOver(backend, velocity, faster);
  const step = `uniforms.learningRate * (${slope} + uniforms.momentum * velocity)`;
  takeOver(backend, weight, run(shader("weight", `weight - ${step}`), velocity));
}

/** A shader that computes each number from those of weight, velocity and gradient in its place. */
function elementwise(
  { computeDispatch, flatDispatchLayout }: Utilities,
  name: string,
  shape: number[],
  expression: string,
): WebGPUProgram {
  const workgroupSize: [number, number, number] = [64, 1, 1];
  const dispatchLayout = flatDispatchLayout(shape);
  return {
    shaderKey: `equipoiseNesterov/${name}`,
    outputShape: shape,
    variableNames: ["weight", "velocity", "gradient"],
    uniforms: "learningRate : f32, momentum : f32, weightDecay : f32,",
    workgroupSize,
    dispatchLayout,
    dispatch: computeDispatch(dispatchLayout, shape, workgroupSize),
    size: true,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let weight = getWeightByOutputIndex(index);
          let velocity = getVelocityByOutputIndex(index);
          let gradient = getGradientByOutputIndex(index);
          setOutputAtIndex(index, ${expression});
        }
      }`,
  };
}

/** Gives a tensor the buffer of another one, which goes with the old buffer once the GPU has done with it. */
function takeOver(backend: WebGPUBackend, tensor: TensorInfo, from: TensorInfo): void {
  const { tensorMap } = backend as unknown as { tensorMap: { get(dataId: object): Entry } };
  const [entry, other] = [tensorMap.get(tensor.dataId), tensorMap.get(from.dataId)];
  [entry.resource, other.resource] = [other.resource, entry.resource];
  entry.values = null;
  backend.disposeData(from.dataId);
}
