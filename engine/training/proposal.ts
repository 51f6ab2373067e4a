/** An experiment that suits a manifest, ready to start with one click. */

import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { countClasses, countLabels } from "#engine/data/dataset.ts";
import { type Labelled, readLabels } from "#engine/data/labels.ts";
import { readParts, suitableSplits } from "#engine/data/parts.ts";
import { isMultiLabel, readSplit, type Split } from "#engine/data/split.ts";
import { parseProject } from "#engine/project/parse.ts";
import { fixed } from "#engine/statistics/format.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { type DataFiles, modelFits, models, type Project } from "#protocol/project.ts";
import type { DataSource, ExperimentPlan, InputKind, Proposal } from "#protocol/training.ts";
import { type FoundInputs, findInputs, isImage, recogniseInputs } from "./findInputs.ts";
import { type FoundParts, findParts } from "./findParts.ts";
import { type FoundTest, findTest } from "./findTest.ts";
import { proposeLosses, proposeSigmoidLosses } from "./proposeLosses.ts";
import { stepsPerEpoch } from "./run.ts";

export interface ProposalRequest {
  /** Absolute path. */
  readonly manifest: string;
  /** Absolute path of the workspace folder; holds `equipoise.yaml` and `.equipoise`. */
  readonly folder: string;
}

/**
 * Returns a plan for a manifest: data as `equipoise.yaml` names them or as they lie beside it, three or four losses
 * with cross-entropy first, and settings that suit the amount of data. Throws `data/none` naming what was looked
 * for, and what reading the files throws.
 */
export async function proposeExperiment({ manifest, folder }: ProposalRequest): Promise<Proposal> {
  const folders = foldersBetween(dirname(manifest), folder);
  const project = await projectFor(manifest, folders);
  const labels = project.train?.labels ?? manifest;
  const found = await findParts(labels, project.train?.inputs, folders);
  if (found) return proposeParts({ manifest, folder }, found, project);
  const samples = await readLabels(labels);
  const inputs = await trainInputs(labels, samples, project, folders);
  const train: DataSource = { inputs: inputs.inputs, labels };
  const tested = project.test ? undefined : await findTest(labels, samples, inputs, folders);
  const test = project.test ?? tested?.source;
  const whole = await readSplit(train, test);
  const splits = suitableSplits(whole);
  const parts = { inputs: inputs.kind, train, ...(test ? { test } : {}) };
  const split = splits === "repeated" ? await readParts({ ...parts, splits }) : whole;
  const counts = countClasses(split.train, split.classes.length);
  const areSeveral = isMultiLabel(split);
  const samplesOf = split.train.positions.length;
  const settings = proposeSettings(inputs.kind, samplesOf, project.settings.training);
  const objective = project.settings.objective ?? "balanced";
  const plan: ExperimentPlan = {
    manifest,
    folder,
    ...parts,
    ...(splits === "repeated" ? { splits } : {}),
    ...settings,
    losses: areSeveral
      ? proposeSigmoidLosses(split.classes, counts, samplesOf, objective, project.settings)
      : proposeLosses(split.classes, counts, objective, project.settings),
    ...(areSeveral ? { isMultiLabel: true } : {}),
    objective,
    backend: "auto",
  };
  return {
    ...proposalOf(plan, split),
    inputs: inputs.description,
    test: test
      ? describeTest(split)
      : splits === "repeated"
        ? t`a fifth of each class, another with each seed`
        : t`a fifth of each class`,
    notes: [
      ...orderNote(inputs),
      ...testNote(tested),
      ...(areSeveral ? severalNotes(split, project.settings) : []),
      ...split.notes,
    ],
  };
}

function proposalOf(
  plan: ExperimentPlan,
  { train, test }: Split,
): Pick<Proposal, "plan" | "trainSamples" | "testSamples" | "stepsPerRun"> {
  const trainSamples = train.positions.length;
  const stepsPerRun = stepsPerEpoch(plan, trainSamples) * plan.epochs;
  return { plan, trainSamples, testSamples: test.positions.length, stepsPerRun };
}

/** A plan for crops of boxes, or for masks. */
async function proposeParts(
  { manifest, folder }: ProposalRequest,
  { kind, train, test: found, description }: FoundParts,
  { settings, test: named }: ProjectData,
): Promise<Proposal> {
  const test = named ?? found;
  const split = await readParts({ inputs: kind, train, ...(test ? { test } : {}) });
  const counts = countLabels(split.train.labels, split.classes.length);
  const objective = settings.objective ?? "balanced";
  const plan: ExperimentPlan = {
    manifest,
    folder,
    train,
    ...(test ? { test } : {}),
    inputs: kind,
    ...proposeSettings(kind, split.train.positions.length, settings.training),
    losses: proposeLosses(split.classes, counts, objective, settings, kind),
    objective,
    backend: "auto",
  };
  return {
    ...proposalOf(plan, split),
    inputs: description,
    test: test
      ? `${basename(test.labels)}, ${split.test.positions.length.toLocaleString("en")} ${kind === "crops" ? "crops" : "images"}`
      : t`a fifth of the images`,
    notes: split.notes,
  };
}

/** Returns the folder of the manifest and those around it, up to the one that was opened. */
function foldersBetween(inner: string, outer: string): string[] {
  const way = relative(outer, inner);
  if (way === "" || way.startsWith("..") || isAbsolute(way)) return [...new Set([inner, outer])];
  const inside = way.split(sep).map((_, up) => resolve(inner, ...new Array<string>(up).fill("..")));
  return [...inside, outer];
}

/** What `equipoise.yaml` says, with absolute paths. */
interface ProjectData {
  readonly settings: Project;
  readonly train?: { readonly inputs?: string; readonly labels?: string };
  readonly test?: DataSource;
}

