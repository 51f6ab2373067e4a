/** Images that are in two splits, told by their names and sizes. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { NumberSet } from "../numberSet.ts";
import { inOthers, inSplit, mostSplits, SampleSplits, sampleHash, sampleLimit } from "../sampleSplits.ts";

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
  const names = namesIn(splits);
  if (!names) {
    found.leaveOut();
    return found;
  }
  for (const [split, files] of splits.entries()) {
    for (const file of files) {
      const name = basename(file);
      const original = originalName(name);
      if (original !== undefined) found.add(split, sampleHash(original), original);
      else if (inOthers(names, sampleHash(name), split)) {
        signal?.throwIfAborted();
        const size = await sizeOf(file);
        if (size !== undefined) found.add(split, sampleHash(`${name}\n${size}`), name);
      }
    }
  }
  return found;
}

/** Names with their splits, as numbers; undefined where there are too many. */
function namesIn(splits: readonly (readonly string[])[]): NumberSet | undefined {
  const total = splits.reduce((sum, files) => sum + files.length, 0);
  if (total > sampleLimit) return undefined;
  const names = new NumberSet();
  for (const [split, files] of splits.slice(0, mostSplits).entries())
    for (const file of files) names.add(inSplit(sampleHash(basename(file)), split));
  return names;
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
