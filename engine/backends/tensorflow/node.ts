/** The backend class and kernels of tfjs-node, without its entry, which looks for a binding in its own folder. */
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js";
import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";

export type { TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
export type NodeBackend = NodeJSKernelBackend;

/** Makes the backend on a binding, after registering the kernels of tfjs-node. */
export async function makeNodeBackend(binding: TFJSBinding): Promise<tf.KernelBackend & NodeBackend> {
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
  // tfjs-node 4.22 calls it; Node 23 took it away.
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  await import("@tensorflow/tfjs-node/dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = await import("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js");
  // Its constructor, written for ES5, cannot call the class that the bundles hold: its four fields are set here.
  const backend = Object.create(NodeJSKernelBackend.prototype) as tf.KernelBackend & NodeBackend;
  const isUsingGpuDevice = binding.isUsingGpuDevice();
  const tensorMap = new tf.DataStorage(backend, tf.engine());
  return Object.assign(backend, { binding, isGPUPackage: false, isUsingGpuDevice, tensorMap });
}
