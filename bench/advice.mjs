// Measured advice against the grid, on public data, and the table of it in docs/results.md:
//   node bench/advice.mjs DATA [--only glass,yeast] [--parts 5] [--rounds N] [--minutes N] [--work FOLDER]
//     [--page docs/results.md]
// DATA, else EQUIPOISE_DATA, holds uci, nsl-kdd-20, cifar10-lt, banking77 and atis. A set without a test part of its own is
// cut into so many parts, each tested once, in each of some rounds anew. Stop it at any time, or after so many minutes: the
// same command goes on where it was. --minutes 0 trains nothing and only writes the page.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { adviceTable } from "./advice-page.mjs";
import { policies, resultOf } from "./advice-result.mjs";
import { datasets, stratifiedParts } from "./advice-sets.mjs";
import { engine } from "./engine.mjs";
import { withSection } from "./page.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    parts: { type: "string", default: "5" },
    rounds: { type: "string" },
    minutes: { type: "string" },
    work: { type: "string", default: join(tmpdir(), "equipoise-advice") },
    page: { type: "string" },
  },
});

/** Steps of a run that is trained to the end, about. */
const steps = 600;
const gridSplits = 3;
/** Fewer tell nothing of how rounds differ. */
const leastRounds = 3;
const epochChoices = [100, 60, 30, 20, 10, 5];

const given = positionals[0] ?? process.env.EQUIPOISE_DATA;
if (!given) stop("Name the folder that holds the data sets, as argument or in EQUIPOISE_DATA.");
const data = resolve(given);
const cuts = Number(values.parts);
if (!Number.isInteger(cuts) || cuts < 2)
  stop(`--parts wants a whole number of at least 2, not ${values.parts}.`);
if (values.rounds && !(Number(values.rounds) >= leastRounds))
  stop(`--rounds wants a number of at least ${leastRounds}, not ${values.rounds}.`);
const wanted = values.only?.split(",") ?? Object.keys(datasets);
const unknown = wanted.find((name) => !Object.hasOwn(datasets, name));
if (unknown) stop(`There is no data set ${unknown}. Take ${Object.keys(datasets).join(", ")}.`);

