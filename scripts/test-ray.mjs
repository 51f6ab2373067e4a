// Runs a sweep on a real Ray cluster of two nodes on this machine: node scripts/test-ray.mjs [--no-build]. Skipped, with the
// reason, where there is no Ray. EQUIPOISE_RAY names a Python that has it.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { exitOnSignals } from "./harness/index.mjs";
import { findRay, startCluster } from "./harness/rayCluster.mjs";
import { root, run } from "./steps.mjs";

const { python, version, reason } = findRay();
if (!python) {
  console.log(`SKIPPED: NO TEST ON A REAL RAY CLUSTER, as ${reason}.`);
  console.log("0 passed, 0 failed, 1 skipped");
  process.exit(0);
}
exitOnSignals();
if (!process.argv.includes("--no-build")) {
  const { code } = await run(process.execPath, ["scripts/build.mjs"]);
  if (code !== 0) process.exit(code);
}

const trials = 24;
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), "equipoise-ray-"));
let passed = 0;
let failed = 0;
let cluster;
try {
  cluster = await startCluster(python, ["one", "two"]);
  say(`Ray ${version}, two nodes with one CPU each`);
  const sweep = await lossOfANode();
  // The cluster idles while figures are compared here, and this end while jobs start there.
  await Promise.all([sameFigures(sweep), stopping()]);
} catch (problem) {
  failed++;
  console.error(problem instanceof Error ? problem.stack : problem);
} finally {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** 24 trials: the client is killed, then a node in the middle; every trial ends once. */
async function lossOfANode() {
  const { path, place, id } = await plan("whole", 3);
  const send = ["sweep", "ray", path, "--address", cluster.address, "--batch", "4", "--jobs", "3"];
  const results = () => readResults(place, id);
  const first = start(send);
  await until(() => results().length >= 1, "a first result", first);
  first.child.kill("SIGKILL");
  await first.end;
  const before = results().length;
  check("the client was killed before the end", before < trials);

  const second = start(send);
  const isMiddle = async () => results().length >= 6 && (await cluster.isBusy("two"));
  await until(isMiddle, "six results and a job on the second node", second);
  cluster.killNode("two");
  const atDeath = results().length;
  check("a node was killed in the middle", atDeath < trials - 4);
  check("the second client ends with 0", (await second.end) === 0, second);
  check(
    "the second client found the jobs of the first again",
    /found \d+ jobs of an earlier call again/.test(second.output()),
    second,
  );
  check("what the node had lost was sent again", second.output().includes("sending it again"), second);
  const told = [...second.output().matchAll(/^trial (\d+): /gm)].map(([, index]) => Number(index));
  check(
    "no result came twice",
    new Set(told).size === told.length && told.length === trials - before,
    second,
  );
  const there = results();
  check(
    `${trials} results, one a trial`,
    there.length === trials && there.every(({ index }, i) => index === i),
  );
  check(
    "all of them finished, with their runs",
    isDeepStrictEqual(runsIn(place), there.map(({ run }) => run).sort()),
  );

  const again = await finish(send);
  check("a further call has nothing to do", again.code === 0 && !again.output.includes("trial "), again);
  // The one that came last was trained on the node that lives, so that its log is there.
  const last = told.at(-1);
  const logs = await finish(["sweep", "ray", "logs", path, "--index", String(last)]);
  check("logs tell of a trial", logs.code === 0 && logs.output.includes(`trial ${last}: `), logs);
  return { path, id, there };
}

/** The same sweep file trained here, by a pool and in one process. */
async function sameFigures({ path, id, there }) {
  const ways = [
    ["in a pool of two processes here", ["sweep", "run", path, "--workers", "2"]],
    ["in one process here", ["train", "--sweep", path, "--index", `0-${trials - 1}`]],
  ];
  const figures = (list) => list.map(({ index, metrics }) => ({ index, ...metrics }));
  for (const [i, [what, args]] of ways.entries()) {
    const place = join(folder, `here${i}`);
    const run = await finish([...args, "--results", place]);
    check(`the same sweep runs ${what}`, run.code === 0, run);
    check(
      `every trial has the same figures and predictions, bit for bit, on Ray and ${what}`,
      isDeepStrictEqual(figures(readResults(place, id)), figures(there)),
    );
  }
}

/** Long trials are stopped, and both ends know it. */
async function stopping() {
  const { path } = await plan("long", 100_000);
  const send = ["sweep", "ray", path, "--address", cluster.address, "--batch", "12", "--jobs", "1", "--json"];
  const client = start(send);
  await until(() => client.output().includes(`"running":1`), "a running job", client);
  const follow = start(["sweep", "ray", "logs", path, "--follow"]);
  const stopped = await finish(["sweep", "ray", "stop", path]);
  check("stop ends the job", stopped.output.includes("1 job stopped"), stopped);
  check("the client that waited says so and ends with 75", (await client.end) === 75, client);
  check("a log that is followed ends with its job", (await follow.end) === 0, follow);
}

async function plan(name, epochs) {
  const place = join(folder, name);
  cpSync(join(root, "samples", "cifar10-lt"), place, { recursive: true });
  const losses = [
    "cross-entropy",
    "balanced-softmax:tau=0.5/1/1.5",
    "class-balanced-focal:beta=0.9/0.99,gamma=0.5/1",
  ];
  const settings = ["--seeds", "3", "--epochs", String(epochs), "--backend", "wasm", "--json"];
  const manifest = join(place, "train_if100.txt");
  const { output } = await finish([
    "sweep",
    "plan",
    manifest,
    ...losses.flatMap((loss) => ["--loss", loss]),
    ...settings,
  ]);
  return { place, ...JSON.parse(output) };
}

function runsIn(place) {
  return readdirSync(join(place, ".equipoise", "runs")).sort();
}

function readResults(place, id) {
  const results = join(place, ".equipoise", "sweeps", id, "results");
  try {
    return readdirSync(results)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(results, name), "utf8")));
  } catch {
    return [];
  }
}

function start(args) {
  const child = spawn(process.execPath, [join(root, "dist", "cli.cjs"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  return { child, output: () => output, end: new Promise((resolve) => child.once("close", resolve)) };
}

async function finish(args) {
  const { end, output } = start(args);
  return { code: await end, output: output() };
}

async function until(isSo, what, client) {
  for (let waited = 0; waited < 1800; waited++) {
    if (await isSo()) return;
    if (client.child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`There was never ${what}:\n${client.output().slice(-3000)}`);
}

function check(what, isSo, told) {
  if (isSo) passed++;
  else failed++;
  say(`${isSo ? "ok  " : "FAIL"}  ${what}`);
  if (!isSo && told)
    console.log(typeof told.output === "function" ? told.output() : `${told.code}: ${told.output}`);
}

function say(text) {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
