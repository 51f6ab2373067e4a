/** Names that users give to what lies on disk, each in a small file of its own. */

import { readFile, rm } from "node:fs/promises";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { replaceFile } from "./files.ts";

const longest = 120;

/** Returns the name; undefined where none was given. */
export async function readTitle(path: string): Promise<string | undefined> {
  const title = (await readFile(path, "utf8").catch(() => "")).trim();
  return title === "" ? undefined : title;
}

/** Writes the name of `what`, an empty one takes it away. Throws `settings/invalid`, `disk/full`. */
export async function writeTitle(path: string, what: string, title: string): Promise<void> {
  const clean = title.replace(/\s+/g, " ").trim();
  if (clean.length > longest) {
    throw new EquipoiseError(
      "settings/invalid",
      t`The name of ${what} has ${clean.length} characters. Take at most ${longest}.`,
    );
  }
  if (clean === "") await rm(path, { force: true });
  else await replaceFile(path, `${clean}\n`);
}

/** Whether an id is the name of a file or folder, never a way out of it. */
export function isPlainName(id: string): boolean {
  return id !== "" && id !== "." && id !== ".." && !/[\\/]/.test(id);
}
