/** What is done beside one loss and one sampler from start to end: ids, titles, settings with ranges, papers. */
import { t } from "./l10n.ts";
import { choiceOf, type LossParameters, numberOf, type Parameter, papers } from "./parameters.ts";

/** Every recipe, plain training first. */
export const recipeIds = [
  "plain",
  "crt",
  "lws",
  "tau-norm",
  "ncm",
  "decoupled-balanced-softmax",
  "balms",
  "post-hoc",
] as const;
export type RecipeId = (typeof recipeIds)[number];

export interface RecipeInfo {
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly source: string;
}

const stageEpochs = numberOf(
  "stageEpochs",
  "epochs 2",
  0,
  t`Epochs of the second stage, out of those of the run; 0 takes a fifth of them.`,
);

const stageRate = (value: number): Parameter =>
  numberOf(
    "stageRate",
    "rate 2",
    value,
    t`Learning rate at the start of the second stage; it follows a cosine to 0.`,
    {
      minimum: 0,
      exclusiveMinimum: true,
    },
  );

export const recipes: Readonly<Record<RecipeId, RecipeInfo>> = {
  plain: {
    title: t`Plain`,
    description: t`The network and its head are trained together, from start to end.`,
    parameters: [],
    source: "baseline",
  },
  crt: {
    title: "cRT",
    description: t`Classifier re-training: when the network is trained, a new head is trained on its frozen features by cross-entropy with class-aware sampling.`,
    parameters: [stageEpochs, stageRate(0.3)],
    source: papers.decoupling,
  },
  lws: {
    title: t`LWS`,
    description: t`Learnable weight scaling: when the network is trained, one scale a class is learnt by cross-entropy with class-aware sampling.`,
    parameters: [
      stageEpochs,
      stageRate(0.2),
      choiceOf(
        "form",
        "form",
        ["code", "paper"],
        t`Whether the scale multiplies the bias too, as in the authors' code.`,
      ),
    ],
    source: papers.decoupling,
  },
  "tau-norm": {
    title: "τ-normalisation",
    description: t`The weights of each class are divided by their length to the power τ; the bias is dropped.`,
    parameters: [
      numberOf(
        "tau",
        "τ",
        -1,
        t`Power of the length; −1 chooses it on a fifth of each class, which training then does without.`,
        { minimum: -1, maximum: 2 },
      ),
      choiceOf(
        "range",
        "range",
        ["code", "paper"],
        t`Where τ is chosen from: 0 to 2 as in the authors' code, or 0 to 1.`,
      ),
    ],
    source: papers.decoupling,
  },
  ncm: {
    title: t`Nearest class mean`,
    description: t`The class whose mean feature is nearest is predicted; the head is dropped.`,
    parameters: [
      choiceOf(
        "measure",
        "measure",
        ["cosine", "distance"],
        t`What is near: the angle, or the Euclidean distance.`,
      ),
    ],
    source: papers.decoupling,
  },
  "decoupled-balanced-softmax": {
    title: t`Decoupled Balanced Softmax`,
    description: t`When the network is trained, a new head is trained on its frozen features by Balanced Softmax with instance-balanced sampling.`,
    parameters: [stageEpochs, stageRate(0.3)],
    source: papers.balancedSoftmax,
  },
  balms: {
    title: t`BALMS`,
    description: t`When the network is trained, a new head is trained on its frozen features by Balanced Softmax, and a Meta Sampler learns how often to draw each class.`,
    parameters: [
      stageEpochs,
      stageRate(0.3),
      choiceOf(
        "unit",
        "unit",
        ["auto", "instance", "class"],
        t`What is drawn by Gumbel noise: instances as in the paper, or classes, which costs less; auto takes instances up to 50,000.`,
      ),
      choiceOf(
        "metaSet",
        "meta set",
        ["training", "validation"],
        t`Where the balanced meta batches come from; validation holds out a fifth of each class.`,
      ),
      numberOf("metaRate", "meta rate", 0.01, t`Adam's learning rate for the rates of the classes.`, {
        minimum: 0,
      }),
      numberOf("power", "k", 0, t`Start of the rates: 0 instance-balanced, larger gives rare classes more.`, {
        minimum: 0,
        maximum: 1,
      }),
    ],
    source: papers.balancedSoftmax,
  },
  "post-hoc": {
    title: t`Post-hoc logit adjustment`,
    description: t`τ times the log of the class shares is taken off the logits of the trained network; nothing else changes.`,
    parameters: [numberOf("tau", "τ", 1, t`How much is taken off.`)],
    source: papers.logitAdjustment,
  },
};

/** The settings of a recipe, those left out with their defaults. */
export function recipeSettings(id: RecipeId, settings: LossParameters = {}): LossParameters {
  return {
    ...Object.fromEntries(recipes[id].parameters.map(({ name, default: value }) => [name, value])),
    ...settings,
  };
}
