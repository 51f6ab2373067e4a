/** Which loss a command is about. */

import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import type { LossChoice } from "#protocol/training.ts";
import { nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import { choiceOf } from "./choiceArgument.ts";

/** The first choice that an argument holds, else the recommended one for the manifest. */
export async function choiceFor(
  { language }: Services,
  manifest: vscode.Uri,
  ...parameters: readonly unknown[]
): Promise<LossChoice> {
  for (const parameter of parameters) {
    const given = choiceOf(parameter);
    if (given) return given;
  }
  const recommended = choiceOf((await language.analyse(manifest, { asked: true }))?.recommendation);
  if (recommended) return recommended;
  throw new EquipoiseError(
    "loss/unsuitable",
    vscode.l10n.t(
      "{0} has no labels to advise on. Choose a manifest, or a loss in the Loss Lab.",
      nameOf(manifest),
    ),
  );
}
