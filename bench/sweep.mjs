// What a sweep costs beyond its training, and what thousands of trials cost to look at:
//   npm run build && node bench/sweep.mjs [--workers 2] [--trials 24] [--many 10000]
//   npm run build && node bench/sweep.mjs --ray [--trials 24]
// 1. A pool of processes on samples/cifar10-lt (HOG embeddings, linear head, wasm): wall time of a trial less its training.
// 2. The same with one process a trial, as Kubernetes and Slurm start them.
// 3. Sweep files of 10,000 trials: planned, opened, and with 10,000 results listed, told and ranked.
// With --ray instead: the same trials on a real Ray cluster of two nodes on this machine, in jobs of several sizes (where there
// is Ray: bash .ci/run installs it, EQUIPOISE_RAY names a Python that has it).
// The figures of docs/scale.md come from here.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { onRay } from "./sweep-ray.mjs";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "2" },
    trials: { type: "string", default: "24" },
    many: { type: "string", default: "10000" },
    ray: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist", "cli.cjs");
const folder = mkdtempSync(join(os.tmpdir(), "equipoise-bench-sweep-"));
for (const name of readdirSync(join(root, "samples/cifar10-lt"))) {
  if (/\.(txt|npy)$/.test(name)) cpSync(join(root, "samples/cifar10-lt", name), join(folder, name));
}
const manifest = join(folder, "train_if100.txt");
const equipoise = (...args) =>
  execFileSync(process.execPath, [cli, ...args], { encoding: "utf8", maxBuffer: 1 << 30 });
const timed = (act) => {
  const began = performance.now();
  const result = act();
  return { result, seconds: (performance.now() - began) / 1000 };
};
const say = (label, text) => console.log(`${label.padEnd(52)}${text}`);

console.log(
  `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.version}, load ${os.loadavg()[0].toFixed(1)}`,
);
try {
  const trials = Number(values.trials);
  if (values.ray) {
    // A plan of its own for each run, as the same one would have its results already.
    let epochs = 3;
    const next = (name) => plan(name, "--epochs", String(epochs++), "--seeds", String(Math.ceil(trials / 3)));
    await onRay({ plan: next, equipoise, timed, say }, trials);
  } else {
    pool(Number(values.workers), trials);
    alone();
    many(Number(values.many));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function plan(name, ...more) {
  const path = join(folder, name);
  const losses = ["--loss", "cross-entropy", "--loss", "balanced-softmax:tau=0.5/1"];
  equipoise("sweep", "plan", manifest, "--backend", "wasm", "--out", path, ...losses, ...more);
  return path;
}

function pool(workers, trials) {
  const path = plan("pool.sweep.json", "--epochs", "3", "--seeds", String(Math.ceil(trials / 3)));
  const { result, seconds } = timed(() =>
    equipoise("sweep", "run", path, "--workers", String(workers), "--json"),
  );
  const results = result
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).result);
  const training = results.reduce((sum, { trainingSeconds }) => sum + trainingSeconds, 0);
  const inside = results.reduce((sum, each) => sum + each.seconds - each.trainingSeconds, 0);
  say(`pool of ${workers}, ${results.length} trials: wall`, `${seconds.toFixed(1)} s`);
  say("  training of a trial (mean)", `${(training / results.length).toFixed(2)} s`);
  say(
    "  overhead of a trial, start of processes included",
    `${((seconds * workers - training) / results.length).toFixed(2)} s`,
  );
  say("  of that inside the worker (data, claim, files)", `${(inside / results.length).toFixed(2)} s`);
}

function alone() {
  const path = plan("alone.sweep.json", "--epochs", "3", "--seeds", "1");
  const trials = [0, 1, 2].map((index) => {
    const { result, seconds } = timed(() =>
      equipoise("train", "--sweep", path, "--index", String(index), "--json"),
    );
    return seconds - JSON.parse(result).result.trainingSeconds;
  });
  say(
    "one process a trial: overhead of a trial",
    `${(trials.reduce((a, b) => a + b) / trials.length).toFixed(2)} s`,
  );
}

function many(count) {
  const path = join(folder, "many.sweep.json");
  const seeds = 5;
  const losses = ["--loss", "cross-entropy", "--loss", "class-balanced-focal:beta=0.9~0.9999,gamma=0..3"];
  const planned = timed(() =>
    equipoise(
      "sweep",
      "plan",
      manifest,
      "--backend",
      "wasm",
      "--out",
      path,
      ...losses,
      "--sample",
      String(count / seeds),
      "--seeds",
      String(seeds),
    ),
  );
  const text = readFileSync(path, "utf8");
  const file = JSON.parse(text);
  say(`${count} trials: plan`, `${planned.seconds.toFixed(2)} s, ${(text.length / 1e6).toFixed(2)} MB`);
  const { result: status } = timed(() => equipoise("sweep", "status", path));
  if (!status.includes("finished")) throw new Error(status);
  for (const action of ["list", "status", "results"])
    report(`${count} trials, no result: ${action}`, action, path);
  const results = join(folder, ".equipoise", "sweeps", file.id, "results");
  mkdirSync(results, { recursive: true });
  const configurations = file.configurations.length;
  for (let index = 0; index < configurations * seeds; index++)
    writeResult(results, file.id, index, configurations);
  for (const action of ["list", "status", "results"])
    report(`${count} trials with results: ${action}`, action, path);
}

/** Wall and processor time: on a machine with other work the second is the one to compare. */
function report(label, action, path) {
  const command = [process.execPath, cli, "sweep", action, action === "list" ? folder : path];
  const { result, seconds } = timed(() =>
    spawnSync("bash", ["-c", 'TIMEFORMAT="processor %U %S"; time "$@"', "bash", ...command], {
      encoding: "utf8",
    }),
  );
  const [, user, system] = /processor ([\d.]+) ([\d.]+)/.exec(result.stderr) ?? [];
  if (result.status !== 0 || user === undefined) throw new Error(result.stderr);
  const busy = (Number(user) + Number(system)).toFixed(2);
  say(label, `${seconds.toFixed(2)} s, ${busy} s of processor, start of the process included`);
}

/** As a worker writes it, of a made-up trial. */
function writeResult(place, sweep, index, configurations) {
  const configuration = index % configurations;
  const score = 0.4 + 0.2 * Math.sin(configuration) + 0.01 * Math.cos(index);
  const groups = { head: score, middle: score, tail: score / 2, many: score, medium: score, few: score / 2 };
  const groupErrors = { head: 0.01, middle: 0.02, tail: 0.04, many: 0.01, medium: 0.03, few: 0.04 };
  const shares = { accuracy: score, balancedAccuracy: score, macroF1: score, worstRecall: 0 };
  const metrics = {
    score,
    error: 0.01,
    ...shares,
    groups,
    groupErrors,
    loss: 1,
    testSamples: 993,
    predictions: "0".repeat(64),
  };
  const seed = Math.floor(index / configurations) + 1;
  const times = { ended: new Date().toISOString(), seconds: 2, trainingSeconds: 1.8 };
  const place_ = {
    host: "bench",
    attempt: 1,
    backend: "wasm, 1 thread",
    equipoise: "0.1.0",
    run: `${sweep}-${index}`,
  };
  const result = {
    format: "equipoise-trial",
    version: 1,
    sweep,
    index,
    configuration,
    seed,
    ...place_,
    ...times,
    state: "finished",
    metrics,
  };
  writeFileSync(join(place, `${String(index).padStart(5, "0")}.json`), `${JSON.stringify(result)}\n`);
}
