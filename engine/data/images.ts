/** Small images as rows of bytes. */

import type { Sharp } from "sharp";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import {
  type BrokenImage,
  cachePlace,
  type DecodedImages,
  imageBytes,
  imageSide,
  readCache,
  writeCache,
} from "./imageCache.ts";
import { type ImageStore, openImageStore } from "./imageStore.ts";
import { describeProblem } from "./problem.ts";

/** 1.5 GB of pixels; embeddings are the better input above. */
const mostImages = 500_000;

/** Decodes a file to the pictures of these boxes, `[4]` each, or to the whole one. */
type Decode = (bytes: Uint8Array, boxes?: readonly Float32Array[]) => Promise<Uint8Array[]>;

export interface DecodeOptions {
  /** Folder that keeps what was decoded, so that the next experiment on the same files begins at once. */
  readonly cache?: string;
  readonly progress?: (done: number) => void;
  readonly signal?: AbortSignal;
  /** `[paths.length, 4]`: the part of the image at each path, as x, y, width and height; absent: the whole. */
  readonly boxes?: Float32Array;
}

/**
 * Returns the images at these paths of a folder or `.zip`, as sRGB bytes of 32 by 32 pixels. An image that is
 * missing or cannot be decoded is named in `broken`. Throws `data/unreadable` where the place cannot be opened or
 * the image library is missing, and what `signal` says where it aborts.
 */
export async function decodeImages(
  location: string,
  paths: readonly string[],
  { cache, progress = () => {}, signal, boxes }: DecodeOptions = {},
): Promise<DecodedImages> {
  if (paths.length > mostImages) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${paths.length.toLocaleString("en")} images are too many to hold (at most ${mostImages.toLocaleString("en")}). Train on embeddings of them instead.`,
    );
  }
  const store = await openImageStore(location);
  try {
    const tasks = tasksOf(paths, boxes);
    const version = `${await store.version(tasks.map(({ path }) => path))}${boxes ? `\n${boxes.join()}` : ""}`;
    const place = cache && cachePlace(cache, location, paths, version);
    const known = place && (await readCache(place, paths));
    if (known) return known;
    const decoded = await decodeAll(store, await loadDecoder(), tasks, paths.length, progress, signal);
    if (place) await writeCache(place, decoded);
    return decoded;
  } finally {
    store.close();
  }
}

/** A file to decode, and which rows come from it. */
interface Task {
  readonly path: string;
  readonly rows: number[];
  readonly boxes?: Float32Array[];
}

/** A file with many boxes is decoded once. */
function tasksOf(paths: readonly string[], boxes: Float32Array | undefined): readonly Task[] {
  if (!boxes) return paths.map((path, row) => ({ path, rows: [row] }));
  const tasks = new Map<string, Task & { readonly boxes: Float32Array[] }>();
  for (const [row, path] of paths.entries()) {
    const task = tasks.get(path) ?? { path, rows: [], boxes: [] };
    tasks.set(path, task);
    task.rows.push(row);
    task.boxes.push(boxes.subarray(4 * row, 4 * row + 4));
  }
  return [...tasks.values()];
}

async function decodeAll(
  store: ImageStore,
  decode: Decode,
  tasks: readonly Task[],
  rows: number,
  progress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<DecodedImages> {
  const values = new Uint8Array(rows * imageBytes);
  const broken: BrokenImage[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < tasks.length) {
      signal?.throwIfAborted();
      const task = tasks[next++] as Task;
      const { path } = task;
      try {
        const pictures = await decode(await store.read(path), task.boxes);
        for (const [i, row] of task.rows.entries()) values.set(pictures[i] as Uint8Array, row * imageBytes);
      } catch (problem) {
        const reason = describeProblem(problem).split("\n")[0] ?? "";
        for (const position of task.rows) broken.push({ position, path, reason });
      }
      done += task.rows.length;
      progress(done);
    }
  };
  // Reading and decoding overlap; more than the thread pool's four would only queue.
  await Promise.all(Array.from({ length: 8 }, worker));
  broken.sort((a, b) => a.position - b.position);
  return { matrix: { values, rows, columns: imageBytes }, broken };
}

/** Loaded on first use: programs that train on embeddings need no image library. */
async function loadDecoder(): Promise<Decode> {
  const { default: sharp } = await import("sharp").catch((problem) => {
    throw new EquipoiseError(
      "data/unreadable",
      t`Images cannot be decoded here: the package sharp is missing or has no build for this system. Run npm install sharp, or train on embeddings.`,
      { cause: problem },
    );
  });
  // Decoded one by one: its cache would only hold what is never asked for again.
  sharp.cache(false);
  const finish = (picture: Sharp): Promise<Uint8Array> =>
    picture.resize(imageSide, imageSide, { fit: "fill" }).raw().toBuffer();
  return async (bytes, boxes) => {
    const upright = sharp(bytes, { failOn: "error" });
    // Boxes count pixels as they are stored, whatever the camera says of its position.
    const picture = (boxes ? upright : upright.rotate()).flatten().toColourspace("srgb");
    if (!boxes) return [await finish(picture)];
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return Promise.all(
      boxes.map((box) =>
        finish(sharp(data, { raw: { width, height, channels } }).extract(areaOf(box, info))),
      ),
    );
  };
}

/** The whole pixels of a box that lie in a picture, at least one. */
function areaOf(
  box: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
): { left: number; top: number; width: number; height: number } {
  const [x = 0, y = 0, w = 0, h = 0] = box;
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  return {
    left,
    top,
    width: Math.max(1, Math.min(width, Math.ceil(x + w)) - left),
    height: Math.max(1, Math.min(height, Math.ceil(y + h)) - top),
  };
}
