// Measured advice against the grid, on public data, and the table of it in docs/results.md:
//   node bench/advice.mjs DATA [--only glass,yeast] [--minutes N] [--work FOLDER] [--page docs/results.md]
// DATA, else EQUIPOISE_DATA, holds uci, nsl-kdd-20, cifar10-lt, banking77 and atis. Stop it at any time, or after so many
// minutes: the same command goes on where it was. --minutes 0 trains nothing and only writes the page.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { adviceTable } from "./advice-page.mjs";
import { engine } from "./engine.mjs";
import { withSection } from "./page.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    minutes: { type: "string" },
    work: { type: "string", default: join(tmpdir(), "equipoise-advice") },
    page: { type: "string" },
  },
});

/** Steps of a run that is trained to the end, about. */
const steps = 600;
const gridSplits = 3;
const testSeeds = 3;
const epochChoices = [100, 60, 30, 20, 10, 5];

const given = positionals[0] ?? process.env.EQUIPOISE_DATA;
if (!given) stop("Name the folder that holds the data sets, as argument or in EQUIPOISE_DATA.");
const data = resolve(given);
const cifar = (factor) => ({
  train: { inputs: "cifar10-lt/train_if10_hog.npy", labels: `cifar10-lt/train_if${factor}.txt` },
  test: { inputs: "cifar10-lt/test_hog.npy", labels: "cifar10-lt/test.txt" },
});
const both = (file) => ({ train: { inputs: file, labels: file } });
const datasets = {
  glass: both("uci/glass.data"),
  ecoli: both("uci/ecoli.data"),
  yeast: both("uci/yeast.csv"),
  "page-blocks": both("uci/page-blocks.csv"),
  "wine-white": both("uci/winequality-white.csv"),
  frogs: both("uci/Frogs_MFCCs.csv.gz"),
  pendigits: both("uci/pendigits.tra"),
  "cifar10-lt-50": cifar(50),
  "cifar10-lt-100": cifar(100),
  "nsl-kdd-20": both("nsl-kdd-20/KDDTrain+_20Percent.txt.gz"),
  atis: { train: { inputs: "atis/train/seq.in", labels: "atis/train/label" } },
  banking77: { ...both("banking77/train.csv"), test: both("banking77/test.csv").train },
};

const wanted = values.only?.split(",") ?? Object.keys(datasets);
const unknown = wanted.find((name) => !Object.hasOwn(datasets, name));
if (unknown) stop(`There is no data set ${unknown}. Take ${Object.keys(datasets).join(", ")}.`);

const equipoise = await engine(`
  export { countLabels } from "#engine/data/dataset.ts";
  export { loadInputs } from "#engine/data/inputs.ts";
  export { readSplit } from "#engine/data/split.ts";
  export { recommend } from "#engine/recommendation/recommend.ts";
  export { startBackend, stopBackend } from "#engine/backends/backend.ts";
  export { compare } from "#engine/training/comparison.ts";
  export { metricWeights } from "#engine/training/metric.ts";
  export { viewOf } from "#engine/training/proposeLosses.ts";
  export { createRun, stepsPerEpoch } from "#engine/training/run.ts";
  export { searchCandidates } from "#engine/training/search/candidates.ts";
  export { measureOn } from "#engine/training/search/measureAdvice.ts";
  export { validationSplits } from "#engine/training/search/validationSplits.ts";
  export { lossTitles } from "#protocol/titles.ts";
  export { withDefaults } from "#protocol/losses.ts";`);

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const clock = minutes > 0 ? setTimeout(() => abort.abort(), minutes * 60_000) : undefined;
mkdirSync(values.work, { recursive: true });
if (minutes !== 0) {
  await equipoise.startBackend("wasm");
  for (const name of wanted) {
    if (!abort.signal.aborted) await measure(name).catch(giveUp);
  }
  await equipoise.stopBackend();
}
clearTimeout(clock);
if (values.page) {
  const rows = Object.keys(datasets).flatMap((name) => {
    const measured = read(name);
    return measured.result ? [{ name, ...measured }] : [];
  });
  const page = readFileSync(values.page, "utf8");
  writeFileSync(values.page, withSection(page, "advice", adviceTable(rows, Object.keys(datasets).length)));
  console.log(`${values.page}: ${rows.map(({ name }) => name).join(", ")}`);
}

