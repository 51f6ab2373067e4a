/** What an experiment needs to be possible, checked before anything is read. */

import { basename, isAbsolute } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses, lossIds, type SamplerId, samplerIds } from "#protocol/losses.ts";
import { modelFits, modelIds } from "#protocol/project.ts";
import {
  augmentationIds,
  type ExperimentId,
  type ExperimentPlan,
  type LossChoice,
  optimizerIds,
  type RunId,
} from "#protocol/training.ts";
import { checkRate } from "./schedule.ts";

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

const ranges = {
  seeds: { least: 1, most: 100, whole: true },
  epochs: { least: 1, most: 100_000, whole: true },
  batchSize: { least: 1, most: 65_536, whole: true },
  learningRate: { least: 1e-9, most: 1000 },
  momentum: { least: 0, most: 0.999_999 },
  weightDecay: { least: 0, most: 10 },
} as const satisfies Readonly<Partial<Record<keyof ExperimentPlan, Range>>>;

/** Throws `settings/invalid` naming the setting, its value and what it takes. */
export function checkPlan(plan: ExperimentPlan): void {
  for (const [name, range] of Object.entries(ranges)) {
    const value = plan[name as keyof typeof ranges];
    const { least, most, whole }: Range = range;
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) continue;
    const kind = whole ? t`a whole number` : t`a number`;
    throw new EquipoiseError(
      "settings/invalid",
      t`${name} is ${value}. Give ${kind} from ${least} to ${most}.`,
    );
  }
  checkModel(plan);
  if (plan.losses.length === 0) {
    throw new EquipoiseError(
      "settings/invalid",
      t`The experiment names no loss. Name at least one, the baseline first.`,
    );
  }
  for (const choice of plan.losses) {
    const { loss, sampler, schedule } = choice;
    checkIds(loss, sampler);
    checkKind(plan, loss, sampler);
    if (schedule) checkIds(schedule.loss ?? loss, schedule.sampler ?? sampler);
    if (plan.isMultiLabel) checkSeveral(choice);
  }
  if (plan.rate) checkRate(plan.rate, plan.epochs);
  checkOptions(plan);
  for (const path of [plan.manifest, plan.folder, ...dataFiles(plan)]) {
    if (isAbsolute(path)) continue;
    throw new EquipoiseError(
      "settings/invalid",
      t`${basename(path)}: expected an absolute path, got ${path}.`,
    );
  }
}

function checkModel({ model, inputs }: ExperimentPlan): void {
  if (modelFits(model, inputs)) return;
  const fitting = modelIds.filter((id) => modelFits(id, inputs));
  throw new EquipoiseError(
    "settings/invalid",
    t`model is ${model}, and the inputs are ${inputs}. Take ${fitting.join(t` or `)}, or name other inputs.`,
  );
}

/** What needs one class a row cannot be had where rows are background, or where a row is an image of many pixels. */
function checkKind({ inputs, losses: choices }: ExperimentPlan, loss: LossId, sampler: SamplerId): void {
  if (inputs === "embeddings" || inputs === "images") return;
  const recipe = choices.find((choice) => (choice.recipe ?? "plain") !== "plain");
  if (recipe) {
    throw new EquipoiseError(
      "settings/invalid",
      t`The recipe ${recipe.recipe} takes one class a sample, and the inputs are ${inputs}. Leave the recipe out.`,
    );
  }
  const drawn = choices.find(({ schedule }) => schedule?.sampler)?.schedule?.sampler ?? sampler;
  if (inputs === "masks" && drawn !== "instance-balanced") {
    throw new EquipoiseError(
      "settings/invalid",
      t`${losses[loss].title}: the sampler ${drawn} draws by class, and an image with masks has many. Take instance-balanced.`,
    );
  }
}

/** What judges each class alone takes several labels a sample; what draws or decides by the one class of a sample does not. */
export function checkSeveral({ loss, sampler, schedule, recipe = "plain" }: LossChoice): void {
  const softmax = [loss, schedule?.loss ?? loss].find((id) => losses[id].family === "softmax");
  if (softmax) {
    throw new EquipoiseError(
      "loss/unsuitable",
      t`${losses[softmax].title}: a softmax takes one label a sample, and these have several or none. Take a sigmoid loss: ${severalLosses.map((id) => losses[id].title).join(", ")}.`,
    );
  }
  const drawn = [sampler, schedule?.sampler ?? sampler].find((id) => !severalSamplers.includes(id));
  if (drawn) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${losses[loss].title}: the sampler ${drawn} draws by the one class of a sample, and these have several or none. Take ${severalSamplers.join(t` or `)}.`,
    );
  }
  if (recipe !== "plain") {
    throw new EquipoiseError(
      "settings/invalid",
      t`The recipe ${recipe} takes one class a sample, and these have several or none. Leave the recipe out.`,
    );
  }
}

const severalLosses = lossIds.filter((id) => losses[id].family === "sigmoid");
const severalSamplers: readonly SamplerId[] = ["instance-balanced", "repeat-factor"];

function checkIds(loss: LossId, sampler: SamplerId): void {
  if (!Object.hasOwn(losses, loss))
    throw new EquipoiseError("settings/invalid", t`There is no loss ${loss}.`);
  if (!samplerIds.includes(sampler)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`There is no sampler ${sampler}. Take ${samplerIds.join(t` or `)}.`,
    );
  }
}

function checkOptions({ optimizer = "sgd", augmentation = [], inputs, splits, test }: ExperimentPlan): void {
  if (splits === "repeated" && (test || inputs === "crops" || inputs === "masks")) {
    throw new EquipoiseError(
      "settings/invalid",
      t`splits is repeated, and the test part is fixed: a test file is named, or the inputs are boxes or masks. Leave one of them out.`,
    );
  }
  if (!optimizerIds.includes(optimizer)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`There is no optimizer ${String(optimizer)}. Take ${optimizerIds.join(t` or `)}.`,
    );
  }
  const unknown = augmentation.find((id) => !augmentationIds.includes(id));
  if (unknown !== undefined) {
    throw new EquipoiseError(
      "settings/invalid",
      t`There is no augmentation ${String(unknown)}. Take ${augmentationIds.join(", ")}.`,
    );
  }
  if (augmentation.length > 0 && inputs !== "images" && inputs !== "crops") {
    throw new EquipoiseError(
      "settings/invalid",
      t`augmentation is ${augmentation.join(", ")}, which changes images alone, and the inputs are ${inputs}. Name images, or leave it out.`,
    );
  }
}

/** Returns the files that decide the outcome. */
export function dataFiles(plan: ExperimentPlan): string[] {
  return [plan.train, ...(plan.test ? [plan.test] : [])].flatMap(({ inputs, labels }) => [inputs, labels]);
}

/** One run of an experiment: which loss, which seed. */
export interface PlannedRun {
  readonly id: RunId;
  readonly choice: number;
  readonly seed: number;
}

/** Returns the runs in the order in which they are trained: seed by seed, so that every loss soon has its first. */
export function plannedRuns(id: ExperimentId, plan: ExperimentPlan): PlannedRun[] {
  return Array.from({ length: plan.seeds }, (_, s) =>
    plan.losses.map(({ loss }, choice) => ({
      id: `${id}-${choice + 1}-${loss}-seed${s + 1}`,
      choice,
      seed: s + 1,
    })),
  ).flat();
}

/** Returns whether two plans give the same curves. */
export function samePlan(a: ExperimentPlan, b: ExperimentPlan): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with keys in order: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
