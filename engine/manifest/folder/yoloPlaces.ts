/** Which label files a split of a YOLO data set consists of. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { decode } from "../scan/text.ts";
import { type Folder, isImage, stemOf } from "./folder.ts";
import { possiblePaths } from "./foreignPath.ts";

/** Lists of images may be long, but not as long as this. */
const longestList = 256 << 20;

/** The label files of a place, such as a folder of images or a list of them. */
export interface LabelFiles {
  /** Absolute, sorted. */
  readonly labels: readonly string[];
  /** Images whose label files are not there. */
  readonly unlabelled: readonly string[];
  /** Label files without an image, where images are stored at all. */
  readonly orphans: readonly string[];
  /** The images, where they are known; absolute. */
  readonly images: readonly string[];
  /** Whether there are more than were looked at. */
  readonly cut: boolean;
}

export interface Place extends LabelFiles {
  /** Absolute path of the folder or list that was read. */
  readonly path: string;
  /** Whether the folder that is named exists, and not only its labels. */
  readonly stored: boolean;
}

/** What a place of a split leads to; undefined where there is nothing. */
export async function placeOf(
  folder: Folder,
  written: string,
  base: string,
  signal?: AbortSignal,
): Promise<Place | undefined> {
  for (const path of possiblePaths(written, base, folder.path)) {
    if (/\.txt$/i.test(path)) {
      const listed = await listedImages(path, folder.path);
      if (listed) return { path, stored: true, ...(await labelsOfList(folder, listed)) };
    }
    const images = await folder.list(path);
    const labels = labelPath(path);
    if (images ?? (await folder.list(labels)))
      return { path, stored: images !== undefined, ...(await labelsBelow(folder, path, labels, signal)) };
  }
  return undefined;
}

/** Ultralytics' rule: the last folder called `images` becomes `labels`. */
export function labelPath(image: string): string {
  const parts = image.split(sep);
  const at = parts.lastIndexOf("images");
  return at < 0 ? image : [...parts.slice(0, at), "labels", ...parts.slice(at + 1)].join(sep);
}

/** Files that lie among labels and are none. */
const otherNames =
  /^(classes|labels|obj|data|readme.*|train|val|valid|test|names|predefined_classes|_darknet)\.txt$/i;

export function isLabelFile(name: string): boolean {
  return /\.txt$/i.test(name) && !otherNames.test(name);
}

async function labelsBelow(
  folder: Folder,
  imageFolder: string,
  labelFolder: string,
  signal: AbortSignal | undefined,
): Promise<LabelFiles> {
  const found = await folder.walk(labelFolder, isLabelFile, signal);
  const pictures = await folder.walk(imageFolder, isImage, signal);
  const cut = found.cut || pictures.cut;
  if (pictures.files.length === 0)
    return { labels: found.files, unlabelled: [], orphans: [], images: [], cut };
  const labelled = new Set(found.files.map((file) => stemOf(relative(labelFolder, file))));
  const images = new Set(pictures.files.map((file) => stemOf(relative(imageFolder, file))));
  const isOwn = (file: string): boolean => images.has(stemOf(relative(labelFolder, file)));
  return {
    labels: found.files.filter(isOwn),
    unlabelled: pictures.files.filter((file) => !labelled.has(stemOf(relative(imageFolder, file)))),
    orphans: found.files.filter((file) => !isOwn(file)),
    images: pictures.files,
    cut,
  };
}

/** The images that a list names, with what their paths start with on the machine that wrote it left out. */
async function listedImages(list: string, root: string): Promise<string[] | undefined> {
  try {
    if ((await stat(list)).size > longestList) return undefined;
    const lines = decode(await readFile(list)).split(/\r?\n/);
    const written = lines.map((line) => line.trim()).filter((line) => line !== "");
    const [first] = written;
    if (first === undefined || !isImage(first)) return undefined;
    const paths = possiblePaths(first, dirname(list), root);
    const place = await firstAsync(
      paths,
      async (path) => (await exists(path)) || (await exists(labelOf(path))),
    );
    return written.map(relocation(first, place ?? paths[0] ?? first, dirname(list)));
  } catch {
    return undefined;
  }
}

/** How paths of a list become paths here, told by what became of the first. */
function relocation(first: string, place: string, folder: string): (path: string) => string {
  const written = first.replaceAll("\\", "/").split("/");
  const here = place.split(sep);
  let same = 0;
  while (same < written.length && written[written.length - 1 - same] === here[here.length - 1 - same]) same++;
  const before = written.slice(0, written.length - same).join("/");
  const base = here.slice(0, here.length - same).join(sep);
  return (path) => {
    const plain = path.replaceAll("\\", "/");
    return plain.startsWith(before) ? join(base, plain.slice(before.length)) : join(folder, plain);
  };
}

async function labelsOfList(folder: Folder, images: readonly string[]): Promise<LabelFiles> {
  const labels: string[] = [];
  const unlabelled: string[] = [];
  const there = new Map<string, ReadonlySet<string>>();
  for (const image of images) {
    const label = labelOf(image);
    const parent = dirname(label);
    let names = there.get(parent);
    if (!names) {
      names = new Set((await folder.list(parent))?.files);
      there.set(parent, names);
    }
    if (names.has(basename(label))) labels.push(label);
    else unlabelled.push(image);
  }
  return { labels, unlabelled, orphans: [], images, cut: false };
}

function labelOf(image: string): string {
  return `${stemOf(labelPath(image))}.txt`;
}

async function firstAsync<T>(
  items: readonly T[],
  test: (item: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const item of items) if (await test(item)) return item;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
