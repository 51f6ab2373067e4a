/** MMSegmentation 1.x configurations: the losses of the decode head and of the auxiliary heads. */
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { basePaths } from "./openmmlab/bases.ts";
import { plainCrossEntropy, weightedCrossEntropy } from "./openmmlab/expressions.ts";
import { insertWithLists } from "./openmmlab/inheritedLists.ts";
import {
  describeLoss,
  headCountProblem,
  insertInto,
  type LossExpression,
  notPixels,
  type Situation,
  type Toolkit,
  unavailable,
} from "./openmmlab/openmmlab.ts";
import { toolboxOf } from "./openmmlab/toolbox.ts";
import { elements, parsePython } from "./syntax/python.ts";
import { settingAt, settingsOf, wordAt } from "./syntax/pythonSettings.ts";
import type { PythonSetting } from "./syntax/pythonText.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";

const title = "MMSegmentation 1";
const softmax: readonly PythonSetting[] = [["use_sigmoid", "False"]];
const decodeHead = "model.decode_head";
/** Where bases may have lists of heads, or of losses. */
const lists: readonly string[] = [decodeHead, "model.auxiliary_head"].flatMap((head) => [
  head,
  `${head}.loss_decode`,
]);

const toolkit: Toolkit = {
  title,
  classAware: false,
  // Without `loss_name` a loss in a list may be left out of the backward pass.
  kept: ["loss_weight", "loss_name", "avg_non_ignore"],
  place(situation) {
    const { change } = situation;
    if (change.choice.sampler !== "instance-balanced") {
      return {
        reason: t`${title} draws whole images of many classes, and has no sampler of this kind. Insert the loss without the sampler.`,
      };
    }
    if (change.basis !== undefined && change.basis !== "pixels")
      return { reason: notPixels(title, change.basis) };
    const { heads, untouched } = headsOf(situation);
    for (const head of heads) {
      const reason = headCountProblem(situation, head);
      if (reason !== undefined) return { reason };
    }
    const loss = lossOf(change);
    if ("reason" in loss) return loss;
    const paths: string[] = [];
    for (const head of heads) {
      const path = lossPath(situation, head);
      if (path === undefined) {
        return {
          reason: t`${head}.loss_decode is a list without a CrossEntropyLoss, so none of its losses takes these weights. Add one first; nothing was changed.`,
        };
      }
      paths.push(path);
    }
    return { paths, loss: { ...loss, notes: [...loss.notes, ...untouched] } };
  },
};

export const mmsegmentation: Target = {
  id: "mmsegmentation",
  title,
  packages: ["mmsegmentation"],
  grammar: "python",
  accepts: {
    losses: ["cross-entropy", "weighted-cross-entropy", "class-balanced-softmax"],
    samplers: ["instance-balanced"],
    order: "label in the mask; background is an ordinary class where the data set has it; counts are pixels",
  },
  recognises: (fileName, text) => toolboxOf(fileName, text) === "mmseg",
  builtOn: basePaths,
  presentLoss(text) {
    const python = parsePython(text);
    const settings = settingsOf(python);
    const loss =
      settingAt(settings, `${decodeHead}.loss_decode`) ?? settingAt(settings, `${decodeHead}.0.loss_decode`);
    return loss && describeLoss(python, loss.value);
  },
  insert: (text, change) =>
    insertWithLists(text, lists, change, (whole) => insertInto(whole, change, toolkit)),
};

/**
 * Paths of the heads to change: the decode head, and auxiliary heads whose present loss is known. Without it their
 * coefficient is not known either, and it is rarely 1.
 */
function headsOf({ settings, change }: Situation): {
  readonly heads: readonly string[];
  readonly untouched: readonly string[];
} {
  const inherited = (change.inherited ?? []).map((text) => settingsOf(parsePython(text)));
  const every = (key: string): string[] => {
    const value = [settings, ...inherited]
      .map((each) => settingAt(each, `model.${key}`)?.value)
      .find(Boolean);
    const several = value && elements(value);
    return several ? several.map((_, index) => `model.${key}.${index}`) : [`model.${key}`];
  };
  const isKnown = (head: string): boolean =>
    [settings, ...inherited].some((each) => settingAt(each, `${head}.loss_decode`) !== undefined);
  const auxiliary = every("auxiliary_head").filter(isKnown);
  return {
    heads: [...every("decode_head"), ...auxiliary],
    untouched:
      auxiliary.length === 0 && settingAt(settings, "model.auxiliary_head")
        ? [t`The auxiliary head inherits its loss and keeps it, as its base could not be read.`]
        : [],
  };
}

/** The loss of a head that is cross-entropy, where it has a list of losses; undefined where the list has none. */
function lossPath({ python, settings }: Situation, head: string): string | undefined {
  const path = `${head}.loss_decode`;
  const several = elements(settingAt(settings, path)?.value ?? { kind: "", start: 0, end: 0, children: [] });
  if (!several) return path;
  const index = several.findIndex(
    (_, each) => wordAt(python, settings, `${path}.${each}.type`) === "CrossEntropyLoss",
  );
  return index < 0 ? undefined : `${path}.${index}`;
}

function lossOf(change: TargetChange): LossExpression | Reason {
  if (change.choice.loss === "cross-entropy") return plainCrossEntropy(softmax);
  return (
    weightedCrossEntropy(change, { title, divisor: "rows" }, softmax) ??
    unavailable(
      title,
      inSentence(losses[change.choice.loss].title),
      "cross-entropy and class-balanced softmax",
    )
  );
}
