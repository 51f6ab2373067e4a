/** Every reader, in the order in which they are asked. */
import { coco } from "./coco.ts";
import { countCsv } from "./countCsv.ts";
import { countTable } from "./countTable.ts";
import { csv } from "./csv.ts";
import { jsonLines } from "./jsonLines.ts";
import { jsonSamples } from "./jsonSamples.ts";
import { pathList } from "./pathList.ts";
import type { ManifestReader } from "./reader.ts";

export const readers: readonly ManifestReader[] = [
  coco,
  countTable,
  jsonSamples,
  jsonLines,
  pathList,
  countCsv,
  csv,
];
