/** Reads the files that a configuration is built on (bases, the file of its data set), where they lie on this disk. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Target } from "./target.ts";

/** A chain of bases is three or four long. */
const deepest = 6;
const mostFiles = 24;
/** A larger file is no configuration. */
const longest = 500_000;

/** Texts of these files, nearest first; those of an installed package or that are missing are left out. */
export async function textsBuiltOn(target: Target, path: string, text: string): Promise<string[]> {
  const texts: string[] = [];
  const seen = new Set([resolve(path)]);
  let level: readonly (readonly [string, string])[] = [[path, text]];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: (readonly [string, string])[] = [];
    for (const [file, content] of level) {
      for (const base of target.builtOn?.(file, content) ?? []) {
        if (seen.has(base) || texts.length >= mostFiles) continue;
        seen.add(base);
        const found = await readFile(base, "utf8").catch(() => undefined);
        if (found === undefined || found.length > longest) continue;
        texts.push(found);
        next.push([base, found]);
      }
    }
    level = next;
  }
  return texts;
}
