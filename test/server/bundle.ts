/** The server as one file, or as the extension carries it. */
import { build, type Metafile } from "esbuild";
import { lazyBundles, nodeProcess, oneCopy } from "../../scripts/bundling.mjs";

/** Writes the bundle with all that others load when they need it, and tells what is in it. */
export async function bundleServer(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...nodeProcess,
    metafile: true,
    entryPoints: ["server/main.ts"],
    outfile,
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
