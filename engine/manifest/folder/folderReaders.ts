/** Every reader of data sets of several files, in the order in which they are asked. */
import type { FolderReader } from "./folderReader.ts";
import { imageFolder } from "./imageFolder.ts";
import { masks } from "./masks.ts";
import { voc } from "./voc.ts";
import { yolo } from "./yolo.ts";

export const folderReaders: readonly FolderReader[] = [yolo, voc, masks, imageFolder];
