/** Images that are in two splits, told by their names and sizes. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { SampleSplits, sampleHash } from "../sampleSplits.ts";

/** The name of the image that Roboflow made this one from; its copies share it. */
const roboflow = /^(.+)\.rf\.[0-9a-f]{32}\.\w+$/i;

/** The name of the image that Roboflow made the file from; undefined for files of other origin. */
export function originalName(path: string): string | undefined {
  return roboflow.exec(basename(path))?.[1];
}

/**
 * Notes the files of each split. Files of one name are the same where their sizes are equal too; a Roboflow export names
 * the original, so that needs no look at the disk.
 */
export async function splitsOfFiles(
  splits: readonly (readonly string[])[],
  signal?: AbortSignal,
): Promise<SampleSplits> {
  const found = new SampleSplits();
  const shared = sharedNames(splits);
  for (const [split, files] of splits.entries()) {
    for (const file of files) {
      const name = basename(file);
      const original = originalName(name);
      if (original !== undefined) found.add(split, sampleHash(original), original);
      else if (shared.has(name)) {
        signal?.throwIfAborted();
        const size = await sizeOf(file);
        if (size !== undefined) found.add(split, sampleHash(`${name}\n${size}`), name);
      }
    }
  }
  return found;
}

/** Names that more than one split has. */
function sharedNames(splits: readonly (readonly string[])[]): ReadonlySet<string> {
  const shared = new Set<string>();
  const first = new Map<string, number>();
  for (const [split, files] of splits.entries()) {
    for (const file of files) {
      const name = basename(file);
      const other = first.get(name);
      if (other === undefined) first.set(name, split);
      else if (other !== split) shared.add(name);
    }
  }
  return shared;
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
