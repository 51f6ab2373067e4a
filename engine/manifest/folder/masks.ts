/** Folders of segmentation masks: PNG files whose pixels are class ids. */

import { open, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { parseClassList } from "../classList.ts";
import type { CountedView, ManifestReading } from "../manifest.ts";
import { type MistakeKind, Mistakes } from "../mistakes.ts";
import { countPngValues, pngHeader } from "../png.ts";
import { decodeHead } from "../scan/text.ts";
import { splitOf } from "../split.ts";
import type { Folder } from "./folder.ts";
import type { FolderInput, FolderReader, FolderSet } from "./folderReader.ts";
import { eachPart } from "./parts.ts";

export const masks: FolderReader = { format: "masks", rootOf: () => undefined, find };

/** What folders of masks are called. */
const maskFolder = /(mask|label|annotation|segmentation|ann_dir|^seg|^ann$|^gt)/i;
const mostTried = 3;
/** By convention of VOC, ADE20K and Cityscapes: a pixel that is not to be trained on. */
const ignored = 255;
const values = 1 << 16;
const listNames = [
  "classes.txt",
  "class_names.txt",
  "labelmap.txt",
  "labels.txt",
  "classes.json",
  "label_map.json",
];
const longestList = 4 << 20;

async function find(folder: Folder): Promise<FolderSet | undefined> {
  const listing = await folder.list();
  const inner = listing?.folders.find((name) => maskFolder.test(name));
  const holder = inner ?? (maskFolder.test(basename(folder.path)) ? "." : undefined);
  if (holder === undefined) return undefined;
  const first = (await firstPngs(folder, holder)).slice(0, mostTried);
  const headers = await Promise.all(first.map(async (path) => pngHeader(await startOf(path))));
  if (headers.length === 0 || headers.some((header) => !header || header.kind === "colour")) return undefined;
  return {
    format: masks.format,
    why: t`${headers[0]?.kind} PNG masks`,
    read: (input) => read(folder, holder, input),
  };
}

async function firstPngs(folder: Folder, holder: string): Promise<string[]> {
  const listing = await folder.list(holder);
  const here = (listing?.files ?? []).filter(isMask).map((name) => join(folder.path, holder, name));
  if (here.length > 0) return here;
  for (const name of listing?.folders ?? []) {
    const there = ((await folder.list(join(holder, name)))?.files ?? []).filter(isMask);
    if (there.length > 0) return there.map((file) => join(folder.path, holder, name, file));
  }
  return [];
}

/** Cityscapes stores three kinds of masks beside each other, of which one has the ids that train. */
function isMask(name: string): boolean {
  return /\.png$/i.test(name) && !/_(color|instanceIds)\.png$/i.test(name);
}

async function startOf(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(64), 0, 64, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return new Uint8Array(0);
  }
}

class PixelCounts {
  readonly pixels: Float64Array = new Float64Array(values);
  readonly images: Float64Array = new Float64Array(values);
  readonly #one = new Float64Array(values);
  count = 0;

  /** Adds the pixels of one mask; answers what is wrong with it. */
  async add(bytes: Uint8Array): Promise<string | undefined> {
    const ignores = (pngHeader(bytes)?.depth ?? 8) === 8;
    const problem = await countPngValues(bytes, this.#one);
    this.count++;
    const most = ignores ? 256 : values;
    for (let value = 0; value < most; value++) {
      const pixels = this.#one[value] ?? 0;
      if (pixels === 0) continue;
      this.#one[value] = 0;
      if (ignores && value === ignored) continue;
      this.pixels[value] = (this.pixels[value] ?? 0) + pixels;
      this.images[value] = (this.images[value] ?? 0) + 1;
    }
    return problem;
  }
}

async function read(folder: Folder, holder: string, input: FolderInput): Promise<ManifestReading> {
  const { files } = await folder.walk(holder, isMask, input.signal);
  const mistakes = new Mistakes();
  const splits = new Map<string | undefined, PixelCounts>();
  const progress = (done: number): void => input.progress?.(done, files.length);
  await eachPart(files, { ...input, progress }, async ({ path, bytes }) => {
    const split = splitOfMask(folder.path, path);
    const counts = splits.get(split) ?? new PixelCounts();
    splits.set(split, counts);
    const problem = bytes ? await counts.add(bytes) : t`it cannot be read`;
    if (problem !== undefined) mistakes.note(unreadable(problem), { file: path, start: 0, end: 0 });
  });
  const names = await namesNear(folder.path, join(folder.path, holder));
  const largest = Math.max(-1, ...[...splits.values()].map(({ pixels }) => lastUsed(pixels)));
  const size = names ? names.length : largest + 1;
  if (names && largest >= size) mistakes.note(unknownIds(size, largest));
  const views = [...splits].map(([split, counts]) => viewOf(split, counts, names, size));
  views.sort((a, b) => order.indexOf(a.split ?? "") - order.indexOf(b.split ?? ""));
  return { format: masks.format, views, observations: mistakes.observations() };
}

const order = ["train", "val", "test"];

function splitOfMask(root: string, file: string): string | undefined {
  const folders = relative(root, dirname(file)).split(sep);
  return folders.map((name) => splitOf(join(name, "x"))).find((split) => split !== undefined);
}

function lastUsed(pixels: Float64Array): number {
  for (let value = pixels.length - 1; value >= 0; value--) if ((pixels[value] ?? 0) > 0) return value;
  return -1;
}

const kinds = new Map<string, MistakeKind>();

/** One kind a reason. */
function unreadable(problem: string): MistakeKind {
  let kind = kinds.get(problem);
  if (!kind) {
    kind = {
      code: "label/unreadable",
      severity: "error",
      tell: (count) =>
        count === 1
          ? t`1 mask is not counted in full: ${problem}`
          : t`${formatCount(count)} masks are not counted in full: ${problem}`,
    };
    kinds.set(problem, kind);
  }
  return kind;
}

function unknownIds(names: number, largest: number): MistakeKind {
  return {
    code: "class/unknown",
    severity: "error",
    tell: () =>
      t`Masks hold ids up to ${formatCount(largest)}, and there are names for 0 to ${formatCount(names - 1)}`,
    advice: t`The others are left out of all counts.`,
  };
}

function viewOf(
  split: string | undefined,
  { pixels, images, count }: PixelCounts,
  names: readonly string[] | undefined,
  size: number,
): CountedView {
  return {
    name: split ?? "masks",
    ...(split === undefined ? {} : { split }),
    task: "segmentation",
    bases: ["pixels", "images"],
    samples: count,
    classes: Array.from({ length: size }, (_, id) => ({
      index: id,
      id,
      name: names?.[id] ?? String(id),
      images: images[id] ?? 0,
      instances: images[id] ?? 0,
      pixels: pixels[id] ?? 0,
      declared: names !== undefined,
    })),
  };
}

/** A class list in the folder of the masks, in that of the data set or one above them. */
async function namesNear(root: string, holder: string): Promise<readonly string[] | undefined> {
  for (const folder of new Set([holder, root, dirname(holder)])) {
    for (const name of listNames) {
      const text = await shortText(join(folder, name));
      const names = text && parseClassList(name, text.replace(colours, "").replace(/^#.*\n/gm, ""));
      if (names) return names;
    }
  }
  return undefined;
}

/** CVAT's `labelmap.txt` has a colour behind each name. */
const colours = /:\d+,\d+,\d+:.*$/gm;

async function shortText(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).size > longestList ? undefined : decodeHead(await readFile(path));
  } catch {
    return undefined;
  }
}
