/** Writes a loss into equipoise.yaml for the command line. */
import { dirname, relative, resolve, sep } from "node:path";
import type { CountedName } from "#engine/project/provenance.ts";
import type { LossChoice } from "#protocol/training.ts";
import { projectFile } from "./analysis.ts";
import { readToChange, writeOutput } from "./files.ts";

/** Inserts the choice and says where; `classes` are those that it was made from, `evidence` what was measured for it. */
export async function insertLoss(
  say: (text: string) => void,
  manifest: string,
  choice: LossChoice,
  classes: readonly CountedName[],
  evidence?: string,
): Promise<void> {
  const { insertChoice } = await import("#engine/project/project.ts");
  const { file } = await projectFile(manifest);
  const text = await readToChange(file);
  const name = relative(dirname(file), resolve(manifest)).split(sep).join("/") || ".";
  const date = new Date().toISOString().slice(0, 10);
  const provenance = { manifest: name, classes, date, ...(evidence === undefined ? {} : { evidence }) };
  const { text: whole } = insertChoice(text, { manifest: name, choice, provenance });
  const shown = relative(process.cwd(), file) || file;
  if (whole === text) {
    say(`${shown}: loss.id is ${choice.loss} already`);
    return;
  }
  await writeOutput(file, whole);
  say(`${shown}: loss.id set to ${choice.loss}`);
}
