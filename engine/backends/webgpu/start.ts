/** The backend on a GPU of any maker: TensorFlow.js on WebGPU, which Dawn brings to Node. */
import * as tf from "@tensorflow/tfjs";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { createFirstStart } from "../setupFolder.ts";
import { type Adapter, type Device, isEmulated, loadDawn, nameOf } from "./dawn.ts";
import { installWebgpuKernels } from "./kernels.ts";
import { readWebgpuSetup, thisPlatform, type WebgpuSetup, webgpuFolder, webgpuVersion } from "./place.ts";

const again = t`run \`equipoise backend setup webgpu\` again`;
const firstStart = createFirstStart(t`${again}, or choose another backend`);

/** A device with what was learnt on it; it outlives a stop of the backend, as its shaders take long to compile. */
interface Opened {
  readonly adapter: Adapter;
  readonly device: Device;
  /** Compiled shaders by their key: TensorFlow.js's own cache, handed from backend to backend. */
  readonly shaders: object;
  /** Why nothing that this device gives can be believed any more. */
  problem?: EquipoiseError;
}
let opened: Opened | undefined;

/**
 * Makes `webgpu` the active backend; the self-test is the caller's.
 * @param isChosen whether it was asked for by name: a GPU that a processor plays is taken then only.
 * @throws Error where it is not set up, the runtime cannot load it, or no GPU is found.
 */
export async function startWebgpu(isChosen: boolean): Promise<{ threads: number; reason: string }> {
  const folder = webgpuFolder();
  const setup = usableSetup(folder);
  firstStart.begin(folder, setup);
  if (opened?.problem) {
    opened.device.destroy();
    opened = undefined;
  }
  opened ??= await open(await bestAdapter(folder));
  const { adapter } = opened;
  const name = nameOf(adapter.info);
  if (isEmulated(adapter) && !isChosen) throw new Error(t`the only GPU is played by a processor: ${name}`);
  const backend = await backendOn(opened);
  if (!tf.findBackendFactory("webgpu")) tf.registerBackend("webgpu", () => backend, 3);
  await tf.setBackend("webgpu");
  return { threads: 1, reason: t`WebGPU on ${name}, Dawn of webgpu ${setup.version}` };
}

/** Notes that the self-test was passed. */
export function confirmWebgpu(): void {
  firstStart.pass();
}

/** Whether the device failed, so that another start is needed. */
export function isWebgpuLost(): boolean {
  return opened?.problem !== undefined;
}

/** Frees what lies on the device. */
export function stopWebgpu(): void {
  firstStart.giveUp();
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
}

function usableSetup(folder: string): WebgpuSetup {
  // Dawn hands out memory that Electron does not take.
  if ("electron" in process.versions)
    throw new Error(
      t`the editor's own runtime cannot run it; name a Node in the setting equipoise.engine.node`,
    );
  const setup = readWebgpuSetup(folder);
  if (!setup) throw new Error(t`it is not set up; run \`equipoise backend setup webgpu\``);
  if (setup.platform !== thisPlatform())
    throw new Error(t`it was set up for ${setup.platform}, this is ${thisPlatform()}; ${again}`);
  if (setup.version !== webgpuVersion)
    throw new Error(t`webgpu ${setup.version} was set up, this Equipoise takes ${webgpuVersion}; ${again}`);
  return setup;
}

/** Limits that the kernels may need beyond those that every GPU has. */
const limits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

async function bestAdapter(folder: string): Promise<Adapter> {
  const adapter = await loadDawn(folder).requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter;
  throw new Error(
    t`no GPU was found; it needs a driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS)`,
  );
}

/** A device that keeps the first thing that goes wrong on it. */
async function open(adapter: Adapter): Promise<Opened> {
  const device = await adapter.requestDevice({
    requiredFeatures: [],
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
  const made: Opened = { adapter, device, shaders: {} };
  void device.lost.then(({ message }) => {
    made.problem ??= failed(t`The GPU was lost: ${firstLine(message)}.`);
  });
  device.addEventListener("uncapturederror", ({ error }) => {
    const isMemory = error.constructor.name === "GPUOutOfMemoryError";
    made.problem ??= isMemory
      ? failed(t`The GPU has not enough memory for this training. Lower the batch size.`)
      : failed(t`The GPU refused an operation: ${firstLine(error.message)}.`);
  });
  return made;
}

function failed(what: string): EquipoiseError {
  return new EquipoiseError(
    "backend/lost",
    t`${what} What was trained up to the last checkpoint is kept: start again to go on from there, or choose another backend.`,
  );
}

function firstLine(message: string): string {
  return (message.trim().split("\n")[0] ?? "").replace(/\.$/, "");
}

/** TensorFlow.js's backend on a device, with reads that fail where the device did. */
async function backendOn(on: Opened): Promise<tf.KernelBackend> {
  // Imported without `navigator.gpu`, so that it does not register a backend of its own.
  const { WebGPUBackend, webgpu_util } = await import("@tensorflow/tfjs-backend-webgpu");
  installWebgpuKernels(webgpu_util);
  // Small tensors would be computed in plain JavaScript, and the self-test would prove that instead.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  const { device, adapter, shaders } = on;
  const Backend = WebGPUBackend as unknown as new (device: Device, info: Adapter["info"]) => tf.KernelBackend;
  const backend = withGpuInSight(() => new Backend(device, adapter.info));
  Object.assign(backend, { pipelineCache: shaders });
  const read = backend.read.bind(backend);
  // Values of a device that failed are zeros or rubbish, and a lost one may leave a read without an answer.
  backend.read = async (dataId) => {
    const values = await Promise.race([
      read(dataId).catch((error: unknown) => {
        throw on.problem ?? error;
      }),
      device.lost.then(() => undefined),
    ]);
    if (values === undefined || on.problem) throw on.problem;
    return values;
  };
  return backend;
}

/** The backend's constructor looks for a browser's entry to the GPU. */
function withGpuInSight<T>(work: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { gpu: {} }, configurable: true });
  try {
    return work();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
