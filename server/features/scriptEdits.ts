/** Edits of a user's own training script, with the files that they need beside it. */
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import { lossAsCode, lossClassName } from "#engine/targets/code.ts";
import { recorderForPyTorch, recorderModule } from "#engine/targets/pytorch/recorder.ts";
import { insertCriterion, insertRecorder, type ScriptAnswer } from "#engine/targets/scripts.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
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
  await loadGrammar("python");
  const classes = view.classes.map(({ name }) => name);
  const counts = countsOf(view);
  if (act.kind === "record") {
    const { edits } = orThrow(insertRecorder(text));
    const content = recorderForPyTorch({ classes, counts });
    return { edits, file: { name: `${recorderModule}.py`, content } };
  }
  const choice = withFinalWeights(act.choice);
  const { edits } = orThrow(insertCriterion(text, lossClassName(choice), "equipoise_loss"));
  const content = lossAsCode("pytorch", choice, classes, counts);
  return { edits, file: { name: "equipoise_loss.py", content } };
}

function orThrow(answer: ScriptAnswer): Extract<ScriptAnswer, { kind: "edit" }> {
  if (answer.kind === "edit") return answer;
  throw new EquipoiseError("data/none", answer.reason);
}
