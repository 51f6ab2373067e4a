// Damaged inputs for every reader: npm run fuzz -- [--inputs 200000] [--seed 1]
// Ends with 1 where a reader fails, takes more than a second a megabyte, or memory passes 300 MB.
import { parseArgs } from "node:util";
import { engine } from "../bench/engine.mjs";

const { values } = parseArgs({
  options: { inputs: { type: "string", default: "200000" }, seed: { type: "string", default: "1" } },
});
const { fuzz } = await engine('export { fuzz } from "./test/fuzz/fuzz.ts";');
const started = performance.now();
const report = await fuzz(Number(values.inputs), Number(values.seed), (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done.toLocaleString("en")} inputs`);
});
const { inputs, readings, findings, failures, slowest, megabytes } = report;
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${inputs.toLocaleString("en")} inputs, seed ${values.seed}, in ${seconds} s`);
console.log(`${readings.toLocaleString("en")} readings, ${findings.toLocaleString("en")} findings`);
console.log(
  `slowest ${slowest.milliseconds.toFixed(0)} ms (${slowest.input}), at most ${megabytes.toFixed(0)} MB`,
);
for (const failure of failures.slice(0, 20)) console.log(failure);
if (megabytes > 300) console.log("Memory passed 300 MB.");
process.exitCode = failures.length > 0 || megabytes > 300 ? 1 : 0;
