// Claim: a one-line edit in a manifest of 10 MB is analysed anew within 20 ms.
// node bench/edits.mjs [--megabytes 10] [--edits 60]
// A path list, a table, JSON Lines and an LVIS-shaped document are edited in one line here and there, as the reading thread of
// the language server edits them. Printed are medians and 95 % of the time from an edit to the findings, by the clock and of
// the processor, beside reading all of it; the last edit is checked against that. Waiting for the end of typing is not in it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engine } from "./engine.mjs";
import { generateLvis } from "./generate-lvis.mjs";

const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "10" }, edits: { type: "string", default: "60" } },
});
const bytes = Number(values.megabytes) * 1e6;
const edits = Number(values.edits);
/** The first ones compile the code. */
const warm = 20;

const { analyse, LiveText, textSource } = await engine(
  `export { analyse } from "#engine/analysis.ts";
   export { LiveText } from "#engine/manifest/live/liveText.ts";
   export { textSource } from "#engine/manifest/source.ts";`,
);

/** Repeatable labels by Zipf's law, in no order. */
function labels() {
  let random = 1;
  return () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor(1000 ** (random / 4294967296));
  };
}

function lines(line, start = "") {
  const label = labels();
  const all = [start];
  for (let i = 0, length = 0; length < bytes; i++) {
    all.push(line(i, label()));
    length += all.at(-1).length;
  }
  return all.join("");
}

function lvisText() {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-bench-"));
  const file = join(folder, "lvis.json");
  return generateLvis(file, bytes / 1e6)
    .then(() => readFileSync(file, "utf8"))
    .finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** Which is edited. All texts are ASCII, so that bytes are characters. */
const digit = 0x31;
const class_ = (label) => `n${String(label).padStart(8, "0")}`;
const texts = {
  "train.txt": lines((i, label) => `train/${class_(label)}/${class_(label)}_${i}.JPEG ${label}\n`),
  "train.csv": lines((i, label) => `images/${i}.jpg,class_${label},train\n`, "path,label,split\n"),
  "train.jsonl": lines((i, label) => `{"file_name": "images/${i}.jpg", "label": "class_${label}"}\n`),
  "lvis_v1_train.json": await lvisText(),
};

console.log(
  "| manifest | by the clock, ms | 95 % within | processor, ms | reading all of it, ms |\n|---|---|---|---|---|",
);
for (const [name, text] of Object.entries(texts)) {
  const path = join(tmpdir(), "equipoise-bench", name);
  const whole = await timed(() => analyse(textSource(path, text)));
  let live = LiveText.of(path, text);
  // As bytes: the thread that reads has no text to copy for an edit either.
  const now = Buffer.from(text);
  await analyse(live.source());
  const times = [];
  let last;
  for (let i = 0; i < warm + edits; i++) {
    // A digit of a line somewhere becomes another one.
    const at = now.indexOf(digit, Math.floor((now.length * 0.98 * ((i * 37) % 100)) / 100));
    const change = { start: at, end: at + 1, text: "2" };
    const took = await timed(async () => {
      live = live.edited(change);
      return analyse(live.source());
    });
    last = took.result;
    now.write(change.text, at);
    if (i >= warm) times.push(took);
  }
  if (JSON.stringify(last) !== JSON.stringify(await analyse(textSource(path, now.toString()))))
    throw new Error(`${name} is told otherwise after edits`);
  const sorted = (what) => times.map((each) => each[what]).sort((a, b) => a - b);
  const at = (all, share) => all[Math.floor(all.length * share)].toFixed(1);
  const [clock, processor] = [sorted("clock"), sorted("processor")];
  console.log(
    `| ${[name, at(clock, 0.5), at(clock, 0.95), at(processor, 0.5), whole.clock.toFixed(0)].join(" | ")} |`,
  );
}

async function timed(work) {
  const begun = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, clock: performance.now() - begun, processor: (user + system) / 1000 };
}
