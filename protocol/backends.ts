/** What can train: the backends, how each was found, and what is asked to set one up. */

/** What can train, best first. */
export const backendIds = ["tensorflow", "webgpu", "wasm", "cpu"] as const;
export type BackendId = (typeof backendIds)[number];

export type SetupWish =
  | {
      readonly backend: "tensorflow";
      /** An interpreter, an environment or the package's folder; absent: what the usual places have. */
      readonly python?: string | undefined;
      /** Let pip install TensorFlow for Equipoise alone instead. */
      readonly isPrivate?: boolean | undefined;
      /** Download the TensorFlow of @tensorflow/tfjs-node instead, without a Python. */
      readonly official?: "cpu" | "gpu" | undefined;
      /** The archive of that download on disk. */
      readonly from?: string | undefined;
      /** Compile the binding, even where Equipoise has one. */
      readonly mustCompile?: boolean | undefined;
    }
  | {
      readonly backend: "webgpu";
      /** An archive or a folder of the package `webgpu`; absent: npm's registry. */
      readonly from?: string | undefined;
    };

export interface BackendRequests {
  /** Makes a backend train that does not come with Equipoise. Answers when its self-test is passed. */
  readonly "backend/setUp": {
    readonly params: SetupWish;
    readonly result: BackendDescription;
  };
  /** Cancels a set-up that runs; what was there before stays. */
  readonly "backend/cancelSetUp": { readonly params: null; readonly result: null };
  readonly "backend/describe": {
    readonly params: { readonly backend: BackendId | "auto" };
    readonly result: BackendDescription;
  };
}

export interface BackendNotifications {
  /** What a set-up is doing, for a progress display. */
  readonly "backend/progress": { readonly message: string };
}

/** Every backend as it was found, and the machine. */
export interface BackendReport {
  readonly chosen: BackendDescription;
  /** Best first; `reason` says what runs, or why it does not. `milliseconds`: its start with the self-test. */
  readonly backends: readonly {
    readonly id: BackendId;
    readonly works: boolean;
    readonly threads?: number;
    readonly milliseconds?: number;
    readonly reason: string;
  }[];
  readonly machine: {
    readonly node: string;
    readonly cores: number;
    readonly memoryMegabytes: number;
    readonly gpus: readonly string[];
  };
  /** The set-up of TensorFlow, where there is one: its folder, package, versions and interpreter. */
  readonly tensorflow?: {
    readonly setup: string;
    readonly folder: string;
    readonly version: string;
    readonly python?: string;
    readonly source: string;
    readonly binding: string;
  };
  /** The set-up of WebGPU, where there is one. */
  readonly webgpu?: { readonly setup: string; readonly version: string; readonly platform: string };
}

export interface BackendDescription {
  readonly id: BackendId;
  readonly threads: number;
  /** Why this one, and why not a better one. */
  readonly reason: string;
}
