/** Where sampler and loss correct twice: takes one of them away. */

import { removeSetting, setSetting } from "#engine/project/edit.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import type { Fix } from "./fix.ts";
import { settingAction } from "./setting.ts";

export const keepOneCorrection: Fix = {
  id: "keep-one-correction",
  codes: ["config/double-correction"],
  actions(question) {
    const loss = question.project?.project?.loss;
    if (!loss) return [];
    const weighted = losses[loss.id].parameters.some(({ name }) => name === "beta");
    const correction = weighted ? t`the class weights` : inSentence(losses[loss.id].title);
    return [
      ...settingAction(question, t`Remove the sampler, keep ${correction}`, (text) =>
        removeSetting(text, ["sampler"]),
      ),
      ...settingAction(question, t`Remove ${correction}, keep the sampler`, (text) => plainLoss(text, loss)),
    ];
  },
};

/** The text with the plain loss of the same family, and without the parameters of the old one. */
function plainLoss(text: string, loss: { readonly id: LossId }): ReturnType<typeof setSetting> {
  const plain = losses[loss.id].family === "softmax" ? "cross-entropy" : "binary-cross-entropy";
  let change = setSetting(text, ["loss", "id"], plain);
  for (const { name } of losses[loss.id].parameters) change = removeSetting(change.text, ["loss", name]);
  return { text: change.text, edits: [{ start: 0, end: text.length, newText: change.text }] };
}
