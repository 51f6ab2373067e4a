/** What a training script and the module beside it become when a loss or a recorder is put into it. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import type { View } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { ScriptEdit, ScriptEditParams } from "#protocol/language.ts";
import type { House } from "./features/feature.ts";
import { folderOf } from "./files.ts";
import { relativePath } from "./fixes/projectEdits.ts";
import { countsOf } from "./viewFacts.ts";

/** A file beside a script, as it is and as it shall be. */
export interface Beside {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
  /** A file of that name that somebody has changed, which was left alone. */
  readonly kept?: string;
}

export interface ScriptChange {
  readonly edits: ScriptEdit["edits"];
  /** The script as it shall be. */
  readonly text: string;
  readonly beside: Beside;
}

/** Throws `data/none` where the script cannot be changed, with the reason and the next step. */
export async function scriptChange(
  path: string,
  text: string,
  act: ScriptEditParams["act"],
  view: View,
  house: House,
): Promise<ScriptChange> {
  const sources = await import("#engine/targets/sources.ts");
  const script = await sources.trainingScript(path, text);
  // Without a place for a loss the edit says what it looked for.
  const language = script?.language ?? (path.endsWith(".py") ? "pytorch" : "tensorflowjs");
  const classes = view.classes.map(({ name }) => name);
  const counts = countsOf(view);
  const ending = sources.codeEndings[language];
  const written = async (family: string, code: string): Promise<Beside & { readonly module: string }> => {
    const after = sources.marked(code, ending === ".py" ? "#" : "//");
    return placeFor(join(dirname(path), family), ending, after, sources.isUntouched, house);
  };
  if (act.kind === "record") {
    const code = sources.recorderFor(language, { classes, counts }, runsPlace(path, house));
    const beside = await written(sources.recorderModule, code ?? "");
    return { ...orThrow(await sources.insertRecorder(path, text, beside.module)), beside };
  }
  const choice = withFinalWeights(act.choice);
  const beside = await written("equipoise_loss", sources.lossAsCode(language, choice, classes, counts));
  const named = { ...sources.lossNameIn(language, choice), module: beside.module };
  return { ...orThrow(await sources.insertLoss(path, text, named)), beside };
}

/** Where the panel looks for runs: the workspace folder, as seen from the script; beside it where it lies outside. */
function runsPlace(script: string, house: House): string {
  const folder = folderOf(script, house.folders());
  const path = folder === undefined ? "" : relativePath(dirname(script), folder);
  return path === "" ? "." : path;
}

/** The first name that is free or holds what we wrote and nobody has changed since: nothing of a person's is lost. */
async function placeFor(
  stem: string,
  ending: string,
  after: string,
  isUntouched: (text: string) => boolean,
  house: House,
): Promise<Beside & { readonly module: string }> {
  let kept: string | undefined;
  for (let n = 1; n < 100; n++) {
    const path = `${n === 1 ? stem : `${stem}_${n}`}${ending}`;
    const before = await textOf(path, house);
    if (before === undefined || before === after || isUntouched(before)) {
      const module = basename(path, ending);
      return { path, before, after, module, ...(kept !== undefined && { kept }) };
    }
    kept ??= path;
  }
  throw new EquipoiseError(
    "data/none",
    t`${basename(stem)}${ending} and 98 numbered files beside it were changed by hand. Delete those that are not needed.`,
  );
}

async function textOf(path: string, house: House): Promise<string | undefined> {
  const open = house.open.get(house.uriOf(path))?.getText();
  if (open !== undefined) return open;
  return readFile(path, "utf8").catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === "ENOENT") return undefined;
    throw problem;
  });
}

type Answer =
  | { readonly kind: "edit"; readonly edits: ScriptEdit["edits"]; readonly text: string }
  | { readonly kind: "refusal"; readonly reason: string };

function orThrow(answer: Answer): { readonly edits: ScriptEdit["edits"]; readonly text: string } {
  if (answer.kind === "edit") return { edits: answer.edits, text: answer.text };
  throw new EquipoiseError("data/none", answer.reason);
}
