/** The server as one file, or as the extension carries it. */
import { basename, dirname } from "node:path";
import { build, type Metafile } from "esbuild";
import { lazyBundles, nodeProcess, oneCopy } from "../../scripts/bundling.mjs";

/** Writes the bundle with all that others load when they need it and its thread's beside, and tells what is in both. */
export async function bundleServer(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...nodeProcess,
    metafile: true,
    entryPoints: { [basename(outfile, ".cjs")]: "server/main.ts", readingThread: "server/readingThread.ts" },
    outdir: dirname(outfile),
    outExtension: { ".js": ".cjs" },
    plugins: [oneCopy],
    logLevel: "silent",
  });
  return metafile;
}

/** Writes what every window starts with, as it is packed: the bundles beside it are not there. */
export async function bundleServerAtStart(outfile: string): Promise<void> {
  await build({
    ...nodeProcess,
    minify: true,
    entryPoints: ["server/main.ts"],
    outfile,
    plugins: [lazyBundles, oneCopy],
    logLevel: "silent",
  });
}
