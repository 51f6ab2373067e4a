/** The data of a sweep by content: hashed when it is planned, compared before a worker trains. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { describeProblem } from "#engine/data/problem.ts";
import { canonical } from "#engine/training/plan.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { DataReference } from "#protocol/sweep.ts";
import { pathFrom } from "./sweepFile.ts";

/** Of folders with more files, what stands in the sweep file is one hash a folder. */
const mostEntries = 1000;
const mostNamed = 5;
/** Files read at the same time. */
const readers = 8;

/** Returns references to files and folders, as a sweep file in `folder` writes them. Throws `data/unreadable`. */
export async function referTo(
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<DataReference[]> {
  const references: DataReference[] = [];
  for (const path of [...new Set(paths)].sort()) references.push(await refer(folder, path, signal));
  return references;
}

async function refer(folder: string, path: string, signal?: AbortSignal): Promise<DataReference> {
  const shown = pathFrom(folder, path);
  try {
    const info = await stat(path);
    if (!info.isDirectory()) return { path: shown, bytes: info.size, sha256: await hashFile(path, signal) };
    const { bytes, entries } = await hashFolder(path, signal);
    return { path: shown, bytes, sha256: hashText(canonical(entries)), entries };
  } catch (problem) {
    signal?.throwIfAborted();
    if (problem instanceof EquipoiseError) throw problem;
    throw new EquipoiseError("data/unreadable", `${path} cannot be read: ${describeProblem(problem)}.`, {
      cause: problem,
    });
  }
}

/**
 * Throws `data/changed` where files are not those that the sweep was planned on, naming the first five and what became of
 * them.
 */
export async function requireSameData(
  folder: string,
  references: readonly DataReference[],
  signal?: AbortSignal,
): Promise<void> {
  const changes: string[] = [];
  for (const reference of references) changes.push(...(await changesOf(folder, reference, signal)));
  if (changes.length === 0) return;
  const more = changes.length > mostNamed ? ` and ${changes.length - mostNamed} more` : "";
  throw new EquipoiseError(
    "data/changed",
    `The data differ from those that the sweep was planned on: ${changes.slice(0, mostNamed).join(", ")}${more}. ` +
      "Put back the files of the plan, or plan a new sweep on these: equipoise sweep plan.",
  );
}

async function changesOf(folder: string, before: DataReference, signal?: AbortSignal): Promise<string[]> {
  const path = resolve(folder, before.path);
  const info = await stat(path).catch(() => undefined);
  if (!info) return [`${before.path} (missing)`];
  // A file of another length needs no reading.
  if (!before.entries && info.size !== before.bytes)
    return [
      `${before.path} (${info.size.toLocaleString("en")} bytes, planned ${before.bytes.toLocaleString("en")})`,
    ];
  const now = await refer(folder, path, signal);
  if (now.sha256 === before.sha256) return [];
  if (!before.entries || !now.entries) return [`${before.path} (other content)`];
  const names = [...new Set([...Object.keys(before.entries), ...Object.keys(now.entries)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.entries?.[name], now.entries?.[name]];
    if (was === is) return [];
    const what = was === undefined ? "new" : is === undefined ? "missing" : "other content";
    return [`${join(before.path, name)} (${what})`];
  });
}

/** Text that changes when files do, as far as their size and time tell: asked again before each trial of a worker. */
export async function dataStamp(folder: string, references: readonly DataReference[]): Promise<string> {
  const stamps = await Promise.all(
    references.map(({ path }) =>
      stat(resolve(folder, path)).then(
        ({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
        () => "missing",
      ),
    ),
  );
  return stamps.join("\n");
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, signal ? { signal } : {});
  return hash.digest("hex");
}

async function hashFolder(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: number; readonly entries: Record<string, string> }> {
  const names = (await filesBelow(folder)).sort();
  const hashes = new Array<string>(names.length);
  let bytes = 0;
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < names.length) {
      const at = next++;
      const path = join(folder, names[at] as string);
      bytes += (await stat(path)).size;
      hashes[at] = await hashFile(path, signal);
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  if (names.length <= mostEntries)
    return { bytes, entries: Object.fromEntries(names.map((name, i) => [name, hashes[i] as string])) };
  const folders = new Map<string, string[]>();
  for (const [i, name] of names.entries()) {
    const place = `${dirname(name)}/`;
    const lines = folders.get(place) ?? [];
    folders.set(place, lines);
    lines.push(`${basename(name)} ${hashes[i]}\n`);
  }
  const entries = [...folders].map(([place, lines]) => [place, hashText(lines.join(""))] as const);
  return { bytes, entries: Object.fromEntries(entries) };
}

/** Files of a folder by their path in it, `/` as separator; what Equipoise itself keeps there is left out. */
export async function filesBelow(folder: string, inside = ""): Promise<string[]> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      if (entry.name.startsWith(".") || entry.name === "equipoise.yaml" || entry.name.endsWith(".sweep.json"))
        return [];
      const path = inside === "" ? entry.name : `${inside}/${entry.name}`;
      const info = entry.isSymbolicLink() ? await stat(join(folder, path)).catch(() => entry) : entry;
      return info.isDirectory() ? filesBelow(folder, path) : info.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
