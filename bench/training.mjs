// Claim: on tensorflow a training step costs no more than PyTorch's at the same thread count; on wasm little more than
// its bare matrix products (linear head, MLP), and a small multiple of PyTorch's.
// node bench/training.mjs [SECONDS] [THREADS] [--backend wasm|tensorflow|webgpu] [--device cpu|cuda] [--clock]
//   [--only MODEL,...] [--page FILE]
//   EQUIPOISE_PYTHON=python3 compares with PyTorch; --page writes the table between the marks of that backend.
// On a GPU: node bench/training.mjs 5 --backend webgpu --device cuda --only resnet32
//
// Competitors take turns, round by round; figures are CPU time a step, median and range of the rounds. With --clock, and always
// where a GPU takes part, time by the clock counts, and steps a second are told, too.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engine } from "./engine.mjs";

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "wasm" },
    device: { type: "string", default: "cpu" },
    clock: { type: "boolean" },
    only: { type: "string" },
    page: { type: "string" },
  },
});
const seconds = Number(positionals[0] ?? 2);
const threads = Number(positionals[1] ?? 1);
const rounds = 5;
const classes = 10;
const models = [
  { model: "linear", inputShape: [324], batch: 128 },
  { model: "linear", inputShape: [2048], batch: 256 },
  { model: "mlp", inputShape: [324], batch: 128 },
  { model: "mlp", inputShape: [2048], batch: 256 },
  { model: "resnet8", inputShape: [32, 32, 3], batch: 128 },
  { model: "resnet20", inputShape: [32, 32, 3], batch: 128 },
  { model: "resnet32", inputShape: [32, 32, 3], batch: 128 },
];
const { device } = asked;
const byClock = asked.clock || asked.backend === "webgpu" || device !== "cpu";
const only = asked.only?.split(",") ?? models.map(({ model }) => model).filter((name) => name !== "resnet32");

const { startBackend, stopBackend, createNetwork, tf } = await engine(`
  export { startBackend, stopBackend } from "#engine/backends/backend.ts";
  export { createNetwork } from "#engine/models/createNetwork.ts";
  export * as tf from "@tensorflow/tfjs";`);
const torch = process.env.EQUIPOISE_PYTHON ? pytorch(process.env.EQUIPOISE_PYTHON) : undefined;
const backend = await startBackend(asked.backend, threads);
console.log(
  `${backend.id}, ${backend.threads} thread(s), ${seconds} s a round, ${rounds} rounds; ms a step ` +
    (byClock ? `by the clock; ${backend.reason}; PyTorch on ${device}` : "of processor time"),
);
const rows = [];
try {
  for (const spec of models) {
    if (only.includes(spec.model)) rows.push(await compare(spec));
  }
} finally {
  torch?.stop();
  await stopBackend();
}
if (asked.page) writeTable(asked.page);
// Threads of the backend would keep the process alive.
process.exit(0);

async function compare(spec) {
  const name = `${spec.model} [${spec.inputShape}] x ${spec.batch}`;
  const network = createNetwork({ ...spec, classes, seed: 1, decayBias: true });
  const competitors = {
    equipoise: () => timed(trainingStep(network, spec)),
    ...(spec.inputShape.length === 1 && { products: () => timed(bareProducts(spec)) }),
    ...(torch && { pytorch: () => torch.time({ ...spec, classes, threads, seconds, device, byClock }) }),
  };
  const times = Object.fromEntries(Object.keys(competitors).map((key) => [key, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [key, run] of Object.entries(competitors)) times[key].push(await run());
  }
  const parts = Object.entries(times).map(([key, values]) => {
    const ratios = times.equipoise.map((own, i) => own / values[i]);
    const ratio = key === "equipoise" ? "" : `, equipoise ${median(ratios).toFixed(2)} times that`;
    const digits = median(values) < 10 ? 3 : 0;
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
    const pace = byClock ? `, ${(1000 / median(values)).toFixed(1)} steps a second` : "";
    return `${key} ${median(values).toFixed(digits)} (${low} to ${high})${pace}${ratio}`;
  });
  console.log(`${name}: ${parts.join("; ")}`);
  network.dispose();
  return { name, times };
}

/** Replaces what stands between the marks of this backend. */
function writeTable(page) {
  const [begin, end] = [`<!-- training ${backend.id} -->`, `<!-- end of training ${backend.id} -->`];
  const text = readFileSync(page, "utf8");
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${page} has no ${begin} ... ${end}`);
  const told = (values) => {
    if (!values) return "";
    const digits = median(values) < 10 ? 2 : 0;
    const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)];
    return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  };
  const lines = rows.map(({ name, times: { equipoise, products, pytorch } }) => {
    const ratio = pytorch ? median(equipoise.map((own, i) => own / pytorch[i])).toFixed(2) : "";
    return `| ${[name, told(equipoise), told(products), told(pytorch), ratio].join(" | ")} |`;
  });
  const table = [
    `Last run: ${backend.threads} thread(s), ${rounds} rounds of ${seconds} s. ${backend.reason.split(", of")[0]}.`,
    "",
    "| net, inputs, batch | Equipoise, ms | its bare matrix products, ms | PyTorch, ms | Equipoise / PyTorch |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
  const [head, tail] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
  writeFileSync(page, `${head}\n${table}\n${tail}`);
}

/** Milliseconds a call, after one call to warm up. */
async function timed(work) {
  await work();
  const [start, before] = [performance.now(), process.cpuUsage()];
  let calls = 0;
  do {
    await work();
    calls++;
  } while (performance.now() - start < seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return (byClock ? performance.now() - start : (user + system) / 1000) / calls;
}

function trainingStep(network, { inputShape, batch }) {
  const width = inputShape.reduce((a, b) => a * b, 1);
  const inputs = Float32Array.from({ length: batch * width }, (_, i) => Math.sin(i));
  const gradient = new Float32Array(batch * classes);
  const gradientOf = (logits) => {
    for (let i = 0; i < gradient.length; i++) gradient[i] = (logits[i] - (i % 7) / 7) / batch;
    return gradient;
  };
  const update = { learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4 };
  return () => network.step({ inputs, rows: batch }, gradientOf, update);
}

/** The products of forward and backward pass, each side stored as the fast path wants it. */
function bareProducts({ model, inputShape: [features], batch }) {
  const widths = model === "mlp" ? [features, 128, classes] : [features, classes];
  const products = widths.slice(1).flatMap((outputs, i) => {
    const inputs = widths[i];
    const shapes = [
      [batch, inputs, outputs],
      [inputs, batch, outputs],
      ...(i > 0 ? [[batch, outputs, inputs]] : []),
    ];
    return shapes.map(([rows, inner, columns]) => [tf.ones([rows, inner]), tf.ones([inner, columns])]);
  });
  return () => {
    for (const [a, b] of products) tf.matMul(a, b).dispose();
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** PyTorch in a process of its own, asked for one round at a time. */
function pytorch(python) {
  const script = fileURLToPath(new URL("training.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async time(task) {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} ended: does it have torch?`);
      return Number(value);
    },
    stop: () => child.stdin.end(),
  };
}
