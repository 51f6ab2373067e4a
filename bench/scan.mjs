// Processor time and memory of `equipoise inspect` on a large LVIS-shaped file, against JSON.parse and the Python
// libraries that are installed (json, orjson, msgspec with types, DuckDB, pycocotools), or on a list of files alone:
//   EQUIPOISE_PYTHON=python3 node bench/scan.mjs [--megabytes 200] [--rounds 5] [--peers 1] [--seconds 300]
//                                               [--shuffled] [--file FILE] [--lines 10000000]
// Builds what is shipped (`scripts/build.mjs --production`) and measures that. Whole processes with their start, one after the
// other in turn so that a busy machine is busy for all; medians of processor time (user and system) and of the clock with their
// ranges are printed, and ratios of medians. Every program counts the instances per class and must find the same. Kept analyses
// are switched off. Each run is printed as it ends. Equipoise and JSON.parse run in every round, the others in the first --peers
// of them; one that takes longer than --seconds is left out.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generateLvis } from "./generate-lvis.mjs";

const build = fileURLToPath(new URL("../scripts/build.mjs", import.meta.url));
const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));

/** Writes what a Node process took, when it ends. */
const reportUsage = `process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { kilobytes: maxRSS, seconds: (userCPUTime + systemCPUTime) / 1e6 };
  require("node:fs").writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage));
});`;

const parseScript = `
const data = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
const counts = new Map(data.categories.map(({ id }) => [id, 0]));
for (const { category_id } of data.annotations) counts.set(category_id, counts.get(category_id) + 1);
console.log(JSON.stringify([...counts.values()]));`;

const pythonScript = fileURLToPath(new URL("scan_python.py", import.meta.url));
const pythonLibraries = ["json", "orjson", "msgspec", "duckdb", "pycocotools"];

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    peers: { type: "string", default: "1" },
    seconds: { type: "string", default: "300" },
    shuffled: { type: "boolean", default: false },
    file: { type: "string" },
    lines: { type: "string" },
  },
});

/** What the first program counted. */
let expected;
const folder = mkdtempSync(join(tmpdir(), "equipoise-bench-"));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  // As it is shipped: a bundle for debugging is twice as long and takes longer to start.
  execFileSync(process.execPath, [build, "--production"], { stdio: "inherit" });
  if (values.lines) {
    await measureList(Number(values.lines));
    return;
  }
  const file = values.file ?? join(folder, "annotations.json");
  if (!values.file) {
    console.log(`Writing ${values.megabytes} MB`);
    await generateLvis(file, Number(values.megabytes), values.shuffled);
  }
  await take(file, programs(file));
}

/** A list of files with labels, with and without looking for repeated lines. */
async function measureList(lines) {
  const file = join(folder, "train.txt");
  console.log(`Writing ${lines.toLocaleString("en")} lines`);
  writeList(file, lines);
  const quiet = join(folder, "quiet");
  mkdirSync(quiet);
  writeFileSync(join(quiet, "equipoise.yaml"), "rules:\n  sample/duplicate: off\n");
  linkSync(file, join(quiet, "train.txt"));
  const usage = script("usage.cjs", reportUsage);
  await take(
    file,
    [
      ["with the check", file],
      ["without", join(quiet, "train.txt")],
    ].map(([name, path]) => ({
      name,
      command: process.execPath,
      args: ["-r", usage, cli, "inspect", path, "--json"],
      counts: (output) => JSON.parse(output).views[0].classes.map(({ count }) => count),
    })),
  );
}

/** As ImageNet-LT has them: a thousand classes by Zipf's law, in no order. */
function writeList(file, lines) {
  const out = openSync(file, "w");
  let text = "";
  let random = 1;
  for (let i = 0; i < lines; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    const label = Math.floor(1000 ** (random / 4294967296));
    const name = `n${String(label).padStart(8, "0")}`;
    text += `train/${name}/${name}_${i}.JPEG ${label}\n`;
    if (text.length < 1 << 20 && i + 1 < lines) continue;
    writeSync(out, text);
    text = "";
  }
  closeSync(out);
}