/** The settings count only where they are about this manifest, or about none in particular. */
async function projectFor(manifest: string, folders: readonly string[]): Promise<ProjectData> {
  for (const place of folders) {
    const text = await readFile(join(place, "equipoise.yaml"), "utf8").catch(() => undefined);
    const settings = text === undefined ? undefined : parseProject(text).project;
    if (!settings) continue;
    const about = [settings.manifest, settings.train?.labels].filter((path) => path !== undefined);
    if (about.length > 0 && !about.some((path) => resolve(place, path) === manifest)) continue;
    return locate(settings, place, manifest);
  }
  return { settings: {} };
}

function locate(settings: Project, place: string, manifest: string): ProjectData {
  const at = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(place, path);
  const part = ({ inputs, labels }: DataFiles): { inputs?: string; labels?: string } => ({
    ...(inputs === undefined ? {} : { inputs: at(inputs) as string }),
    ...(labels === undefined ? {} : { labels: at(labels) as string }),
  });
  const train = part(settings.train ?? {});
  const test = part(settings.test ?? {});
  const testLabels = test.labels ?? test.inputs;
  return {
    settings,
    train: train.labels === undefined ? { ...train, labels: manifest } : train,
    // A table of numbers with a label column is both.
    ...(testLabels === undefined ? {} : { test: { labels: testLabels, inputs: test.inputs ?? testLabels } }),
  };
}

async function trainInputs(
  labels: string,
  samples: Labelled,
  project: ProjectData,
  folders: readonly string[],
): Promise<FoundInputs> {
  const named = project.train?.inputs;
  if (named !== undefined) {
    const found = await recogniseInputs(named, samples);
    if (found) return found;
    throw new EquipoiseError(
      "data/mismatch",
      t`equipoise.yaml, train.inputs: ${basename(named)} does not hold the ${samples.labels.length.toLocaleString("en")} samples of ${basename(labels)}. Name embeddings with a row for each, or the folder or .zip with its images.`,
    );
  }
  const found = await findInputs(labels, samples, folders);
  if (found) return found;
  throw new EquipoiseError(
    "data/none",
    t`No inputs for ${basename(labels)} in ${folders.join(t` or `)}: looked for number columns in it, for .npy or .csv ` +
      t`embeddings with ${samples.labels.length.toLocaleString("en")} rows, and for ` +
      (samples.paths ? t`images such as ${samples.paths[0]}, also in .zip files. ` : t`image paths in it. `) +
      t`Name them in equipoise.yaml under train: inputs.`,
  );
}

type Settings = Pick<
  ExperimentPlan,
  | "model"
  | "seeds"
  | "epochs"
  | "batchSize"
  | "learningRate"
  | "rate"
  | "momentum"
  | "weightDecay"
  | "optimizer"
>;

/** What suits each kind of input. About 3,000 steps settle a linear head; a dense net takes a hundred times as long a step. */
const usual = {
  embeddings: { model: "linear", batchSize: 128, steps: 3000 },
  images: { model: "linear", batchSize: 128, steps: 3000 },
  crops: { model: "mlp", batchSize: 128, steps: 3000 },
  masks: { model: "segmenter", batchSize: 16, steps: 300 },
} as const satisfies Record<InputKind, unknown>;
/** More passes over few samples, fewer over many. */
const epochChoices = [200, 100, 60, 30, 20, 10];

function proposeSettings(kind: InputKind, samples: number, set: Project["training"] = {}): Settings {
  const batchSize = set.batchSize ?? usual[kind].batchSize;
  const perEpoch = stepsPerEpoch({ batchSize }, samples);
  const epochs = epochChoices.find((choice) => choice * perEpoch <= usual[kind].steps) ?? 10;
  const named = set.model;
  const model = named !== undefined && modelFits(named, kind) ? named : usual[kind].model;
  const small = samples <= 20_000 && kind === "embeddings" && model === "linear";
  return {
    model,
    seeds: set.seeds ?? (small ? 5 : 3),
    epochs: set.epochs ?? epochs,
    batchSize,
    learningRate: set.learningRate ?? models[model].learningRate,
    ...(set.warmup ? { rate: { kind: "cosine", warmup: set.warmup } } : {}),
    momentum: set.momentum ?? 0.9,
    weightDecay: set.weightDecay ?? 5e-4,
    ...(set.optimizer ? { optimizer: set.optimizer } : {}),
  };
}

function describeTest({ test }: Split): string {
  const unit = test.samples.paths?.some(isImage) ? "images" : "samples";
  return `${basename(test.source.labels)}, ${test.labels.length.toLocaleString("en")} ${unit}`;
}

function testNote(found: FoundTest | undefined): string[] {
  if (!found || found.source) return [];
  return [
    t`${basename(found.labels)} is not used: no inputs were found for it. Name them in equipoise.yaml under test: inputs.`,
  ];
}

function severalNotes({ train }: Split, { loss }: Project): string[] {
  const { starts = new Int32Array(), classes = new Int32Array() } = train.sets ?? {};
  const mean = fixed(classes.length / Math.max(1, starts.length - 1), 1);
  return [
    t`Samples have ${mean} labels on average: each class is a yes or no, and mean average precision decides.`,
    ...(loss && losses[loss.id].family === "softmax"
      ? [t`${losses[loss.id].title} of equipoise.yaml is left out: a softmax takes one label a sample.`]
      : []),
  ];
}

function orderNote({ inputs, list }: FoundInputs): string[] {
  return list === undefined
    ? []
    : [t`Rows of ${basename(inputs)} are matched by path, in the order of ${basename(list)}.`];
}
