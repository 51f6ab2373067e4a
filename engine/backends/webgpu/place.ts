/** Where our WebGPU set-up lies, and which files of the `webgpu` package it holds. */
import { hasDescription, readDescription, type Setup, setupFolder } from "../setupFolder.ts";

/** What `description.json` says beside the library. */
export interface WebgpuSetup extends Setup {
  /** Of the `webgpu` package. */
  readonly version: string;
  /** A key of `platforms`, as a home folder can be shared by machines. */
  readonly platform: string;
}

/** The release that is set up: Dawn for Node. Its files are believed by their hashes, wherever they come from. */
export const webgpuVersion = "0.6.2";
/** Megabytes of the package, of which this system's part is kept. */
export const packageSize = 51;

/** The library itself; what Windows needs lies beside it. */
export const libraryFile = "dawn.node";

/** SHA-256 of the files of each system, by the folder that they have in the package. */
export const platforms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "darwin-universal": {
    "dawn.node": "f5b278f3dc65276bf1f8a667f91650d32585431d5b2d148ca729f67924c574a3",
  },
  "linux-arm64": {
    "dawn.node": "474a272ac9be570b04fa3791576d32e56f574818e60190c6788a83be90233980",
  },
  "linux-x64": {
    "dawn.node": "ab18a659f8325e874ea45c80347b64336d7f748601102753d2bc669fdecfd710",
  },
  "win32-arm64": {
    "dawn.node": "d0ef6fe1551cd08fb0fee2a8281d38008434697e5d9a6f3bfdcbb9ab00755672",
    "d3dcompiler_47.dll": "3cdd009ee909bb2e5123990f7d4ea690a1e968202c3adba861eda69f5e672752",
    "dxcompiler.dll": "ed294f011f57eb8cfef061c2d91e56c1c192ca1a6ddaa315ccab7c2900029e6e",
  },
  "win32-x64": {
    "dawn.node": "75fff5db8a7541ad7a2d22c468e6f8bc3614b87c3b649c8ce712f7f5148ef338",
    "d3dcompiler_47.dll": "289767b49dc8525bce262ea06fee4ef9fced2e131a55b25654ce871c1f0498b2",
    "dxcompiler.dll": "04cf618004bf19f789f54e8931c7f7106223bccd354b093c4ff725c748512602",
  },
};

/** This system's key in `platforms`, whether it is there or not. */
export function thisPlatform(): string {
  return `${process.platform}-${process.platform === "darwin" ? "universal" : process.arch}`;
}

/** The folder of the set-up in force, EQUIPOISE_WEBGPU where that is set; it may not exist. */
export function webgpuFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return setupFolder("webgpu", "EQUIPOISE_WEBGPU", environment);
}

/** Whether somebody set it up here. */
export function hasWebgpu(): boolean {
  return hasDescription(webgpuFolder());
}

/** The set-up in a folder, or undefined where there is none; throws Error where its description is damaged. */
export function readWebgpuSetup(folder: string): WebgpuSetup | undefined {
  return readDescription<WebgpuSetup>(
    folder,
    "WebGPU",
    ({ version, platform }) => typeof version === "string" && typeof platform === "string",
  );
}
