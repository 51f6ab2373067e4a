import type { BuildOptions, Plugin } from "esbuild";

export const nodeProcess: BuildOptions;
export const lazyBundles: Plugin;
export const oneCopy: Plugin;
