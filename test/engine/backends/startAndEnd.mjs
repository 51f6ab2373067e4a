// Bundles a backend as the product does, starts it in this process and lets the process run out.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const [, , source, id = "wasm"] = process.argv;
const root = resolve(source, "../../..");
// Inside the repository, so that the packages are found beside it as an installed engine finds them.
const folder = mkdtempSync(join(root, ".build", "backend-"));
try {
  const outfile = join(folder, "backend.cjs");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
    define: { "import.meta.dirname": "__dirname" },
    tsconfig: join(root, "tsconfig.base.json"),
    logLevel: "error",
  });
  const { startBackend } = createRequire(outfile)(outfile);
  console.log(JSON.stringify(await startBackend(id, 2)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
