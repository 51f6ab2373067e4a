/** What losses, settings and metrics are called, on every surface. */

import { t } from "./l10n.ts";
import type { LossId } from "./losses.ts";
import { type LossParameters, losses, type SamplerId, samplers } from "./losses.ts";
import { recipes } from "./recipes.ts";
import type { SweepConfiguration, SweepGroupBest, SweepGroups, SweepTraining } from "./sweep.ts";
import type { DeferredSchedule, LossChoice, Metric } from "./training.ts";

/**
 * Full names; losses that occur twice are told apart by the parameters in which they differ, by samplers, and by what
 * is done late or after training.
 */
export function lossTitles(choices: readonly LossChoice[]): readonly string[] {
  const differing = differingParameters(choices);
  return choices.map((choice) =>
    [
      losses[choice.loss].title,
      differences(choice, differing.get(choice.loss) ?? []),
      samplerText(choice.sampler),
      choice.schedule ? deferredText(choice.schedule) : "",
      recipeText(choice),
    ]
      .filter(Boolean)
      .join(", "),
  );
}

/** For each loss the names of the parameters that have several values. */
function differingParameters(choices: readonly LossChoice[]): ReadonlyMap<LossId, readonly string[]> {
  const byLoss = new Map<LossId, LossChoice[]>();
  for (const choice of choices) {
    const twins = byLoss.get(choice.loss);
    if (twins) twins.push(choice);
    else byLoss.set(choice.loss, [choice]);
  }
  return new Map(
    [...byLoss].map(([loss, twins]) => [
      loss,
      losses[loss].parameters
        .map(({ name }) => name)
        .filter((name) => new Set(twins.map(({ parameters }) => parameters[name])).size > 1),
    ]),
  );
}

/** As `lossTitles`, with the settings of training that are a configuration's own. */
export function configurationTitles(configurations: readonly SweepConfiguration[]): readonly string[] {
  const titles = lossTitles(configurations.map(({ choice }) => choice));
  return configurations.map(({ training = {} }, index) =>
    [
      titles[index],
      ...Object.entries(training).map(
        ([name, value]) => `${trainingWords[name as keyof SweepTraining]} ${value}`,
      ),
    ].join(", "),
  );
}

/** Groups of classes, from frequent to rare. */
export const groupTitles: Readonly<Record<keyof SweepGroups, string>> = {
  head: t`Head`,
  middle: t`Middle`,
  tail: t`Tail`,
  many: t`Many`,
  medium: t`Medium`,
  few: t`Few`,
};

/** Why no configuration is named as the best of a group of classes. */
const noBestTexts: Readonly<Record<NonNullable<SweepGroupBest["none"]>, string>> = {
  "nothing-found": t`none: nothing is found`,
  "within-noise": t`none: within the noise of the baseline`,
  baseline: t`none: the baseline is not beaten`,
  "too-few-seeds": t`none: too few seeds`,
};

const trainingWords: Readonly<Record<keyof SweepTraining, string>> = {
  model: "model",
  epochs: "epochs",
  batchSize: t`batch size`,
  learningRate: t`learning rate`,
  momentum: "momentum",
  weightDecay: t`weight decay`,
};

/** Such as "β 0.9999 late" or "class-balanced sampling from epoch 160"; the first phase is told beside it. */
function deferredText({ epoch, loss, parameters = {}, sampler }: DeferredSchedule): string {
  const set = Object.entries(parameters).map(([name, value]) => {
    const info = loss ? undefined : parameterSymbols.get(name);
    return `${info ?? name} ${value}`;
  });
  const changed = [
    ...(loss ? [inSentence(losses[loss].title)] : set),
    ...(sampler ? [t`${inSentence(samplers[sampler].title)} sampling`] : []),
  ];
  return `${changed.join(t` and `)} ${epoch === undefined ? t`late` : `from epoch ${epoch}`}`;
}

const parameterSymbols: ReadonlyMap<string, string> = new Map(
  Object.values(losses).flatMap(({ parameters }) => parameters.map(({ name, symbol }) => [name, symbol])),
);

/** Such as "LWS, form paper" or "nearest class mean"; "" for plain training. */
export function recipeText({ recipe = "plain", settings = {} }: LossChoice): string {
  if (recipe === "plain") return "";
  const { title, parameters } = recipes[recipe];
  const changed = parameters
    .filter(({ name, default: usual }) => (settings[name] ?? usual) !== usual)
    .map(({ name, symbol }) => `${symbol} ${settings[name]}`);
  return [inSentence(title), ...changed].join(", ");
}

function differences(choice: LossChoice, differing: readonly string[]): string {
  return losses[choice.loss].parameters
    .filter(({ name }) => differing.includes(name))
    .map(({ name, symbol, default: usual }) => `${symbol} ${choice.parameters[name] ?? usual}`)
    .join(", ");
}

/** Numeric parameters with their symbols, such as "β 0.9999, γ 1"; "" where there is none. */
export function parameterText(loss: LossId, parameters: LossParameters): string {
  return losses[loss].parameters
    .filter(({ kind, advanced }) => kind === "number" && !advanced)
    .map(({ name, symbol, default: usual }) => `${symbol} ${parameters[name] ?? usual}`)
    .join(", ");
}

/** Such as "class-balanced sampling"; "" for the plain sampler. */
export function samplerText(sampler: SamplerId): string {
  return sampler === "instance-balanced" ? "" : t`${inSentence(samplers[sampler].title)} sampling`;
}

/** A title inside a sentence: `Balanced softmax` as `balanced softmax`, acronyms left as they are. */
export function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** What the mean over classes is called: balanced accuracy, or mean average precision where samples have several labels. */
export function classMeanTitles({ isMultiLabel = false }: { readonly isMultiLabel?: boolean }): MetricTitles {
  return metricTitles[isMultiLabel ? "mean-average-precision" : "balanced-accuracy"];
}

/** How well a class is found: recall, or average precision where samples have several labels. */
export function classFigureTitles({
  isMultiLabel = false,
}: {
  readonly isMultiLabel?: boolean;
}): Pick<MetricTitles, "name" | "title"> {
  return isMultiLabel
    ? { name: t`average precision`, title: t`Average precision` }
    : { name: t`recall`, title: t`Recall` };
}

export interface MetricTitles {
  /** Inside a sentence, such as "balanced accuracy". */
  readonly name: string;
  /** At the head of a column. */
  readonly title: string;
  /** The same where there is little room. */
  readonly short: string;
}

export const metricTitles: Readonly<Record<Metric, MetricTitles>> = {
  "balanced-accuracy": { name: t`balanced accuracy`, title: t`Balanced accuracy`, short: t`Bal. acc.` },
  accuracy: { name: t`accuracy`, title: t`Accuracy`, short: t`Accuracy` },
  "mean-average-precision": {
    name: t`mean average precision`,
    title: t`Mean average precision`,
    short: t`mAP`,
  },
  "label-average-precision": {
    name: t`average precision by label`,
    title: t`Average precision by label`,
    short: t`AP by label`,
  },
  "prior-average-precision": {
    name: t`average precision by the prior`,
    title: t`Average precision by the prior`,
    short: t`AP by prior`,
  },
  "prior-recall": { name: t`recall by the prior`, title: t`Recall by the prior`, short: t`Recall` },
};

/** Returns what is best for a group of classes, in words; `titles` are those of the configurations. */
export function bestText({ configuration, none }: SweepGroupBest, titles: readonly string[]): string {
  return configuration === undefined ? noBestTexts[none ?? "within-noise"] : (titles[configuration] ?? "");
}
