/**
 * The one description of `equipoise.yaml`: validation, completion, hover texts and the JSON schema come from it.
 * `protocol/project.ts` is its type.
 */

import { findingCodes } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses, lossIds, type Parameter, samplerIds, samplers } from "#protocol/losses.ts";
import { modelIds, models, scheduleIds } from "#protocol/project.ts";
import { recipeIds, recipes } from "#protocol/recipes.ts";
import { optimizerIds } from "#protocol/training.ts";

interface Described {
  readonly description: string;
}
export interface NumberField extends Described {
  readonly kind: "number";
  readonly integer?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly default?: number;
}
export interface ChoiceField extends Described {
  readonly kind: "choice";
  readonly choices: readonly string[];
  /** One line for each choice, where there is more to say than its name. */
  readonly details?: Readonly<Record<string, string>>;
  readonly default?: string;
}
export interface FlagField extends Described {
  readonly kind: "flag";
  readonly default?: boolean;
}
/** A path relative to the project file. */
export interface PathField extends Described {
  readonly kind: "path";
}
export interface ObjectField extends Described {
  readonly kind: "object";
  readonly fields: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}
/** Any key with a value of one kind: shares by class, rules by file. */
export interface MappingField extends Described {
  readonly kind: "mapping";
  readonly keys: "classes" | "files";
  readonly value: Field;
}
/** One of several words, or a mapping. */
export interface ChoiceOrObjectField extends Described {
  readonly kind: "choice-or-object";
  readonly choice: ChoiceField;
  readonly object: ObjectField;
}
/** A mapping whose other keys depend on its `id`. */
export interface LossField extends Described {
  readonly kind: "loss";
}
export type Field =
  | NumberField
  | ChoiceField
  | FlagField
  | PathField
  | ObjectField
  | MappingField
  | ChoiceOrObjectField
  | LossField;

const dataFiles = (part: string): ObjectField => ({
  kind: "object",
  description: t`Files of the ${part} data.`,
  fields: {
    inputs: {
      kind: "path",
      description: t`Embeddings (.npy or numeric .csv), or a folder or .zip that holds the listed images.`,
    },
    labels: {
      kind: "path",
      description: t`A manifest in any format that Equipoise reads, .npy labels, or a folder with masks (indexed PNG).`,
    },
  },
});

const severities: ChoiceField = {
  kind: "choice",
  description: t`How serious the finding is here, or off.`,
  choices: ["error", "warning", "information", "hint", "off"],
};

const rules = (description: string): ObjectField => ({
  kind: "object",
  description,
  fields: Object.fromEntries(findingCodes.map((code) => [code, severities])),
});