/** Everything about one data set; each part is kept as soon as it is there. */
async function measure(name) {
  const known = read(name);
  if (known.result) return console.log(`${name}: done`);
  const begun = process.cpuUsage();
  const { plan, loaded } = await load(datasets[name]);
  const advised = equipoise.recommend(
    equipoise.viewOf(loaded.classes, loaded.counts, "embeddings"),
    "balanced",
  );
  const choices = equipoise.searchCandidates(loaded.counts, advised);
  known.grid ??= {};
  const { splits } = equipoise.validationSplits(loaded, gridSplits);
  for (const [s, split] of splits.entries()) {
    for (const choice of choices) {
      const key = `${s} ${JSON.stringify(choice)}`;
      known.grid[key] ??= (await train(choice, s + 1, plan, split)).balancedAccuracy;
      write(name, known);
    }
  }
  if (!known.advice) {
    const { candidates, ...advice } = await equipoise.measureOn(loaded, plan, { signal: abort.signal });
    known.advice = { ...advice, candidates };
    known.advice.share =
      advice.steps /
      (choices.length * gridSplits * plan.epochs * equipoise.stepsPerEpoch(plan, splits[0].train.rows));
    write(name, known);
  }
  const mean = (choice) =>
    splits.reduce((sum, _, s) => sum + known.grid[`${s} ${JSON.stringify(choice)}`], 0);
  const best = choices.reduce((a, b) => (mean(b) > mean(a) ? b : a));
  const plain = (loss, parameters = {}, sampler = "instance-balanced") => ({
    loss,
    parameters: equipoise.withDefaults(loss, parameters),
    sampler,
  });
  const picks = {
    grid: best,
    advice: known.advice.choice,
    ce: plain("cross-entropy"),
    bs: plain("balanced-softmax", { tau: 1 }),
    rule: plain(advised.loss, advised.parameters, advised.sampler),
  };
  known.result = await test(picks, plan, loaded, known);
  known.facts = {
    classes: loaded.classes.length,
    factor: Math.max(...loaded.counts) / Math.min(...loaded.counts.filter((count) => count > 0)),
    smallestTest: Math.min(
      ...equipoise.countLabels(loaded.test.labels, loaded.classes.length).filter((count) => count > 0),
    ),
    candidates: choices.length,
    epochs: plan.epochs,
  };
  write(name, known);
  const { user, system } = process.cpuUsage(begun);
  console.log(`${name}: ${((user + system) / 60e6).toFixed(1)} CPU minutes in this sitting`);
}

/** Each distinct pick trained on the whole training part with every seed, scored on the test part against the grid's. */
async function test(picks, plan, { classes, ...loaded }, known) {
  const distinct = [...new Map(Object.values(picks).map((each) => [JSON.stringify(each), each])).values()];
  known.test ??= {};
  const finished = [];
  for (let seed = 1; seed <= testSeeds; seed++) {
    for (const [choice, pick] of distinct.entries()) {
      const key = `${seed} ${JSON.stringify(pick)}`;
      known.test[key] ??= [...(await train(pick, seed, plan, { classes, ...loaded })).predictions];
      finished.push({ choice, seed, predicted: Int32Array.from(known.test[key]) });
    }
  }
  const truth = loaded.test.labels;
  const counts = equipoise.countLabels(truth, classes.length);
  const { results } = await equipoise.compare({
    truth,
    classes: classes.length,
    weights: equipoise.metricWeights("balanced", classes, counts),
    choices: [...distinct.keys()],
    finished,
  });
  const titles = equipoise.lossTitles(distinct);
  return Object.fromEntries(
    Object.entries(picks).map(([policy, pick]) => {
      const place = distinct.findIndex((each) => JSON.stringify(each) === JSON.stringify(pick));
      const { score, interval, difference } = results.find(({ choice }) => choice === place);
      return [policy, { title: titles[place], score, interval, ...(difference ? { difference } : {}) }];
    }),
  );
}

async function load({ train, test }) {
  const at = ({ inputs, labels }) => ({ inputs: join(data, inputs), labels: join(data, labels) });
  const split = await equipoise.readSplit(at(train), test && at(test));
  const plan = {
    manifest: join(data, train.labels),
    folder: values.work,
    train: at(train),
    ...(test ? { test: at(test) } : {}),
    inputs: "embeddings",
    model: "linear",
    losses: [],
    seeds: 1,
    batchSize: 128,
    learningRate: 0.3,
    momentum: 0.9,
    weightDecay: 5e-4,
    objective: "balanced",
    backend: "wasm",
  };
  const perEpoch = equipoise.stepsPerEpoch(plan, split.train.positions.length);
  plan.epochs = epochChoices.find((epochs) => epochs * perEpoch <= steps) ?? epochChoices.at(-1);
  return { plan, loaded: await equipoise.loadInputs(plan, split) };
}

async function train(choice, seed, settings, trainingData) {
  const run = equipoise.createRun({ id: "bench", choice, seed, settings, data: trainingData });
  try {
    for await (const event of run.events(abort.signal)) if (event.kind === "end") return event.evaluation;
    throw abort.signal.reason;
  } finally {
    run.dispose();
  }
}

function read(name) {
  const path = join(values.work, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function write(name, measured) {
  const path = join(values.work, `${name}.json`);
  writeFileSync(`${path}.tmp`, JSON.stringify(measured));
  renameSync(`${path}.tmp`, path);
}

/** A stop is no failure: what is there is kept. */
function giveUp(problem) {
  if (!abort.signal.aborted) throw problem;
}

function stop(message) {
  console.error(`bench/advice.mjs: ${message}`);
  process.exit(2);
}
