/** Path lists of two splits, as a data set in one folder. */
import { analyse } from "#engine/analysis.ts";
import { fileSource } from "#engine/manifest/source.ts";
import type { Project } from "#protocol/project.ts";
import { told, tree } from "../manifest/folder/tree.ts";

const box = (id: number, x: number): string => `${id} ${x} 0.5 0.1 0.1`;

/** The findings with a code for a YOLO data set with so many boxes of each class in each split. */
export async function findingsForSplits(
  code: Parameters<typeof told>[1],
  splits: Readonly<Record<string, readonly number[]>>,
  project: Project = {},
): Promise<string[]> {
  const files: Record<string, string> = {};
  for (const [split, counts] of Object.entries(splits))
    for (const [id, count] of counts.entries())
      for (let i = 0; i < count; i++)
        files[`labels/${split}/${split}${id}_${i}.txt`] = box(id, 0.1 + (i % 8) / 10);
  const names = Object.values(splits)[0]?.map((_, id) => `class ${id}`) ?? [];
  const lines = Object.keys(splits).map((split) => `${split}: images/${split}`);
  files["data.yaml"] = `${lines.join("\n")}\nnames: ${JSON.stringify(names)}\n`;
  const analysis = await analyse(fileSource(tree(files)), { asked: true, project });
  return analysis ? told(analysis, code).map((line) => line.replace(/^\S+ /, "")) : [];
}