const equipoise = await engine(`
  export { countLabels } from "#engine/data/dataset.ts";
  export { loadInputs } from "#engine/data/inputs.ts";
  export { readSplit } from "#engine/data/split.ts";
  export { createRandom, shuffle } from "#engine/sampling/random.ts";
  export { studentQuantile } from "#engine/statistics/studentT.ts";
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
  const rows = [];
  for (const name of Object.keys(datasets)) rows.push(...(await rowOf(name)));
  const page = readFileSync(values.page, "utf8");
  writeFileSync(
    values.page,
    withSection(page, "advice", adviceTable(rows, Object.keys(datasets).length, equipoise.studentQuantile)),
  );
  console.log(`${values.page}: ${rows.map(({ name }) => name).join(", ")}`);
}

/** Every round of a data set; what is found of each part is kept as soon as it is there. */
async function measure(name) {
  const begun = process.cpuUsage();
  const rounds = await roundsOf(name);
  for (let round = 0; round < rounds; round++) {
    for (let part = 0; part < partsOf(name); part++) {
      if (!read(name, round, part).predictions) await measurePart(name, round, part);
    }
  }
  const { user, system } = process.cpuUsage(begun);
  console.log(`${name}: ${((user + system) / 60e6).toFixed(1)} CPU minutes in this sitting`);
}

function partsOf(name) {
  const { test, isLarge } = datasets[name];
  return test || isLarge ? 1 : cuts;
}

/** The picks of each policy, made on the training rows of a part alone, and what they predict on its test rows. */
async function measurePart(name, round, part) {
  const known = read(name, round, part);
  const keep = () => write(name, round, part, known);
  const { plan, loaded } = await load(name, round, part);
  const { classes, counts } = loaded;
  const advised = equipoise.recommend(equipoise.viewOf(classes, counts, "embeddings"), "balanced");
  const choices = equipoise.searchCandidates(counts, advised);
  known.grid ??= {};
  const { splits } = equipoise.validationSplits(loaded, gridSplits);
  for (const [s, split] of splits.entries()) {
    for (const choice of choices) {
      const key = `${s} ${JSON.stringify(choice)}`;
      known.grid[key] ??= (await train(choice, s + 1, plan, split)).balancedAccuracy;
      keep();
    }
  }
  if (!known.advice) {
    known.advice = await equipoise.measureOn(loaded, plan, { signal: abort.signal });
    keep();
  }
  const mean = (choice) =>
    splits.reduce((sum, _, s) => sum + known.grid[`${s} ${JSON.stringify(choice)}`], 0);
  const plain = (loss, parameters = {}, sampler = "instance-balanced") => ({
    loss,
    parameters: equipoise.withDefaults(loss, parameters),
    sampler,
  });
  known.picks = {
    grid: choices.reduce((a, b) => (mean(b) > mean(a) ? b : a)),
    advice: known.advice.choice,
    ce: plain("cross-entropy"),
    bs: plain("balanced-softmax", { tau: 1 }),
    rule: plain(advised.loss, advised.parameters, advised.sampler),
  };
  const perEpoch = equipoise.stepsPerEpoch(plan, splits[0].train.rows);
  known.share = known.advice.steps / (choices.length * gridSplits * plan.epochs * perEpoch);
  known.classes = classes;
  known.factor = Math.max(...counts) / Math.min(...counts.filter((count) => count > 0));
  known.tested = [...loaded.tested];
  known.truth = [...loaded.test.labels];
  const predictions = {};
  for (const policy of policies) {
    const same = Object.keys(predictions).find((each) =>
      isDeepStrictEqual(known.picks[each], known.picks[policy]),
    );
    predictions[policy] = same
      ? predictions[same]
      : [...(await train(known.picks[policy], round + 1, plan, loaded)).predictions];
  }
  known.predictions = predictions;
  keep();
}

/** What stands in the table of a set, of the rounds that are there; nothing before there are enough. */
async function rowOf(name) {
  const parts = Array.from({ length: partsOf(name) }, (_, part) => part);
  const rounds = [];
  for (let round = 0; ; round++) {
    const measured = parts.map((part) => read(name, round, part));
    if (!measured.every(({ predictions }) => predictions)) break;
    rounds.push(measured);
  }
  if (rounds.length < leastRounds) return [];
  const all = rounds.flat();
  const { classes } = all[0];
  const counts = equipoise.countLabels(
    rounds[0].flatMap(({ truth }) => truth),
    classes.length,
  );
  return [
    {
      name,
      parts: parts.length,
      rounds: rounds.length,
      smallest: Math.min(...counts.filter((count) => count > 0)),
      factor: Math.max(...all.map(({ factor }) => factor)),
      share: all.reduce((sum, { share }) => sum + share, 0) / all.length,
      result: await resultOf(rounds, classes, equipoise),
    },
  ];
}

function readSource({ train, test }, round = 0) {
  return equipoise.readSplit(at(train), test && at(test), round);
}

function at({ inputs, labels }) {
  return { inputs: join(data, inputs), labels: join(data, labels) };
}

/** More rounds where they cost little. */
async function roundsOf(name) {
  if (values.rounds) return Number(values.rounds);
  const { samples } = (await readSource(datasets[name])).train;
  return samples.labels.length < 2000 ? 10 : samples.labels.length < 10_000 ? 5 : leastRounds;
}

async function load(name, round, part) {
  const { train, test } = datasets[name];
  const source = await readSource(datasets[name], round);
  const split = partsOf(name) > 1 ? partOf(source, round, part) : shuffled(source, round);
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

/** A part of a round is tested, the others are trained on. */
function partOf(split, round, part) {
  const { samples } = split.train;
  const order = orderOf(samples.labels.length, round);
  const tested = new Set(stratifiedParts(samples.labels, order, cuts)[part]);
  return {
    ...split,
    train: within(
      split,
      order.filter((row) => !tested.has(row)),
    ),
    test: within(split, Int32Array.from(tested)),
  };
}

/** The training rows in the order of a round, from which validation splits follow. */
function shuffled(split, round) {
  const { positions } = split.train;
  return {
    ...split,
    train: within(
      split,
      orderOf(positions.length, round).map((row) => positions[row]),
    ),
  };
}

function orderOf(length, round) {
  const order = new Int32Array(length);
  equipoise.shuffle(order, equipoise.createRandom(round));
  return order;
}

/** These samples of the training file. */
function within({ train: { source, samples } }, positions) {
  return {
    source,
    samples,
    positions,
    labels: positions.map((position) => samples.labels[position]),
  };
}

async function train(choice, seed, settings, trainingData) {
  // What it does before the end is not asked.
  const measuresAt = () => false;
  const run = equipoise.createRun({ id: "bench", choice, seed, settings, data: trainingData, measuresAt });
  try {
    for await (const event of run.events(abort.signal)) if (event.kind === "end") return event.evaluation;
    throw abort.signal.reason;
  } finally {
    run.dispose();
  }
}

function read(name, round, part) {
  const path = pathOf(name, round, part);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function write(name, round, part, measured) {
  const path = pathOf(name, round, part);
  writeFileSync(`${path}.tmp`, JSON.stringify(measured));
  renameSync(`${path}.tmp`, path);
}

function pathOf(name, round, part) {
  return join(values.work, `${name}, round ${round + 1}, part ${part + 1} of ${partsOf(name)}.json`);
}

/** A stop is no failure: what is there is kept. */
function giveUp(problem) {
  if (!abort.signal.aborted) throw problem;
}

function stop(message) {
  console.error(`bench/advice.mjs: ${message}`);
  process.exit(2);
}
