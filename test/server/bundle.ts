/** The server as one file, as the extension carries it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Writes the bundle and tells what is in it. */
export async function bundleServer(
  outfile: string,
  options: { readonly minify?: boolean } = {},
): Promise<Metafile> {
  const { metafile } = await build({
    ...options,
    metafile: true,
    absWorkingDir: root,
    entryPoints: ["server/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    mainFields: ["module", "main"],
    define: { "import.meta.dirname": "__dirname" },
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    tsconfig: join(root, "tsconfig.base.json"),
    logLevel: "silent",
  });
  return metafile;
}
