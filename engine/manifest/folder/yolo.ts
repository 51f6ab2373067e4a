/** YOLO data sets: `data.yaml`, or a class list, with one label file an image. */

import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { parseClassList } from "../classList.ts";
import { shortName } from "../firstOnes.ts";
import type { Observation } from "../manifest.ts";
import type { FileHead } from "../reader.ts";
import { decodeHead } from "../scan/text.ts";
import { splitOf } from "../split.ts";
import { type Folder, isImage } from "./folder.ts";
import type { FolderReader, FolderSet } from "./folderReader.ts";
import { isDisk, isRooted, shownPath } from "./foreignPath.ts";
import type { YoloClass, YoloConfig } from "./yoloConfig.ts";
import { readYolo, type YoloPart } from "./yoloCounts.ts";
import { isLabelFile, labelPath, placeOf } from "./yoloPlaces.ts";
import { parseYoloRow } from "./yoloRows.ts";

export const yolo: FolderReader = { format: "yolo", rootOf, find };

const configName = /\.ya?ml$/i;
const classFile = /^(classes|obj|predefined_classes|_darknet)(\.txt|\.names|\.labels)$/i;
/** Files of a folder that are looked into for a configuration or for rows. */
const mostTried = 8;

function rootOf({ name, path, text }: FileHead): string | undefined {
  if (configName.test(name)) return looksLikeConfig(text) ? dirname(path) : undefined;
  return classFile.test(name) ? dirname(path) : undefined;
}

async function find(folder: Folder, main?: FileHead): Promise<FolderSet | undefined> {
  const listing = await folder.list();
  const own = main && configName.test(main.name) ? [{ path: main.path, text: main.text }] : undefined;
  const names = (listing?.files ?? []).filter((name) => configName.test(name)).slice(0, mostTried);
  const texts = own ?? (await Promise.all(names.map((name) => textAt(join(folder.path, name)))));
  for (const found of texts) {
    const config = found && (await configIn(found.text));
    if (found && config) return configured(folder, found.path, config);
  }
  return own ? undefined : unconfigured(folder, listing?.files ?? []);
}

/** Whether a text looks like a configuration, without parsing it. */
function looksLikeConfig(text: string): boolean {
  return /^names\s*:/m.test(text) && /^(train|val|test)\s*:/m.test(text);
}

/** The parser is loaded for texts that look like a configuration only. */
async function configIn(text: string): Promise<YoloConfig | undefined> {
  if (!looksLikeConfig(text)) return undefined;
  const { parseYoloConfig } = await import("./yoloConfig.ts");
  return parseYoloConfig(text);
}

async function textAt(path: string): Promise<{ path: string; text: string } | undefined> {
  try {
    return { path, text: decodeHead(await readFile(path)) };
  } catch {
    return undefined;
  }
}

function configured(folder: Folder, main: string, config: YoloConfig): FolderSet {
  const splits = config.splits.map(({ name }) => name).join(", ");
  return {
    format: yolo.format,
    main,
    why: t`${basename(main)} with names and ${splits}`,
    async read(input) {
      const observations: Observation[] = [];
      const parts: YoloPart[] = [];
      const base = config.path === undefined ? folder.path : resolve(folder.path, config.path);
      for (const { name, places, span } of config.splits) {
        const found: YoloPart["places"][number][] = [];
        for (const written of places) {
          const place = await placeOf(folder, written, base, input.signal);
          if (place) found.push(place);
          const told = toldOf(folder.path, name, written, place);
          if (told) observations.push({ ...told, span });
        }
        if (found.length > 0) parts.push({ split: name, places: found });
      }
      const { classes, told } = await namesOf(folder, config);
      if (parts.length === 0) return { format: yolo.format, main, views: [], observations };
      const reading = await readYolo(parts, classes, config.keypoints, input);
      return {
        ...reading,
        format: yolo.format,
        main,
        observations: [...observations, ...told, ...reading.observations],
      };
    },
  };
}

/** What is to be said about a place before its labels are read. */
function toldOf(
  root: string,
  split: string,
  written: string,
  place: YoloPart["places"][number] | undefined,
): Omit<Observation, "span"> | undefined {
  const named = t`${split} names ${shortName(written)}`;
  if (!place && isDisk(written, root)) {
    const message = t`${named}, a whole disk, which is not searched. It is left out. Name the folder of the images.`;
    return { code: "file/missing", severity: "warning", message };
  }
  if (!place) {
    const message = t`${named}, which does not exist. It is left out. Correct the path or fetch the files.`;
    return { code: "file/missing", severity: "warning", message };
  }
  const shown = shownPath(root, place.path);
  if (isRooted(written) && resolve(written) !== place.path) {
    const message = t`${split} is ${shortName(written)}, which is not on this machine. Read ${shown} instead.`;
    return { code: "path/foreign", severity: "information", message };
  }
  if (place.stored) return undefined;
  const labels = shownPath(root, labelPath(place.path));
  const message = t`${named}, where no images are. Counted the ${formatCount(place.labels.length)} label files in ${labels}.`;
  return { code: "file/missing", severity: "information", message };
}

