// Trains every loss on CIFAR-10-LT and writes docs/results.md from what it measured:
//   node bench/results.mjs DATA [--only linear-100,mlp-100] [--minutes N] [--work FOLDER] [--backend ID] [--page docs/results.md]
// DATA, else EQUIPOISE_DATA, holds cifar10-lt. Experiments: linear-100, mlp-100, mlp-100-slow, linear-50, mlp-50 (HOG
// embeddings, trained where none is named), resnet8-100, resnet32-100 (images), crops and masks (scenes made of CIFAR-10 and
// of fashion-mnist beside it). The page is written from runs on the backend that is named, else wasm. Stop it at any time, or after so many
// minutes: the same command goes on where it was, finished runs stay. --minutes 0 trains nothing and only writes the page.
// --backend tensorflow trains on a TensorFlow that was set up; runs of one backend are no runs of another.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeScenes } from "../scripts/make-scenes.mjs";
import { engine } from "./engine.mjs";
import { measurementsOf, withTables } from "./results-page.mjs";
import { byDefault, experiments, planOf, sceneCounts } from "./results-plan.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: byDefault.join(",") },
    minutes: { type: "string" },
    work: { type: "string", default: join(tmpdir(), "equipoise-results") },
    backend: { type: "string", default: "wasm" },
    page: { type: "string" },
  },
});

const names = values.only.split(",");
const unknown = names.filter((name) => !Object.hasOwn(experiments, name));
if (unknown.length > 0)
  stop(`There is no experiment ${unknown[0]}. Take ${Object.keys(experiments).join(", ")}.`);
const data = dataFolder(positionals[0] ?? process.env.EQUIPOISE_DATA);
const equipoise = await engine(`
  export { lossIds, losses, samplers } from "#protocol/losses.ts";
  export { models } from "#protocol/project.ts";
  export { recipes } from "#protocol/recipes.ts";
  export { runExperiment } from "#engine/training/experiment.ts";
  export { latestExperiment } from "#engine/training/stored.ts";
  export { samePlan } from "#engine/training/plan.ts";
  export { stopBackend } from "#engine/backends/backend.ts";
  export { gradientRatio } from "#engine/training/gradientRatio.ts";
  export { groupRecall, headToTail, thirds } from "#engine/statistics/shotGroups.ts";`);
const plans = Object.keys(experiments).map((name) => [
  name,
  planOf(name, { data, work: resolve(values.work), backend: backendOf(name), ...equipoise }),
]);

const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const clock = minutes > 0 ? setTimeout(() => abort.abort(), minutes * 60_000) : undefined;
for (const [name, plan] of plans) {
  if (names.includes(name) && minutes !== 0 && !abort.signal.aborted) await train(name, plan);
}
clearTimeout(clock);
await equipoise.stopBackend();
if (values.page) await writePage(values.page);

/** Runs that nobody names keep the backend that they are known by. */
function backendOf(name) {
  return names.includes(name) ? values.backend : "wasm";
}

/** Makes the pictures of an experiment that has none of its own, once. */
async function prepare(name) {
  const kind = experiments[name].scenes;
  const out = join(resolve(values.work), "scenes");
  if (!kind || existsSync(join(out, `${kind}.done`))) return;
  const [scenes, tests] = sceneCounts[kind];
  await makeScenes({ data: dirname(data), out, scenes, tests, kinds: [kind] });
  writeFileSync(join(out, `${kind}.done`), `${scenes} ${tests}\n`);
}

async function train(name, plan) {
  await prepare(name);
  const known = await stored(plan);
  if (known?.state.kind === "finished") {
    console.log(`${name}: all ${known.runs.length} runs are there`);
    return;
  }
  mkdirSync(plan.folder, { recursive: true });
  const total = plan.losses.length * plan.seeds;
  const begun = performance.now();
  let told = 0;
  const finished = new Set();
  for await (const update of equipoise.runExperiment(plan, abort.signal)) {
    for (const { id, state } of update.runs) {
      if (state.kind === "failed") console.log(`${name}: ${id} failed: ${state.message}`);
      if (state.kind === "finished") finished.add(id);
    }
    if (finished.size === told) continue;
    told = finished.size;
    const spent = ((performance.now() - begun) / 60_000).toFixed(1);
    console.log(`${name}: ${told} of ${total} runs finished, ${spent} min in this sitting`);
  }
  const end = await stored(plan);
  console.log(`${name}: ${end?.state.kind}`);
}

/** The newest experiment of this plan, as far as it came. */
async function stored(plan) {
  const newest = await equipoise.latestExperiment(plan.folder, plan.manifest);
  return newest && equipoise.samePlan(newest.plan, plan) ? newest : undefined;
}

async function writePage(path) {
  const measured = [];
  for (const [name, plan] of plans) {
    const snapshot = await stored(plan);
    if (snapshot) measured.push(measurementsOf(name, snapshot, equipoise));
  }
  writeFileSync(path, withTables(readFileSync(path, "utf8"), measured));
  console.log(`${path}: ${measured.map(({ name }) => name).join(", ")}`);
}

function dataFolder(given) {
  if (!given) stop("Name the folder that holds cifar10-lt, as argument or in EQUIPOISE_DATA.");
  const folder = [join(given, "cifar10-lt"), given].find((each) => existsSync(join(each, "train_if100.txt")));
  return folder ? resolve(folder) : stop(`${given} holds no cifar10-lt with train_if100.txt.`);
}

function stop(message) {
  console.error(`bench/results.mjs: ${message}`);
  process.exit(2);
}
