/** Edits of a user's own training script, with the files that they need beside it. */
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import type { ScriptAnswer } from "#engine/targets/scripts.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { type ScriptEdit, type ScriptEditParams, scriptEditRequest } from "#protocol/language.ts";
import { countsOf, mainView } from "../viewFacts.ts";
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

async function scriptEdit({ manifest, text, act }: ScriptEditParams, house: House): Promise<ScriptEdit> {
  const known = await house.documents.known(manifest);
  const view = mainView(known?.analysis);
  if (!view) throw unreadable(manifest);
  const sources = await import("#engine/targets/sources.ts");
  await sources.loadGrammar("python");
  const classes = view.classes.map(({ name }) => name);
  const counts = countsOf(view);
  if (act.kind === "record") {
    const { edits } = orThrow(sources.insertRecorder(text));
    const content = sources.recorderForPyTorch({ classes, counts });
    return { edits, file: { name: `${sources.recorderModule}.py`, content } };
  }
  const choice = withFinalWeights(act.choice);
  const { edits } = orThrow(sources.insertCriterion(text, sources.lossClassName(choice), "equipoise_loss"));
  const content = sources.lossAsCode("pytorch", choice, classes, counts);
  return { edits, file: { name: "equipoise_loss.py", content } };
}

function orThrow(answer: ScriptAnswer): Extract<ScriptAnswer, { kind: "edit" }> {
  if (answer.kind === "edit") return answer;
  throw new EquipoiseError("data/none", answer.reason);
}
