/** Pascal VOC: one XML file an image, and lists of image ids for the splits. */

import { open, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { shortName } from "../firstOnes.ts";
import type { Observation } from "../manifest.ts";
import type { FileHead } from "../reader.ts";
import { decode, decodeHead } from "../scan/text.ts";
import { splitOf } from "../split.ts";
import { type Folder, stemOf } from "./folder.ts";
import type { FolderReader, FolderSet } from "./folderReader.ts";
import { readVoc, type VocSplit } from "./vocCounts.ts";
import { someNames } from "./yoloCounts.ts";

export const voc: FolderReader = { format: "voc", rootOf, find };

/** Where lists of image ids lie, below the folder of the data set. */
const listFolders = ["ImageSets/Main", "ImageSets/Segmentation", "ImageSets"];
const listName = /^(train|val|valid|validation|test|trainval)\.txt$/i;
const headBytes = 4096;

function rootOf({ name, path, text }: FileHead): string | undefined {
  if (listName.test(name)) {
    const folder = listFolders.find((each) => dirname(path).endsWith(join(sep, each)));
    return folder === undefined ? undefined : dirname(path).slice(0, -folder.length - 1);
  }
  if (!/\.xml$/i.test(name) || !isVoc(text)) return undefined;
  const parent = dirname(path);
  return /^annotations$/i.test(basename(parent)) ? dirname(parent) : parent;
}

/** Other programs call their root element so too, but not with these in it. */
function isVoc(text: string): boolean {
  return /<annotation[\s>]/.test(text) && /<(filename|object|size|segmented)[\s/>]/.test(text);
}

async function find(folder: Folder, main?: FileHead): Promise<FolderSet | undefined> {
  const listing = await folder.list();
  const annotations = listing?.folders.find((name) => /^annotations$/i.test(name));
  const holder = annotations ?? ".";
  const first = main && /\.xml$/i.test(main.name) ? main.path : await firstXml(folder, holder);
  if (first === undefined || !(first === main?.path || isVoc(await startOf(first)))) return undefined;
  const lists = annotations === undefined ? [] : await listsOf(folder);
  return {
    format: voc.format,
    main: lists[0]?.path,
    why: lists.length > 0 ? t`XML files with objects, and ImageSets` : t`XML files with objects`,
    async read(input) {
      const found = await folder.walk(holder, (name) => /\.xml$/i.test(name), input.signal);
      const { splits, told } =
        lists.length > 0
          ? await splitsByLists(join(folder.path, holder), found.files, lists)
          : { splits: splitsByFolder(folder.path, found.files), told: [] };
      const reading = await readVoc(splits, input);
      const [place] = lists;
      return {
        ...reading,
        format: voc.format,
        ...(place ? { main: place.path } : {}),
        observations: [...told, ...reading.observations],
      };
    },
  };
}

/** The first XML file, in the folder itself or in one of its split folders. */
async function firstXml(folder: Folder, holder: string): Promise<string | undefined> {
  const listing = await folder.list(holder);
  const isXml = (name: string): boolean => /\.xml$/i.test(name);
  const here = listing?.files.find(isXml);
  if (here !== undefined) return join(folder.path, holder, here);
  for (const name of listing?.folders ?? []) {
    if (splitOf(join(name, "x")) === undefined) continue;
    const there = (await folder.list(join(holder, name)))?.files.find(isXml);
    if (there !== undefined) return join(folder.path, holder, name, there);
  }
  return undefined;
}

async function startOf(path: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(headBytes), 0, headBytes, 0);
      return decodeHead(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}

interface IdList {
  readonly path: string;
  readonly split: string;
}

/** The lists of splits, training first; one that only joins two others is left out. */
async function listsOf(folder: Folder): Promise<IdList[]> {
  for (const below of listFolders) {
    const names = ((await folder.list(below))?.files ?? []).filter((name) => listName.test(name));
    const lists = names.map((name) => ({ path: join(folder.path, below, name), split: splitOf(name) ?? "" }));
    const own = lists.filter(({ path }) => !/^trainval\.txt$/i.test(basename(path)));
    const used = own.some(({ split }) => split !== "test") ? own : lists;
    if (used.length > 0) return used.sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split));
  }
  return [];
}

const order = ["train", "val", "test"];

async function splitsByLists(
  annotations: string,
  files: readonly string[],
  lists: readonly IdList[],
): Promise<{ splits: VocSplit[]; told: Observation[] }> {
  const byId = new Map(files.map((file) => [idOf(annotations, file), file]));
  const unlisted = new Set(byId.keys());
  const splits: VocSplit[] = [];
  const told: Observation[] = [];
  for (const { path, split } of lists) {
    const ids = await idsIn(path);
    const missing = ids.filter((id) => !byId.has(id));
    for (const id of ids) unlisted.delete(id);
    const present = [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
    splits.push({ split, files: present });
    if (missing.length > 0) {
      const message = t`${formatCount(missing.length)} of ${formatCount(ids.length)} images of ${split} have no XML file: ${someNames(missing)} They are left out.`;
      const span = { start: 0, end: 0, file: path };
      told.push({ code: "file/missing", severity: "error", message, span });
    }
  }
  if (unlisted.size > 0) {
    const names = [...unlisted].flatMap((id) => byId.get(id) ?? []);
    const message = t`${formatCount(names.length)} label ${names.length === 1 ? t`file belongs` : t`files belong`} to no split: ${someNames(names)}`;
    told.push({ code: "image/unlisted", severity: "information", message });
  }
  return { splits, told };
}

function idOf(annotations: string, file: string): string {
  return stemOf(relative(annotations, file)).split(sep).join("/");
}

/** The first word of each line; lists of one class have 1, 0 or -1 behind it. */
async function idsIn(path: string): Promise<string[]> {
  try {
    const lines = decode(await readFile(path)).split(/\r?\n/);
    return lines.flatMap((line) => /^\s*(\S+)/.exec(line.replace(/^\uFEFF/, ""))?.[1] ?? []);
  } catch {
    return [];
  }
}

/** By the first folder on the way that names a split; else all in one. */
function splitsByFolder(root: string, files: readonly string[]): VocSplit[] {
  const bySplit = new Map<string | undefined, string[]>();
  for (const file of files) {
    const parts = relative(root, dirname(file)).split(sep);
    const split = parts.map((part) => splitOf(join(part, "x"))).find((name) => name !== undefined);
    const same = bySplit.get(split);
    if (same) same.push(file);
    else bySplit.set(split, [file]);
  }
  const splits = [...bySplit].map(([split, its]) => ({ split, files: its }));
  const name = shortName(basename(root));
  return splits
    .map((each) => (each.split === undefined ? { ...each, name } : each))
    .sort((a, b) => order.indexOf(a.split ?? "") - order.indexOf(b.split ?? ""));
}
