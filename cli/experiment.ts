/** Runs an experiment for the command line: plan from the data and the options, progress, one snapshot at the end. */

import { dirname, resolve } from "node:path";
import { trainingManifest } from "#engine/manifest/dataset.ts";
import { formatCount, formatPercent } from "#engine/statistics/format.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { stepsPerEpoch } from "#engine/training/run.ts";
import { backendIds } from "#protocol/backends.ts";
import { learningRateFor, modelIds } from "#protocol/project.ts";
import { classMeanTitles, inSentence, lossTitles } from "#protocol/titles.ts";
import {
  augmentationIds,
  type ExperimentPlan,
  type ExperimentSnapshot,
  type ExperimentUpdate,
  optimizerIds,
  type Proposal,
  type RateSchedule,
  type RunId,
  splitKinds,
} from "#protocol/training.ts";
import { projectFile } from "./analysis.ts";
import { choice, positiveNumber, type Surroundings, wholeNumber } from "./command.ts";
import { parseLossOption } from "./lossOption.ts";
import { bar, type StatusLine, statusLine, type Terminal } from "./terminal.ts";

/** Options of every command that trains. */
export const trainingOptions = {
  loss: { type: "string", multiple: true },
  epochs: { type: "string" },
  seeds: { type: "string" },
  model: { type: "string" },
  "batch-size": { type: "string" },
  "learning-rate": { type: "string" },
  "weight-decay": { type: "string" },
  rate: { type: "string" },
  warmup: { type: "string" },
  optimizer: { type: "string" },
  augment: { type: "string" },
  backend: { type: "string" },
  splits: { type: "string" },
  insert: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const trainingHelp: readonly string[] = [
  "--loss ID[:NAME=VALUE,...]   such as class-balanced-focal:beta=0.999; several times to compare, the baseline first",
  "                             further: sampler=ID, recipe=ID, schedule=drw or drs, switch=EPOCH",
  "--epochs N  --seeds N  --batch-size N  --learning-rate X  --weight-decay X",
  "--rate SCHEDULE  --warmup N  cosine (default), constant or steps such as 160=0.01,180=0.0001; N epochs of warm-up",
  "--optimizer NAME             sgd (default) or adam",
  "--augment LIST               of training images: crop, flip, cutout, with commas between",
  "--model NAME                 linear or mlp; on images and boxes also resnet8, resnet20 or resnet32; on masks segmenter",
  "--backend NAME               tensorflow, webgpu, wasm, cpu or auto (default): the best that runs here",
  "--splits KIND                where no test part is named: same for all seeds, or repeated, another fifth with each seed",
  "--insert                     write the loss into equipoise.yaml at the end",
  "--json                       print one JSON object",
];

interface TrainingValues {
  readonly loss?: string[] | undefined;
  readonly epochs?: string | undefined;
  readonly seeds?: string | undefined;
  readonly model?: string | undefined;
  readonly "batch-size"?: string | undefined;
  readonly "learning-rate"?: string | undefined;
  readonly "weight-decay"?: string | undefined;
  readonly rate?: string | undefined;
  readonly warmup?: string | undefined;
  readonly optimizer?: string | undefined;
  readonly augment?: string | undefined;
  readonly backend?: string | undefined;
  readonly splits?: string | undefined;
}

/** What the data suggest, changed by the options. */
export async function proposeFor(path: string, values: TrainingValues): Promise<Proposal> {
  const manifest = await trainingManifest(resolve(path));
  const { file } = await projectFile(path);
  const proposal = await proposeExperiment({ manifest, folder: dirname(file) });
  return { ...proposal, plan: { ...proposal.plan, ...planChanges(proposal.plan, values) } };
}

function planChanges(plan: ExperimentPlan, values: TrainingValues): Partial<ExperimentPlan> {
  const model = choice("model", values.model, modelIds);
  const rate = positiveNumber("learning-rate", values["learning-rate"]);
  const changes = {
    epochs: wholeNumber("epochs", values.epochs),
    seeds: wholeNumber("seeds", values.seeds),
    splits: choice("splits", values.splits, splitKinds),
    model,
    batchSize: wholeNumber("batch-size", values["batch-size"]),
    learningRate: rate ?? (model && learningRateFor(model, plan)),
    weightDecay: positiveNumber("weight-decay", values["weight-decay"]),
    rate: parseRate(values.rate, values.warmup),
    optimizer: choice("optimizer", values.optimizer, optimizerIds),
    augmentation: values.augment?.split(",").flatMap((id) => choice("augment", id, augmentationIds) ?? []),
    backend: choice("backend", values.backend, ["auto", ...backendIds]),
    losses: values.loss?.map((text) => parseLossOption(text, plan.losses)),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function parseRate(rate: string | undefined, warmup: string | undefined): RateSchedule | undefined {
  if (rate === undefined && warmup === undefined) return undefined;
  const rising = wholeNumber("warmup", warmup);
  const more = rising === undefined ? {} : { warmup: rising };
  if (!rate?.includes("="))
    return { kind: choice("rate", rate, ["cosine", "constant"]) ?? "cosine", ...more };
  const steps = rate.split(",").map((step) => {
    const [epoch, factor] = step.split("=", 2);
    return { epoch: wholeNumber("rate", epoch) ?? 1, factor: positiveNumber("rate", factor) ?? 0 };
  });
  return { kind: "steps", steps, ...more };
}

/** Trains the plan with a progress bar, or one line a finished run where the output is not a terminal. */
export async function trainPlan(
  plan: ExperimentPlan,
  quiet: boolean,
  { terminal, signal }: Surroundings,
): Promise<ExperimentSnapshot> {
  const updates = runExperiment(plan, signal);
  const line = quiet ? { show() {}, clear() {} } : statusLine(terminal, process.stdout);
  const finished = new Set<RunId>();
  for (;;) {
    const next = await updates.next();
    if (next.done) {
      line.clear();
      return next.value;
    }
    showProgress(terminal, line, plan, next.value, finished, quiet);
  }
}

function showProgress(
  terminal: Terminal,
  line: StatusLine,
  plan: ExperimentPlan,
  { state, runs }: ExperimentUpdate,
  finished: Set<RunId>,
  quiet: boolean,
): void {
  const total = plan.losses.length * plan.seeds;
  for (const run of runs) {
    if (run.state.kind !== "finished" || finished.has(run.id)) continue;
    finished.add(run.id);
    const accuracy = formatPercent(run.state.result.balancedAccuracy);
    const done = `${finished.size}/${total}  ${describeRun(plan, run)}  ${accuracy} ${classMeanTitles(plan).name}`;
    if (!terminal.interactive && !quiet) terminal.print(done);
  }
  if (state.kind === "preparing") line.show(state.message);
  if (state.kind !== "running") return;
  const running = runs.find(({ state: run }) => run.kind === "running");
  const left = state.secondsLeft === undefined ? "" : `  ${clock(state.secondsLeft)} left`;
  const share = state.stepsTotal > 0 ? state.stepsDone / state.stepsTotal : 0;
  line.show(
    `${bar(terminal, share, 28)}  ${finished.size}/${total}  ${running ? describeRun(plan, running) : ""}${left}`,
  );
}

function describeRun(plan: ExperimentPlan, { id, state }: ExperimentUpdate["runs"][number]): string {
  const [, index = "1", seed = "1"] = /-(\d+)-[a-z0-9-]+-seed(\d+)$/.exec(id) ?? [];
  const title = lossTitles(plan.losses)[Number(index) - 1];
  const epoch = state.kind === "running" ? `, epoch ${state.epoch}/${plan.epochs}` : "";
  return title ? `${inSentence(title)}, seed ${seed}${epoch}` : id;
}

/** Such as "2:05". */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Such as "HOG embeddings, 324 columns; test on test.txt, 10,000 images; 15 runs, 43,650 steps". */
export function describePlan({ plan, inputs, test, trainSamples }: Proposal): string {
  const runs = plan.losses.length * plan.seeds;
  const steps = runs * plan.epochs * stepsPerEpoch(plan, trainSamples);
  return `${inputs}; test on ${test}; ${formatCount(runs)} run${runs === 1 ? "" : "s"}, ${formatCount(steps)} steps`;
}