/** The whole file. */
export const projectField: ObjectField = {
  kind: "object",
  description: t`Settings of Equipoise for one dataset. Paths are relative to this file.`,
  fields: {
    manifest: { kind: "path", description: t`The manifest that advice and weights are made from.` },
    train: dataFiles("training"),
    test: dataFiles("held-out"),
    basis: {
      kind: "choice",
      description: t`What one unit of a count is.`,
      choices: ["images", "instances", "pixels"],
    },
    objective: {
      kind: "choice-or-object",
      description: t`The test distribution that training is for. Losses for rare classes cost accuracy under natural.`,
      choice: {
        kind: "choice",
        description: t`The test distribution that training is for.`,
        choices: ["balanced", "natural"],
        details: {
          balanced: t`Every class matters the same: balanced accuracy decides.`,
          natural: t`The test data are as imbalanced as the training data: accuracy decides.`,
        },
        default: "balanced",
      },
      object: {
        kind: "object",
        description: t`A stated test distribution.`,
        required: ["prior"],
        fields: {
          prior: {
            kind: "mapping",
            keys: "classes",
            description: t`Share of each class at test time; scaled to sum to 1. A class left out has share 0.`,
            value: { kind: "number", description: t`Share of this class.`, minimum: 0 },
          },
        },
      },
    },
    loss: { kind: "loss", description: t`The loss to train with, and its parameters.` },
    sampler: {
      kind: "choice",
      description: t`How training samples are drawn. One correction is enough: class-balanced goes with a plain loss.`,
      choices: samplerIds,
      details: Object.fromEntries(samplerIds.map((id) => [id, samplers[id].description])),
      default: "instance-balanced",
    },
    schedule: {
      kind: "choice",
      description: t`What changes in the last fifth of the epochs: Cao et al. 2019. Absent: nothing.`,
      choices: scheduleIds,
      details: {
        drw: t`Deferred re-weighting: class weights of effective numbers.`,
        drs: t`Deferred re-sampling: class-balanced sampling.`,
      },
    },
    recipe: {
      kind: "choice",
      description: t`What becomes of the network after its own training.`,
      choices: recipeIds,
      details: Object.fromEntries(recipeIds.map((id) => [id, recipes[id].description])),
      default: "plain",
    },
    training: {
      kind: "object",
      description: t`The experiment that compares losses on your data.`,
      fields: {
        model: {
          kind: "choice",
          description: t`What is trained on the inputs.`,
          choices: modelIds,
          details: Object.fromEntries(modelIds.map((id) => [id, models[id].description])),
          default: "linear",
        },
        epochs: { kind: "number", integer: true, minimum: 1, description: t`Passes over the training data.` },
        batchSize: { kind: "number", integer: true, minimum: 1, description: t`Samples in a step.` },
        learningRate: {
          kind: "number",
          minimum: 0,
          exclusiveMinimum: true,
          description: t`Learning rate at the start; it follows a cosine to 0.`,
        },
        weightDecay: {
          kind: "number",
          minimum: 0,
          description: t`L2 penalty on the weights; biases have none.`,
        },
        momentum: {
          kind: "number",
          minimum: 0,
          maximum: 1,
          exclusiveMaximum: true,
          description: t`Nesterov momentum.`,
        },
        warmup: {
          kind: "number",
          integer: true,
          minimum: 0,
          description: t`Epochs in which the learning rate rises from 0; the cosine begins after them.`,
        },
        optimizer: {
          kind: "choice",
          description: t`How weights follow their gradients.`,
          choices: optimizerIds,
          details: {
            sgd: t`Stochastic gradient descent with Nesterov momentum.`,
            adam: t`Adam; learning rates about 0.001.`,
          },
          default: "sgd",
        },
        seeds: {
          kind: "number",
          integer: true,
          minimum: 1,
          description: t`Runs of each loss. Intervals and a verdict need at least 3.`,
        },
      },
    },
    rules: rules(t`Severity of findings, or off.`),
    files: {
      kind: "mapping",
      keys: "files",
      description: t`Rules for single files, by path relative to this one; * stands for part of a name, ** for folders.`,
      value: rules(t`Severity of findings in these files, or off. Stands above rules.`),
    },
  },
};

/** The field of a loss parameter. */
function parameterField(parameter: Parameter): NumberField | ChoiceField | FlagField {
  const { description } = parameter;
  if (parameter.kind === "choice") {
    return {
      kind: "choice",
      description,
      choices: parameter.choices ?? [],
      default: String(parameter.default),
    };
  }
  if (parameter.kind === "flag") return { kind: "flag", description, default: parameter.default === true };
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parameter;
  return {
    kind: "number",
    description,
    default: Number(parameter.default),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(exclusiveMinimum === undefined ? {} : { exclusiveMinimum }),
    ...(exclusiveMaximum === undefined ? {} : { exclusiveMaximum }),
  };
}

/** The field of a loss id. */
export const lossIdField: ChoiceField = {
  kind: "choice",
  description: t`Which loss.`,
  choices: lossIds,
  details: Object.fromEntries(lossIds.map((id) => [id, `${losses[id].title}. ${losses[id].effect}`])),
};

/** The fields of a loss: its id, then its parameters. */
export function lossFields(id: LossId): ObjectField {
  const parameters = losses[id].parameters.map((each) => [each.name, parameterField(each)] as const);
  return {
    kind: "object",
    description: `${losses[id].title}. ${losses[id].effect} ${losses[id].source}`,
    required: ["id"],
    fields: { id: lossIdField, ...Object.fromEntries(parameters) },
  };
}

/** Whether a word is a loss id. */
export function isLossId(word: string): word is LossId {
  return Object.hasOwn(losses, word);
}

/**
 * The field that a path of keys leads to, such as `["loss", "beta"]`, or undefined where there is none. Below `loss`
 * it is that of the given loss.
 */
export function fieldAt(path: readonly string[], loss: LossId | undefined): Field | undefined {
  let field: Field | undefined = projectField;
  for (const key of path) {
    const fields: Readonly<Record<string, Field>> = fieldsOf(field, loss);
    if (field.kind === "mapping") field = field.value;
    else field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!field) return undefined;
  }
  return field;
}

/** The keys that a field offers, each with its field; none where it is no mapping. */
export function fieldsOf(field: Field, loss: LossId | undefined): Readonly<Record<string, Field>> {
  if (field.kind === "object") return field.fields;
  if (field.kind === "choice-or-object") return field.object.fields;
  if (field.kind === "loss") return loss ? lossFields(loss).fields : { id: lossIdField };
  return {};
}
