/** Measured advice as it is kept: `.equipoise/advice/<key of the manifest>.json`, replaced by the next one. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { MeasuredAdvice } from "#protocol/advice.ts";
import { fingerprint } from "./experimentFile.ts";
import { replaceFile } from "./files.ts";
import { keepFromVersionControl, root } from "./rootFolder.ts";

interface AdviceFile {
  readonly format: "equipoise-advice";
  readonly version: 1;
  /** From the folder that holds `.equipoise`. */
  readonly manifest: string;
  /** ISO 8601. */
  readonly measured: string;
  /** Size and time of change of each data file. */
  readonly data: Readonly<Record<string, string>>;
  readonly advice: MeasuredAdvice;
}

/** Keeps what was measured on a manifest with these data files. Throws `disk/full`. */
export async function writeAdvice(
  folder: string,
  manifest: string,
  files: readonly string[],
  advice: MeasuredAdvice,
): Promise<void> {
  const file: AdviceFile = {
    format: "equipoise-advice",
    version: 1,
    manifest: relative(folder, manifest),
    measured: new Date().toISOString(),
    data: await fingerprint(files),
    advice,
  };
  await keepFromVersionControl(folder);
  await replaceFile(pathOf(folder, manifest), `${JSON.stringify(file, null, 2)}\n`);
}

/** Returns what was measured last; undefined where there is none of this version, or a data file has changed since. */
export async function readAdvice(folder: string, manifest: string): Promise<MeasuredAdvice | undefined> {
  try {
    const file = JSON.parse(await readFile(pathOf(folder, manifest), "utf8")) as AdviceFile;
    if (file.format !== "equipoise-advice" || file.version !== 1) return undefined;
    const now = await fingerprint(Object.keys(file.data));
    return JSON.stringify(now) === JSON.stringify(file.data) ? file.advice : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(folder: string, manifest: string): string {
  const key = createHash("sha256").update(relative(folder, manifest)).digest("hex").slice(0, 16);
  return join(folder, root, "advice", `${key}.json`);
}
