/** The one way to insert a loss into a configuration on disk: with what it inherits, and with what cannot be written said. */

import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import { t } from "#protocol/l10n.ts";
import type { LossChoice } from "#protocol/training.ts";
import { textsBuiltOn } from "./builtOn.ts";
import { installedFor, type Places } from "./installed.ts";
import type { AddedFile, Target, TargetAnswer, TargetChange } from "./target.ts";

/** A configuration with its text as it is now. */
export interface Configuration {
  readonly path: string;
  readonly text: string;
  readonly target: Target;
}

/** A file to write beside the configuration, and what is there now. */
export interface FileBeside {
  readonly path: string;
  readonly text: string;
  readonly before: string | undefined;
}

/** The edit of a configuration for a choice of loss, or why there is none. */
export async function insertInto(
  { path, text, target }: Configuration,
  change: Omit<TargetChange, "inherited" | "installed">,
  places: Places = {},
): Promise<TargetAnswer> {
  const choice = target.id === "equipoise" ? change.choice : withFinalWeights(change.choice);
  const inherited = await textsBuiltOn(target, path, text);
  const installed = target.packages && (await installedFor(target.packages, path, places));
  const answer = target.insert(text, {
    ...change,
    choice,
    ...(inherited.length > 0 && { inherited }),
    ...(installed && { installed }),
  });
  if (answer.kind === "refusal" || target.id === "equipoise") return answer;
  return { ...answer, notes: [...answer.notes, ...unwritten(change.choice, target)] };
}

function unwritten({ schedule, recipe = "plain" }: LossChoice, { title }: Target): string[] {
  return [
    ...(schedule
      ? [
          t`The schedule is not written: ${title} uses the loss from the first epoch on unless you switch it later.`,
        ]
      : []),
    ...(recipe === "plain" ? [] : [t`The recipe ${recipe} is not written: set it up in ${title} yourself.`]),
  ];
}

/** The files that an answer brings along, at their places. */
export async function filesBeside(config: string, files: readonly AddedFile[] = []): Promise<FileBeside[]> {
  const found = files.map(async ({ path, marker, text }): Promise<FileBeside> => {
    const place = resolve(await folderWith(config, marker), path);
    return { path: place, text, before: await readFile(place, "utf8").catch(() => undefined) };
  });
  return Promise.all(found);
}

/** The nearest folder above a file that holds a name; the file's own folder where none does. */
async function folderWith(file: string, name: string): Promise<string> {
  const own = dirname(resolve(file));
  for (let folder = own; ; folder = dirname(folder)) {
    if (
      await stat(join(folder, name)).then(
        () => true,
        () => false,
      )
    )
      return folder;
    if (dirname(folder) === folder) return own;
  }
}
