/** What a job needs that its node lacks, as one archive: the program, Node where asked for, the sweep and its data. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ZipFile } from "yazl";
import { describeProblem } from "#engine/data/problem.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { filesBelow } from "../dataReferences.ts";
import type { Sweep } from "../sweepFile.ts";

/** An archive that Ray unpacks on each node; its name follows from its content. */
export interface RayPackage {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Ray keeps packages in the memory of its head, and takes none above 500 MiB. */
const mostPackageBytes = 500 * 2 ** 20;

/** One file of an archive. */
export interface PackedFile {
  /** In the archive, `/` as separator. */
  readonly at: string;
  readonly path: string;
  readonly executable?: boolean;
}

/** Returns the files of the program in the folder of its bundles, under `program/`. Throws `data/unreadable`. */
export async function programFiles(folder: string): Promise<PackedFile[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names
    .filter((entry) => entry.isFile() && isOfWorker(relative(folder, join(entry.parentPath, entry.name))))
    .map((entry) => join(entry.parentPath, entry.name));
  if (!files.some((path) => basename(path) === "cli.cjs"))
    throw new EquipoiseError("data/unreadable", `${folder} holds no cli.cjs. Build it: npm run build.`);
  return files.map((path) => ({ at: `program/${posix(relative(folder, path))}`, path }));
}

/** Of the bundles those that a trial loads: command line, engine, Parquet, WebAssembly and the image decoder. */
function isOfWorker(path: string): boolean {
  const [first = ""] = path.split(sep);
  if (path.endsWith(".map")) return false;
  return ["cli.cjs", "cliTraining.cjs", "parquet.cjs", "yaml.cjs", "wasm", "node_modules"].includes(first);
}

/** Returns a Node binary under `bin/`. Throws `settings/invalid` for what is no program for Linux, as nodes run. */
export async function nodeFile(path: string): Promise<PackedFile> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile())
    throw new EquipoiseError("settings/invalid", `--upload-node ${path}: there is no such file.`);
  return { at: "bin/node", path: resolve(path), executable: true };
}

/**
 * Returns sweep file and data as they lie to each other, under `data/`, and where the sweep file is then. Throws
 * `data/unreadable` where something is missing, `settings/invalid` where data lie on another drive.
 */
export async function sweepFiles({
  path,
  folder,
  file,
}: Sweep): Promise<{ files: PackedFile[]; sweep: string }> {
  const paths = [path];
  for (const reference of file.data) {
    const place = resolve(folder, reference.path);
    const info = await stat(place).catch((problem: unknown) => {
      throw new EquipoiseError("data/unreadable", `${place} cannot be read: ${describeProblem(problem)}.`);
    });
    if (info.isDirectory()) paths.push(...(await filesBelow(place)).map((name) => join(place, name)));
    else paths.push(place);
  }
  const root = commonFolder(paths.map(dirname));
  const at = (each: string): string => `data/${posix(relative(root, each))}`;
  return { files: [...new Set(paths)].map((each) => ({ at: at(each), path: each })), sweep: at(path) };
}

/** Throws where two paths share nothing, as on two drives. */
function commonFolder(folders: readonly string[]): string {
  const [first = "", ...others] = folders;
  let parts = first.split(sep);
  for (const other of others) {
    const theirs = other.split(sep);
    const differs = parts.findIndex((part, i) => part !== theirs[i]);
    if (differs >= 0) parts = parts.slice(0, differs);
  }
  if (parts.length > 0) return parts.join(sep) || sep;
  throw new EquipoiseError(
    "settings/invalid",
    "Sweep file and data lie on several drives and cannot be sent together. Use --shared PATH.",
  );
}

function posix(path: string): string {
  return path.split(sep).join("/");
}

/** The same for everybody: equal files make an equal archive, which a cluster takes once. */
const moment = new Date(2000, 0, 1);

/** Packs files. Throws `settings/invalid` above Ray's limit, `data/unreadable` for a file that cannot be read. */
export async function packFiles(files: readonly PackedFile[], signal?: AbortSignal): Promise<RayPackage> {
  const zip = new ZipFile();
  const failed = new Promise<never>((_, reject) => zip.on("error", reject));
  failed.catch(() => {});
  for (const { at, path, executable } of [...files].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    // Of what is in use by now, images and archives do not get smaller.
    const compress = !/\.(jpe?g|png|webp|gz|zip|parquet|zst)$/i.test(at);
    zip.addFile(path, at, {
      mtime: moment,
      forceDosTimestamp: true,
      mode: executable ? 0o100755 : 0o100644,
      compress,
    });
  }
  zip.end();
  try {
    const content = await Promise.race([collect(zip.outputStream, signal), failed]);
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
    return { name: `_ray_pkg_${hash}.zip`, content };
  } catch (problem) {
    signal?.throwIfAborted();
    if (problem instanceof EquipoiseError) throw problem;
    throw new EquipoiseError(
      "data/unreadable",
      `The files of the sweep cannot be packed: ${describeProblem(problem)}.`,
    );
  }
}

async function collect(stream: NodeJS.ReadableStream, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    chunks.push(chunk as Buffer);
    bytes += chunk.length;
    if (bytes < mostPackageBytes) continue;
    throw new EquipoiseError(
      "settings/invalid",
      "Program and data are more than the 500 MiB that Ray takes as a package. Put the data where all nodes see them and " +
        "name the folder of the sweep file there: --shared PATH.",
    );
  }
  return Buffer.concat(chunks);
}
