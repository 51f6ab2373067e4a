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
    if (found) return located(found, folder);
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
    if (found) return located(found, folder);
  }
  return undefined;
}

/** Whether a file looks as if it led to a data set of several files; without a look at the others. */
export function leadsToFolderSet(head: FileHead): boolean {
  return folderReaders.some((reader) => reader.rootOf(head) !== undefined);
}

/** The data set with the folders told that its reading went through. */
function located(set: FolderSet, folder: Folder): FolderSet {
  return {
    ...set,
    async read(input) {
      const reading = await set.read(input);
      return reading && { ...reading, folders: folder.visited() };
    },
  };
}