async function take(file, contenders) {
  const runs = new Map();
  const slow = new Set();
  const rounds = Number(values.rounds);
  for (let round = 0; round <= rounds; round++) {
    for (const { name, command, args, counts, peer } of contenders) {
      // The first round warms the file cache and checks the counts; that of a peer counts, as it may take minutes.
      if (slow.has(name) || (peer && round >= Number(values.peers))) continue;
      const run = await measure(command, args);
      if (!run) {
        slow.add(name);
        console.log(`${name} is left out: it did not end within ${values.seconds} s.`);
        continue;
      }
      if (round === 0) compare(name, counts(run.output));
      console.log(
        `round ${round}  ${name.padEnd(18)}  ${seconds(run.seconds)}, ${seconds(run.clock)} by the clock`,
      );
      if (round > 0 || peer) runs.set(name, [...(runs.get(name) ?? []), run]);
    }
  }
  report(file, new Map(contenders.flatMap(({ name }) => (runs.has(name) ? [[name, runs.get(name)]] : []))));
}

function seconds(time) {
  return `${time.toFixed(2)} s`;
}

function programs(file) {
  const usage = script("usage.cjs", reportUsage);
  const found = [
    {
      name: "equipoise inspect",
      command: process.execPath,
      args: ["-r", usage, cli, "inspect", file, "--json"],
      counts: (output) => JSON.parse(output).views[0].classes.map(({ count }) => count),
    },
  ];
  if (statSync(file).size < 512e6)
    found.push({
      name: "JSON.parse",
      command: process.execPath,
      args: ["-r", usage, script("parse.cjs", parseScript), file],
      counts: JSON.parse,
    });
  else console.log("JSON.parse is left out: Node holds no string of 512 MB.");
  return [...found, ...pythonPrograms(file)];
}

function pythonPrograms(file) {
  const names = [process.env.EQUIPOISE_PYTHON, "python3", "python"].filter(Boolean);
  const python = names.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!python) {
    console.log(`Python is left out: ${names.join(", ")} do not start here.`);
    return [];
  }
  return pythonLibraries.flatMap((library) => {
    if (spawnSync(python, [pythonScript, library]).status !== 0) {
      console.log(`${library} is left out: ${python} does not have it.`);
      return [];
    }
    const args = [pythonScript, library, file];
    return [{ name: `Python ${library}`, command: python, args, counts: JSON.parse, peer: true }];
  });
}

function script(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function measure(command, args) {
  const usageFile = join(folder, "usage");
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      timeout: 1000 * Number(values.seconds),
      killSignal: "SIGKILL",
      env: { ...process.env, USAGE_FILE: usageFile, EQUIPOISE_CACHE: "off" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.stderr.on("data", (data) => {
      errors += data;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const clock = (performance.now() - begun) / 1000;
      // inspect ends with 1 where it has findings.
      if (signal === "SIGKILL") resolve(undefined);
      else if (code > 1) reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${errors}`));
      else {
        const { kilobytes, seconds } = JSON.parse(readFileSync(usageFile, "utf8"));
        resolve({ output, seconds, clock, megabytes: kilobytes / 1024 });
      }
    });
  });
}

function compare(name, counts) {
  const text = JSON.stringify(counts);
  expected ??= text;
  if (text !== expected) throw new Error(`${name} counts otherwise`);
}

function report(file, runs) {
  const size = statSync(file).size / 1e6;
  const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const own = [...runs.values()][0] ?? [];
  const of = (all, what) => all.map((run) => run[what]);
  const range = (numbers) =>
    `${median(numbers).toFixed(2)} s (${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)})`;
  const ratio = (all, what) => (median(of(all, what)) / median(of(own, what))).toFixed(1);
  console.log(
    `${size.toFixed(0)} MB, ${own.length} rounds, Node ${process.version}, ${process.platform} ${process.arch}`,
  );
  console.log(
    "| program | rounds | processor | x | clock | x | peak, MB | x |\n|---|---|---|---|---|---|---|---|",
  );
  for (const [name, all] of runs) {
    const cells = [
      name,
      all.length,
      range(of(all, "seconds")),
      ratio(all, "seconds"),
      range(of(all, "clock")),
      ratio(all, "clock"),
      median(of(all, "megabytes")).toFixed(0),
      ratio(all, "megabytes"),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
