/** Sets up, or takes away, the backends that do not come with Equipoise. */
import type { BackendDescription, SetupWish } from "#protocol/backends.ts";
import { removeTensorflow, setUpAndTestTensorflow } from "./tensorflow/setup.ts";
import { removeWebgpu, setUpAndTestWebgpu } from "./webgpu/setup.ts";

/** What can be set up. */
export type SetupId = SetupWish["backend"];

/** What a user calls them. */
export const setupTitles: Readonly<Record<SetupId, string>> = { tensorflow: "TensorFlow", webgpu: "WebGPU" };

/**
 * Sets a backend up and proves it by the self-test. What does not pass is not left behind.
 * @param tell hears what is being done.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function setUpAndTest(
  wish: SetupWish,
  tell: (message: string) => void,
  signal?: AbortSignal,
): Promise<BackendDescription> {
  return wish.backend === "webgpu"
    ? setUpAndTestWebgpu(tell, wish.from, signal)
    : setUpAndTestTensorflow(wish, tell, signal);
}

/** Undoes a set-up; false where there was nothing. */
export function removeBackend(id: SetupId): boolean {
  return id === "webgpu" ? removeWebgpu() : removeTensorflow();
}
