/** From a file or folder that somebody named to the data set of several files that it stands for. */
import type { FileHead } from "../reader.ts";
import { type Folder, openFolder } from "./folder.ts";
import type { FolderSet } from "./folderReader.ts";
import { folderReaders } from "./folderReaders.ts";

/** The data set in a folder; of several the one whose reader is asked first. */
export async function folderSetIn(path: string): Promise<FolderSet | undefined> {
  const folder = openFolder(path);
  for (const reader of folderReaders) {
    const found = await reader.find(folder);
    if (found) return found;
  }
  return undefined;
}

/** The data set of several files to which a file leads. */
export async function folderSetOf(head: FileHead): Promise<FolderSet | undefined> {
  const folders = new Map<string, Folder>();
  for (const reader of folderReaders) {
    const root = reader.rootOf(head);
    if (root === undefined) continue;
    const folder = folders.get(root) ?? openFolder(root);
    folders.set(root, folder);
    const found = await reader.find(folder, head);
    if (found) return found;
  }
  return undefined;
}
