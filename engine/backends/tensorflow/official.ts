/** The TensorFlow that @tensorflow/tfjs-node downloads: libraries in C of release 2.9.1, for those without a Python. */
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { t } from "#protocol/l10n.ts";
import { withArchive } from "../download.ts";
import { tarFiles } from "../tar.ts";
import { unavailable } from "../unavailable.ts";
import { libraryNames } from "./place.ts";

/** The release, as `scripts/deps-constants.js` of @tensorflow/tfjs-node 4.22.0 names it. */
export const officialVersion = "2.9.1";

/** An archive of TensorFlow's C libraries. */
export interface OfficialArchive {
  readonly name: string;
  /** SHA-256. */
  readonly hash: string;
}

/** By platform and kind; `gpu` wants CUDA 11.2 and cuDNN 8.1. */
const archives: Readonly<Record<string, OfficialArchive>> = {
  "linux-x64-cpu": {
    name: `libtensorflow-cpu-linux-x86_64-${officialVersion}.tar.gz`,
    hash: "7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173",
  },
  "linux-x64-gpu": {
    name: `libtensorflow-gpu-linux-x86_64-${officialVersion}.tar.gz`,
    hash: "20c46f761d5905f592c4eac0812e8e50d9cb439f9440a9391912cf4c02ed8be8",
  },
  "darwin-x64-cpu": {
    name: `libtensorflow-cpu-darwin-x86_64-${officialVersion}.tar.gz`,
    hash: "56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226",
  },
};

/** @throws EquipoiseError `backend/unavailable` where there is none for this system. */
export function officialArchive(kind: "cpu" | "gpu"): OfficialArchive {
  const platform = `${process.platform}-${process.arch}`;
  const archive = archives[`${platform}-${kind}`];
  if (!archive) {
    throw unavailable(
      t`There is no official download of TensorFlow ${officialVersion} (${kind}) for ${platform}. Name a Python that has TensorFlow with --python, or let pip install it with --private.`,
    );
  }
  return archive;
}

/**
 * Writes libraries and headers into `target`, named as in a Python package, so that a binding finds them alike.
 * @param from the archive on disk instead of its bucket.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function fetchOfficial(
  archive: OfficialArchive,
  target: string,
  tell: (message: string) => void,
  from?: string,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  const source = {
    place: from ?? `${bucket()}${archive.name}`,
    isFile: from !== undefined,
    otherwise: t`Get it on another machine and name the file with --from FILE; or let pip install TensorFlow: equipoise backend setup tensorflow --private.`,
    tell: (megabytes: number) => tell(t`Downloading TensorFlow ${officialVersion}, ${megabytes} MB.`),
    hear: (chunk: Uint8Array) => hash.update(chunk),
  };
  await withArchive(source, async (bytes) => unpack(bytes, target, source.place, signal), signal);
  const got = hash.digest("hex");
  if (got !== archive.hash)
    throw unavailable(
      t`${source.place} is not ${archive.name}: its SHA-256 is ${got}, expected ${archive.hash}. Nothing was kept.`,
    );
}

/** The place that tfjs-node's own installation takes, and the variables by which it is told of a mirror. */
function bucket(): string {
  const { TFJS_NODE_BASE_URI: base, TFJS_NODE_CDN_STORAGE: storage } = process.env;
  if (base) return base.replace(/libtensorflow-$/, "");
  return `${storage || "https://storage.googleapis.com/"}tensorflow/libtensorflow/`;
}

async function unpack(
  archive: AsyncIterable<Uint8Array>,
  target: string,
  place: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const libraries = new Set<string>();
  for await (const { name, content } of tarFiles(archive)) {
    const wanted = placeOf(name);
    if (wanted === undefined) continue;
    const file = join(target, wanted);
    mkdirSync(dirname(file), { recursive: true });
    await pipeline(Readable.from(content), createWriteStream(file), ...(signal ? [{ signal }] : []));
    if (name.startsWith("lib/")) libraries.add(wanted);
  }
  const [library, framework] = ownNames();
  if (!libraries.has(library) || !libraries.has(framework))
    throw unavailable(t`${place} has no libraries of TensorFlow. Nothing was kept.`);
  // The name that a Python package gives it, which a binding of our own build asks for.
  symlinkSync(library, join(target, libraryNames()[0]));
}

/** The names by which TensorFlow's C libraries ask for each other. */
function ownNames(): readonly [string, string] {
  const [, framework] = libraryNames();
  return [framework.replace("_framework", ""), framework];
}

/** Where a file of the archive goes; undefined for what is not needed. */
function placeOf(name: string): string | undefined {
  if (/^include\/(?!.*\.\.).*\.h$/.test(name)) return name;
  // `libtensorflow.so.2.9.1`, or `libtensorflow.2.9.1.dylib`; the shorter names are links to it.
  const plain = /^lib\/(libtensorflow(?:_framework)?\.(?:so\.2|2))\.\d+\.\d+(\.dylib)?$/.exec(name);
  return plain ? `${plain[1]}${plain[2] ?? ""}` : undefined;
}
