/** Bundles of our processes, for tests that start them. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface BundleFolder {
  readonly folder: string;
  /** Writes `<name>.cjs` for each entry. */
  build(entries: Readonly<Record<string, string>>): Promise<void>;
  remove(): void;
}

/** Returns an empty folder for bundles, beside the packages that they load, as the product's own are. */
export function bundleFolder(): BundleFolder {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = mkdtempSync(join(root, "node_modules", ".bundles-test-"));
  return {
    folder,
    async build(entries) {
      await build({
        absWorkingDir: root,
        entryPoints: { ...entries },
        outdir: folder,
        outExtension: { ".js": ".cjs" },
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        packages: "external",
        alias: { "#protocol": join(root, "protocol"), "#engine": join(root, "engine") },
        tsconfig: join(root, "tsconfig.base.json"),
        logLevel: "error",
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
