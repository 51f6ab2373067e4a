/** File paths and their URIs. */
import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The absolute path of a `file:` URI; undefined for documents that are in no file. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A file: URI with a host on a system without such names, or with an encoded separator.
    return undefined;
  }
}

/** The path under which a document is read, also one that is in no file: its name then tells the format. */
export function readingPath(uri: string): string {
  return pathOf(uri) ?? `/${uri.replace(/^[a-z]+:/i, "").replace(/^\/+/, "")}`;
}

/** The URI of an absolute path. */
export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** What tells documents apart: the path where they have one, as editors spell the URI of one path in several ways. */
export function keyOf(uri: string): string {
  const path = pathOf(uri);
  if (path === undefined) return uri;
  return process.platform === "win32" ? path.replace(/^[A-Z]:/, (drive) => drive.toLowerCase()) : path;
}

/** The first of the folders that a file lies in. */
export function folderOf(file: string, folders: readonly string[]): string | undefined {
  return folders.find((folder) => isInside(file, folder));
}

/** Whether a file lies in a folder, at any depth. */
export function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
