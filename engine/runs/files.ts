/** Writing that survives a crash: a file is either the old one or the new one. */

import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { describeProblem } from "#engine/data/problem.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";

let temporary = 0;

/** Replaces a file at once; its folder is made where missing. Throws `disk/full` where it cannot be written. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}-${temporary++}.tmp`;
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    try {
      const file = await open(draft, "w");
      try {
        await file.writeFile(content);
        // Renamed before its bytes are on the disk, a power cut would leave an empty file.
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (problem) {
      await rm(draft, { force: true });
      throw problem;
    }
  });
}

/** Writes all bytes at a place of an open file. */
export async function writeAt(
  path: string,
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  await writing(path, async () => {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  });
}

/** Runs something that writes; what goes wrong becomes `disk/full`, naming the file and the next step. */
export async function writing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (problem) {
    if (problem instanceof EquipoiseError) throw problem;
    throw new EquipoiseError(
      "disk/full",
      t`${basename(path)} cannot be written in ${dirname(path)}: ${describeProblem(problem)}. Earlier runs are kept. Make room or allow writing, then run again.`,
      { cause: problem },
    );
  }
}

/** Whether there is something at a path that can be asked for. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
