/** What is used of Dawn's library for Node and of WebGPU, which both follow the W3C's interfaces. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { t } from "#protocol/l10n.ts";
import { libraryFile } from "./place.ts";

export interface Gpu {
  requestAdapter(options: { readonly powerPreference: "high-performance" }): Promise<Adapter | null>;
}

export interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(wish: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: Readonly<Record<string, number | undefined>>;
  }): Promise<Device>;
}

export interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: "uncapturederror", listener: (event: { readonly error: Error }) => void): void;
  destroy(): void;
}

interface Library {
  /** Constants and classes that programs find in a browser's global scope. */
  readonly globals: Readonly<Record<string, unknown>>;
  create(options: readonly string[]): Gpu;
}

/** Its entry to the GPUs; kept, as a process can load it once. */
let loaded: Gpu | undefined;

/** Loads the library of a set-up. Throws Error where it is gone, or does not load on this system. */
export function loadDawn(folder: string): Gpu {
  if (loaded) return loaded;
  const file = join(folder, libraryFile);
  if (!existsSync(file)) throw new Error(t`${file} is gone; run \`equipoise backend setup webgpu\` again`);
  let library: Library;
  try {
    library = createRequire(file)(file) as Library;
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    throw new Error(t`its library cannot be loaded (${line}); it needs glibc 2.34 or newer on Linux`, {
      cause: error,
    });
  }
  for (const [name, value] of Object.entries(library.globals))
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  loaded = library.create([]);
  return loaded;
}

/** A GPU in words: "NVIDIA H100 (nvidia hopper)". */
export function nameOf({ vendor, architecture, device, description }: Adapter["info"]): string {
  const what = description || device || "GPU";
  const kind = [vendor, architecture].filter((word) => word !== "").join(" ");
  return kind ? `${what} (${kind})` : what;
}

/** Whether a processor plays the GPU: for tests, slower than any other backend. */
export function isEmulated({ info }: Adapter): boolean {
  return (
    info.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|basic render/i.test(
      `${info.architecture} ${info.device} ${info.description}`,
    )
  );
}
