/** `equipoise sweep plan`: from data and options to a sweep file. */
import { dirname, relative, resolve } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { planSweep } from "#engine/sweep/planSweep.ts";
import { gridOf, type Point, type Space, sampleOf } from "#engine/sweep/space.ts";
import { decidedOn, trialCount, writeNewSweep } from "#engine/sweep/sweepFile.ts";
import { sweepPathFor, usualChoices } from "#engine/sweep/usualChoices.ts";
import { backendText } from "#engine/sweep/worker.ts";
import { learningRateFor, modelIds } from "#protocol/project.ts";
import type { SweepConfiguration, SweepFile, SweepTraining } from "#protocol/sweep.ts";
import type { ExperimentPlan } from "#protocol/training.ts";
import {
  choice,
  type ExitCode,
  onlyPath,
  parseCommand,
  positiveNumber,
  type Surroundings,
  wholeNumber,
} from "../command.ts";
import { proposeFor, trainingOptions } from "../experiment.ts";
import { parseLossOption } from "../lossOption.ts";
import type { Terminal } from "../terminal.ts";

export const planHelp: readonly string[] = [
  "plan PATH                    writes a sweep file from the data of a manifest; with --loss several times, the baseline",
  "                             first; without: the losses that measured advice tries. Values with / between, such as",
  "                             --loss class-balanced-focal:beta=0.9/0.99,gamma=0.5/1 --learning-rate 0.1/0.3",
  "  --sample N [--draw SEED]   N configurations at random; ranges too: beta=0.9~0.9999 (logarithmic), tau=0.5..1.5",
  "  --seeds N                  seeds of each configuration (3)",
  "  --on validation|test       what decides: a fifth of each training class held out (default), or the test part",
  "  --threads N                of each trial (1); --epochs, --batch-size, --weight-decay, --model, --optimizer, --rate,",
  "                             --augment, --backend as for equipoise compare",
  "  --out FILE                 where it is written; default: beside the manifest, as NAME.sweep.json",
];

// A sweep tests all seeds on the same samples.
const { insert: _, splits: __, ...options } = trainingOptions;
const planOptions = {
  ...options,
  on: { type: "string" },
  out: { type: "string" },
  sample: { type: "string" },
  draw: { type: "string" },
  threads: { type: "string" },
} as const;

/** Settings that may have several values. */
const axes = ["learning-rate", "weight-decay", "epochs", "batch-size", "model"] as const;

export async function planCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, planOptions);
  const path = onlyPath(positionals, "sweep plan PATH");
  const several = axes.filter((name) => /[/~]|\.\./.test(values[name] ?? ""));
  const single = Object.fromEntries(
    Object.entries(values).filter(([name]) => name !== "loss" && !several.some((axis) => axis === name)),
  );
  const { plan: proposed } = await proposeFor(path, single);
  const { test, ...rest } = proposed;
  const on = choice("on", values.on, ["validation", "test"]) ?? "validation";
  const plan: ExperimentPlan = on === "test" && test ? { ...rest, test } : rest;
  const training = Object.fromEntries(several.map((name) => [name, values[name] as string]));
  const draw = values.sample === undefined ? undefined : drawOf(values.sample, values.draw);
  const space = { losses: values.loss ?? [], training };
  const configurations =
    values.loss === undefined && several.length === 0 && !draw
      ? (await usualChoices(plan)).map((each) => ({ choice: each }))
      : await configurationsOf(space, draw, plan);
  const out = resolve(values.out ?? sweepPathFor(resolve(path)));
  const seeds = wholeNumber("seeds", values.seeds) ?? 3;
  const threads = wholeNumber("threads", values.threads);
  const file = await planSweep({
    plan,
    configurations,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    folder: dirname(out),
    signal,
    ...(threads === undefined ? {} : { threads }),
    ...(draw ? { sampled: { seed: draw.seed, of: describeSpace(space) } } : {}),
  });
  await writeNewSweep(out, file);
  const summary = { path: out, id: file.id, trials: trialCount(file), backend: file.backend };
  if (values.json) terminal.print(JSON.stringify(summary, null, 2));
  else printPlan(terminal, out, file);
  return 0;
}

function printPlan(terminal: Terminal, out: string, file: SweepFile): void {
  const { configurations, seeds, backend, stepsPerTrial } = file;
  const shown = relative(process.cwd(), out) || out;
  const parts = `${formatCount(configurations.length)} configurations, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`;
  const size = `${formatCount(trialCount(file))} trials (${parts}), ${formatCount(stepsPerTrial)} steps each`;
  terminal.print(`${shown}: ${size}, on ${backendText(backend)}`);
  terminal.print(`  decided on  ${decidedOn(file)}`);
  if (backend.id !== "wasm" && backend.id !== "cpu") {
    terminal.print(
      `  machines    each needs ${backend.id}, as here; --backend wasm runs anywhere, with the same figures to the bit`,
    );
  }
  terminal.print(
    `  next        equipoise sweep run ${shown} --workers N, or equipoise sweep kubernetes|slurm|ray ${shown}`,
  );
}

interface Draw {
  readonly count: number;
  readonly seed: number;
}

function drawOf(sample: string, draw: string | undefined): Draw {
  return { count: wholeNumber("sample", sample) ?? 1, seed: wholeNumber("draw", draw) ?? 1 };
}

/** Where losses are not named, those of measured advice take part, cross-entropy first. */
async function configurationsOf(
  space: Space,
  draw: Draw | undefined,
  plan: ExperimentPlan,
): Promise<SweepConfiguration[]> {
  const usual = space.losses.length === 0 ? await usualChoices(plan) : [];
  // Choices that are not written as text stand for themselves under a number.
  const losses = space.losses.length === 0 ? usual.map((_, i) => `#${i}`) : space.losses;
  const points = draw ? sampleOf({ ...space, losses }, draw.count, draw.seed) : gridOf({ ...space, losses });
  return points.map((point) => {
    const own = point.loss.startsWith("#") ? usual[Number(point.loss.slice(1))] : undefined;
    const training = trainingOf(point, plan);
    return {
      choice: own ?? parseLossOption(point.loss, plan.losses),
      ...(Object.keys(training).length > 0 ? { training } : {}),
    };
  });
}

function trainingOf({ training }: Point, plan: ExperimentPlan): SweepTraining {
  const model = choice("model", training["model"], modelIds);
  const changes = {
    model,
    learningRate:
      positiveNumber("learning-rate", training["learning-rate"]) ?? (model && learningRateFor(model, plan)),
    weightDecay: positiveNumber("weight-decay", training["weight-decay"]),
    epochs: wholeNumber("epochs", training["epochs"]),
    batchSize: wholeNumber("batch-size", training["batch-size"]),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function describeSpace({ losses, training }: Space): string[] {
  return [...losses, ...Object.entries(training).map(([name, values]) => `${name}=${values}`)];
}
