// Times a step of every loss beside PyTorch:
//   node bench/losses.mjs [--python PYTHON] [--rows N] [--classes N] [--rounds N] [--only ID,ID] [--threads 2] [--page FILE]
// Both sides: logits [1024, 1230] in 32 bits, loss, gradient of the logits, and per-class sums of its size on positives
// and negatives, in turn. PyTorch runs the modules that Equipoise writes. Both take one thread, and processor
// times of the processes are compared, so that other programs do not count. With --threads 2 both take two, and times are by
// the clock: that wants an idle machine.
// "Sums" compares Equipoise with itself without those sums. Ratios are medians over the rounds with their quartiles.
// PyTorch is that of --python, else EQUIPOISE_PYTHON, else .cache/python here, else python3.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lossEngine } from "./losses-variant.mjs";
import { median, quantile, table, withSection } from "./page.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    python: { type: "string", default: pythonHere() },
    rows: { type: "string", default: "1024" },
    classes: { type: "string", default: "1230" },
    rounds: { type: "string", default: "21" },
    only: { type: "string" },
    threads: { type: "string", default: "1" },
    page: { type: "string" },
  },
});
const [rows, classes, rounds, threads] = ["rows", "classes", "rounds", "threads"].map((key) =>
  Number(values[key]),
);
const measure = threads === 1 ? "milliseconds" : "wall";
const warmUp = 3;

function pythonHere() {
  const own = join(root, ".cache", "python", "bin", "python3");
  return process.env.EQUIPOISE_PYTHON ?? (existsSync(own) ? own : "python3");
}

/** A Python process that answers one line of JSON for each line of JSON. */
function python() {
  const child = spawn(values.python, [join(root, "bench", "losses_torch.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error("The Python process ended; its message stands above.");
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

function stepOf(prepared, batch) {
  const gradient = new Float32Array(batch.logits.length);
  const tally = { positive: new Float64Array(classes), negative: new Float64Array(classes) };
  return () => {
    const [wall, start] = [performance.now(), process.cpuUsage()];
    const loss = prepared.step(batch.logits, batch.targets, gradient, tally);
    const { user, system } = process.cpuUsage(start);
    return { loss, milliseconds: (user + system) / 1000, wall: performance.now() - wall };
  };
}

const withSums = await lossEngine({ statistics: true });
const without = await lossEngine({ statistics: false });
const { lossIds, losses, lossAsPyTorch } = withSums;
const counts = Array.from({ length: classes }, (_, k) => Math.ceil(8000 / (k + 1)));
const logits = Float32Array.from({ length: rows * classes }, (_, i) => 4 * Math.sin(i * 1.7));
const labels = Int32Array.from({ length: rows }, (_, i) => (i * 37) % classes);
for (const side of [withSums, without]) await side.startRowThreads(threads);
const names = counts.map((_, k) => `class ${k}`);
const torch = python();

async function compete(id) {
  const code = lossAsPyTorch({ loss: id, parameters: {}, sampler: "instance-balanced" }, names, counts);
  await torch.ask({ code });
  const batch = { logits, targets: { labels } };
  const competitors = {
    ours: stepOf(withSums.prepareLoss(id, {}, counts), batch),
    bare: stepOf(without.prepareLoss(id, {}, counts), batch),
    torch: () => torch.ask({ step: true, threads }),
  };
  const times = Object.fromEntries(Object.keys(competitors).map((key) => [key, []]));
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const [key, step] of Object.entries(competitors)) {
      const time = await step();
      // Its threads spin for a few milliseconds when they are done, which would slow down whoever comes next.
      if (key === "torch" && threads > 1) await sleep(20);
      if (round >= warmUp) times[key].push(time);
    }
  }
  const ratio = (a, b) => times[a].map((time, i) => time[measure] / times[b][i][measure]);
  return {
    ours: median(times.ours.map((time) => time[measure])),
    theirs: median(times.torch.map((time) => time[measure])),
    toTorch: ratio("ours", "torch"),
    sums: ratio("ours", "bare"),
  };
}

const spread = (ratios) =>
  `${median(ratios).toFixed(2)} (${quantile(ratios, 0.25).toFixed(2)} to ${quantile(ratios, 0.75).toFixed(2)})`;

const ids = values.only ? values.only.split(",") : lossIds;
const { version } = await torch.ask({ rows, classes, labels: [...labels] });
const setting =
  `logits [${rows.toLocaleString("en")}, ${classes.toLocaleString("en")}], PyTorch ${version}, ` +
  `${threads} thread${threads === 1 ? "" : "s"} on either side, median and quartiles of ${rounds} rounds`;
console.log(`${setting}\n`);
console.log(`${"loss".padEnd(36)} Equipoise    PyTorch  ${"ratio".padEnd(21)} with sums`);
const measured = [];
for (const id of ids) {
  const result = await compete(id);
  measured.push([losses[id].title, result]);
  const cells = [result.ours, result.theirs].map((time) => `${time.toFixed(1)} ms`.padStart(9));
  const ratios = [result.toTorch, result.sums].map((each) => spread(each).padEnd(21));
  console.log(`${losses[id].title.padEnd(36)} ${cells.join("  ")}  ${ratios.join(" ")}`);
}
torch.end();
for (const side of [withSums, without]) await side.stopRowThreads();
if (values.page) {
  const head = ["loss", "Equipoise / PyTorch", "with sums / without"];
  const lines = measured.map(([title, { toTorch, sums }]) => [title, spread(toTorch), spread(sums)]);
  const body = `Last run: ${setting}, Node ${process.versions.node}.\n\n${table(head, lines)}`;
  const section = threads === 1 ? "losses" : `losses-${threads}`;
  writeFileSync(values.page, withSection(readFileSync(values.page, "utf8"), section, body));
}
