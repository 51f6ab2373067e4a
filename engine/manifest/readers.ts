/** Every reader, in the order in which they are asked. */
import { coco } from "./coco.ts";
import { countCsv } from "./countCsv.ts";
import { countTable } from "./countTable.ts";
import { csv } from "./csv.ts";
import { cvat } from "./cvat.ts";
import { idxLabels } from "./idxLabels.ts";
import { jsonLines } from "./jsonLines.ts";
import { jsonSamples } from "./jsonSamples.ts";
import { labelMap } from "./labelMap.ts";
import { labelStudio } from "./labelStudio.ts";
import { labelStudioTable } from "./labelStudioTable.ts";
import { npyLabels } from "./npyLabels.ts";
import { parallelText } from "./parallelText.ts";
import { parquetLabels } from "./parquetLabels.ts";
import { pathList } from "./pathList.ts";
import type { ManifestReader } from "./reader.ts";

export const readers: readonly ManifestReader[] = [
  coco,
  labelStudio,
  labelStudioTable,
  cvat,
  countTable,
  jsonSamples,
  jsonLines,
  labelMap,
  npyLabels,
  idxLabels,
  parquetLabels,
  pathList,
  parallelText,
  countCsv,
  csv,
];
