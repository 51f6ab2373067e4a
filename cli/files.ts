/** Files that commands read to change them, and write, with a sentence for what goes wrong. */
import { isUtf8 } from "node:buffer";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { describeProblem } from "#engine/data/problem.ts";
import { EquipoiseError } from "#protocol/errors.ts";

/**
 * The text of a file that is written again after a change; undefined where it cannot be read. Throws `data/unreadable` where
 * it is not UTF-8: other characters would be lost.
 */
export async function readToChange(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || isUtf8(bytes)) return bytes?.toString("utf8");
  throw new EquipoiseError(
    "data/unreadable",
    `${basename(path)} is not UTF-8, and what is not would be lost. Save it as UTF-8 first; nothing was changed.`,
  );
}

/** Throws `settings/invalid` where there is no folder at a path. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new EquipoiseError("settings/invalid", `There is no folder ${path}. Check the path.`);
}

/** Writes what a command made, and the folders that lead there; `file` as it was named. Throws `disk/full` where it cannot. */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
  const path = resolve(file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (problem) {
    const reason = describeProblem(problem);
    throw new EquipoiseError("disk/full", `${file} cannot be written: ${reason}. Check the path.`);
  }
}
