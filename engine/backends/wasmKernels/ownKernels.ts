/** The one-pass kernels of `operations.ts` on the wasm backend. */
import type { TensorInfo } from "@tensorflow/tfjs";
import {
  addRelu,
  columnSums,
  nesterovUpdate,
  normalise,
  normaliseGradient,
  reluGradient,
} from "../heapPrimitives.ts";
import { type NesterovSettings, ownKernels } from "../operations.ts";
import { addKernel, newFloats, renew } from "../wasmHeap.ts";

type Inputs<Names extends string> = Readonly<Record<Names, TensorInfo>>;

export function registerOwnKernels(): void {
  addKernel(ownKernels.nesterovUpdate, ({ inputs, attrs, backend }) => {
    const { weight, velocity, gradient } = inputs as Inputs<"weight" | "velocity" | "gradient">;
    nesterovUpdate(backend, [weight, velocity, gradient], attrs as unknown as NesterovSettings);
    renew(backend, weight);
    return [];
  });

  addKernel(ownKernels.normalise, ({ inputs, attrs, backend }) => {
    const { x, scale, shift } = inputs as Inputs<"x" | "scale" | "shift">;
    const [output, mean, inverse] = [x, scale, scale].map(({ shape }) => newFloats(backend, shape));
    const made = { output, mean, inverse } as Inputs<"output" | "mean" | "inverse">;
    normalise(backend, x, scale, shift, made, attrs["epsilon"] as number, attrs["relu"] as boolean);
    return [made.output, made.mean, made.inverse];
  });

  addKernel(ownKernels.normaliseGradient, ({ inputs, backend }) => {
    const {
      x,
      outer,
      scale,
      saved0: mean,
      saved1: inverse,
    } = inputs as Inputs<"x" | "outer" | "scale" | "saved0" | "saved1">;
    const gradients = {
      input: newFloats(backend, x.shape),
      scale: newFloats(backend, scale.shape),
      shift: newFloats(backend, scale.shape),
    };
    normaliseGradient(backend, x, outer, { scale, mean, inverse }, gradients);
    return [gradients.input, gradients.scale, gradients.shift];
  });

  addKernel(ownKernels.reluGradient, ({ inputs, backend }) => {
    const { gradient, activated } = inputs as Inputs<"gradient" | "activated">;
    const result = newFloats(backend, gradient.shape);
    reluGradient(backend, gradient, activated, result);
    return result;
  });

  addKernel(ownKernels.addRelu, ({ inputs, backend }) => {
    const { a, b } = inputs as Inputs<"a" | "b">;
    const result = newFloats(backend, a.shape);
    addRelu(backend, a, b, result);
    return result;
  });

  addKernel(ownKernels.columnSums, ({ inputs, backend }) => {
    const { x } = inputs as Inputs<"x">;
    const result = newFloats(backend, x.shape.slice(1));
    columnSums(backend, x, result);
    return result;
  });
}
