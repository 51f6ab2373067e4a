/** Reads the files that an OpenMMLab configuration inherits from, where they lie beside it. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** A chain of bases is three or four long. */
const deepest = 6;
const mostFiles = 24;

/** Texts of the bases, nearest first; those of an installed package or that are missing are left out. */
export async function inheritedTexts(path: string, text: string): Promise<string[]> {
  const texts: string[] = [];
  const seen = new Set([resolve(path)]);
  let level: readonly (readonly [string, string])[] = [[path, text]];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: (readonly [string, string])[] = [];
    for (const [file, content] of level) {
      for (const base of basePaths(file, content)) {
        if (seen.has(base) || texts.length >= mostFiles) continue;
        seen.add(base);
        const found = await readFile(base, "utf8").catch(() => undefined);
        if (found === undefined) continue;
        texts.push(found);
        next.push([base, found]);
      }
    }
    level = next;
  }
  return texts;
}

/** Paths of the bases of either style; `package::` and absolute modules belong to an installed toolbox. */
export function basePaths(path: string, text: string): string[] {
  const folder = dirname(resolve(path));
  const listed = /^_base_\s*=\s*(\[[\s\S]*?\]|\([\s\S]*?\)|(['"])[^'"]*\2)/m.exec(text)?.[1] ?? "";
  const files = [...listed.matchAll(/(['"])([^'"\r\n]+\.py)\1/g)].flatMap(([, , name = ""]) =>
    name.includes("::") ? [] : [resolve(folder, name)],
  );
  const modules = [...text.matchAll(/^[ \t]+from[ \t]+(\.+)([\w.]*)[ \t]+import\b/gm)].map(
    ([, dots = ".", name = ""]) =>
      `${join(folder, ...Array.from({ length: dots.length - 1 }, () => ".."), ...name.split("."))}.py`,
  );
  return [...files, ...modules];
}