async function namesOf(
  folder: Folder,
  { classes, namesFile, classCount }: YoloConfig,
): Promise<{ classes: readonly YoloClass[]; told: Observation[] }> {
  let names = classes;
  const told: Observation[] = [];
  if (namesFile !== undefined) {
    const text = await textAt(resolve(folder.path, namesFile));
    const list = text && parseClassList(namesFile, text.text);
    if (list) names = list.map((name, id) => ({ id, name }));
    else {
      const message = t`names is ${shortName(namesFile)}, which is no list of names. Classes are called by their ids.`;
      told.push({ code: "file/missing", severity: "warning", message });
    }
  }
  if (classCount !== undefined && names.length > 0 && classCount !== names.length) {
    const message = t`nc is ${formatCount(classCount)}, and there are ${formatCount(names.length)} names. Correct nc or names.`;
    told.push({ code: "class/unknown", severity: "error", message });
  }
  return { classes: names, told };
}

/** Labels without a configuration: a class list, or images beside labels, and rows that are boxes. */
async function unconfigured(folder: Folder, files: readonly string[]): Promise<FolderSet | undefined> {
  const list = files.find((name) => classFile.test(name));
  const splits = await labelFolders(folder);
  if (
    splits.length === 0 ||
    !(await holdsRows(
      folder,
      splits.map(({ path }) => path),
    ))
  )
    return undefined;
  const text = list === undefined ? undefined : await textAt(join(folder.path, list));
  const names = (list !== undefined && text && parseClassList(list, text.text)) || [];
  const main = list === undefined ? undefined : join(folder.path, list);
  return {
    format: yolo.format,
    main,
    why: main ? t`${list} and label files with boxes` : t`label files with boxes`,
    async read(input) {
      const parts: YoloPart[] = [];
      for (const { split, path } of splits) {
        const place = await placeOf(folder, path, folder.path, input.signal);
        if (!place) continue;
        const same = parts.find((part) => part.split === split);
        if (same) same.places.push(place);
        else parts.push({ split, places: [place] });
      }
      const classes = names.map((name, id) => ({ id, name }));
      const reading = await readYolo(parts, classes, false, input);
      return { ...reading, format: yolo.format, ...(main ? { main } : {}) };
    },
  };
}

/** Folders of images, as `placeOf` takes them, in the usual layouts: labels/, labels/train, train/labels, train. */
async function labelFolders(folder: Folder): Promise<{ split: string | undefined; path: string }[]> {
  const found: { split: string | undefined; path: string }[] = [];
  const top = await folder.list();
  const add = (split: string | undefined, ...path: string[]): void => {
    found.push({ split, path: join(folder.path, ...path) });
  };
  const holder = top?.folders.includes("labels") ? "images" : undefined;
  const inner = holder ? ((await folder.list("labels"))?.folders ?? []) : (top?.folders ?? []);
  const splits = inner.filter((name) => splitOf(join(name, "x")) !== undefined);
  for (const name of splits) {
    const split = splitOf(join(name, "x"));
    if (holder) add(split, holder, name);
    else if ((await folder.list(join(name, "labels"))) !== undefined) add(split, name, "images");
    else add(split, name);
  }
  if (found.length === 0 && holder) add(splitOf(join(folder.path, "x")), holder);
  else if (found.length === 0 && top?.files.some(isLabelFile)) add(splitOf(join(folder.path, "x")));
  return found;
}

/** Whether the first label files that are not empty hold rows of boxes, and images or a class list are near. */
async function holdsRows(folder: Folder, places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    const labels = labelPath(place);
    const files = ((await folder.list(labels))?.files ?? []).filter(isLabelFile).slice(0, mostTried);
    const top = (await folder.list()) ?? { files: [] };
    const near = labels !== place || top.files.some((name) => classFile.test(name) || isImage(name));
    for (const file of files) {
      const text = await textAt(join(labels, file));
      const lines = decodeLines(text?.text);
      if (lines.length > 0) return near && lines.every((line) => parseYoloRow(line, false) !== undefined);
    }
  }
  return false;
}

function decodeLines(text = ""): string[] {
  const lines = text.slice(0, 4096).split(/\r?\n/);
  if (text.length > 4096) lines.pop();
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}
