/** Paths in data sets that were written on another machine. */
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

/** Whether the path is absolute on any system. */
export function isRooted(path: string): boolean {
  return isAbsolute(path) || /^([A-Za-z]:[\\/]|\\\\|\/)/.test(path);
}

/** Whether a path, which may start from `base`, is the root of a disk here or on another system. */
export function isDisk(path: string, base: string): boolean {
  const at = resolve(base, path.replaceAll("\\", "/"));
  return dirname(at) === at || /^[A-Za-z]:[\\/]*$/.test(path);
}

/**
 * Where a path may lie on this machine, best first: as it is written, below `base`; without the steps up that exporters
 * put in front; and by its last parts below `root`. The root of a disk is none: a mistaken "/" would have all of it searched.
 */
export function possiblePaths(path: string, base: string, root: string): string[] {
  const written = path.replaceAll("\\", "/");
  const parts = written.split("/").filter((part) => part !== "" && part !== "." && !/^[A-Za-z]:$/.test(part));
  const down = parts.filter((part) => part !== "..");
  const inside = down.slice(0, 16).map((_, from) => join(root, ...down.slice(from)));
  const first = isRooted(path)
    ? isAbsolute(path)
      ? [path]
      : []
    : [resolve(base, written), resolve(root, written)];
  return [...new Set([...first, ...inside])].filter((each) => !isDisk(each, root));
}

/** The path as a message names it. */
export function shownPath(root: string, path: string): string {
  const below = relative(root, path).split("\\").join("/");
  return below === "" ? "." : below;
}
