/** Edits of a user's own training script, with the files that they need beside it. */
import { basename } from "node:path";
import { type ScriptEdit, type ScriptEditParams, scriptEditRequest } from "#protocol/language.ts";
import { pathOf } from "../files.ts";
import { scriptChange } from "../scriptChanges.ts";
import { mainView } from "../viewFacts.ts";
import type { Feature, House } from "./feature.ts";
import { orReason, type Refusal, unreadable } from "./requests.ts";

export const scriptEdits: Feature = {
  capabilities: {},
  register(connection, house) {
    connection.onRequest<ScriptEdit | null, void>(
      scriptEditRequest,
      house.answer<ScriptEditParams, ScriptEdit | null | Refusal>(null, (params) =>
        orReason(() => scriptEdit(params, house)),
      ),
    );
  },
};

async function scriptEdit(
  { manifest, script, text, act }: ScriptEditParams,
  house: House,
): Promise<ScriptEdit> {
  const known = await house.documents.known(manifest);
  const view = mainView(known?.analysis);
  if (!view) throw unreadable(manifest);
  const { edits, beside } = await scriptChange(pathOf(script) ?? script, text, act, view, house);
  const file = { name: basename(beside.path), content: beside.after };
  return { edits, file, ...(beside.kept !== undefined && { kept: basename(beside.kept) }) };
}
