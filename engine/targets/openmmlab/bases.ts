/** Which files a Python configuration inherits from. */
import { dirname, join, resolve } from "node:path";

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
