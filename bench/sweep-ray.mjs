// What a trial costs on Ray beyond its training, on a real cluster of nodes with one CPU each on this machine: the part of
// bench/sweep.mjs that --ray runs.
import { findRay, startCluster } from "../scripts/harness/rayCluster.mjs";

/** Trials of one job: the smallest, the usual choice of `sweep ray` for so few trials and jobs, and one job a node. */
const batches = (trials, nodes) => [1, Math.ceil(trials / (4 * nodes)), Math.ceil(trials / nodes)];

/** Runs the sweep that `plan(name)` writes once for each batch, and tells what is beyond its training. */
export async function onRay({ plan, equipoise, timed, say }, trials, nodes = 2) {
  const { python, version, reason } = findRay();
  if (!python) {
    console.log(`SKIPPED: no bench on Ray, as ${reason}.`);
    return;
  }
  const names = Array.from({ length: nodes }, (_, i) => `node${i}`);
  const { result: started, seconds: toStart } = await timedAsync(() => startCluster(python, names));
  try {
    say(`Ray ${version}, ${nodes} nodes with one CPU each: start`, `${toStart.toFixed(1)} s`);
    for (const batch of new Set(batches(trials, nodes))) {
      const path = plan(`ray-${batch}.sweep.json`);
      const options = ["--address", started.address, "--batch", String(batch), "--jobs", String(2 * nodes)];
      const { result, seconds } = timed(() => equipoise("sweep", "ray", path, ...options, "--json"));
      tell(batch, eventsOf(result), seconds, nodes, say);
    }
  } finally {
    await started.stop();
  }
}

async function timedAsync(act) {
  const began = performance.now();
  const result = await act();
  return { result, seconds: (performance.now() - began) / 1000 };
}

const eventsOf = (text) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

function tell(batch, events, seconds, nodes, say) {
  const results = events.flatMap(({ kind, result }) => (kind === "result" ? [result] : []));
  const sum = (value) => results.reduce((total, each) => total + value(each), 0);
  const training = sum((each) => each.trainingSeconds);
  const inside = sum((each) => each.seconds) - training;
  const jobs = Math.ceil(results.length / batch);
  const overhead = seconds * nodes - training;
  say(`${results.length} trials in ${jobs} jobs of ${batch}: wall`, `${seconds.toFixed(1)} s`);
  say("  training of a trial (mean)", `${(training / results.length).toFixed(2)} s`);
  say("  overhead of a trial, seconds of a node", `${(overhead / results.length).toFixed(2)} s`);
  say("  of a job", `${(overhead / jobs).toFixed(2)} s`);
  say("  of that inside the worker, of a trial", `${(inside / results.length).toFixed(2)} s`);
}
