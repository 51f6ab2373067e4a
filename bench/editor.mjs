// Claim: the editor's questions are answered at once on documents of 1, 10 and 45 MB, also while a large file is read.
// node bench/editor.mjs [--sizes 1,10,45] [--scan MEGABYTES] [--rounds N] [--soak MINUTES]
// Needs dist/server.cjs (node scripts/build.mjs --production). Prints p50 and p99 of hover, completion, code action and
// re-diagnosis, the server's memory, and the bundle's size. Each round asks all four, the last after an edit; re-diagnosis
// has the wait for the end of the typing in it.
// --soak edits for so long instead and prints the memory as it goes, then that of each quarter: it must level off.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { generateLvis } from "./generate-lvis.mjs";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1,10,45" },
    scan: { type: "string", default: "1000" },
    rounds: { type: "string", default: "40" },
    soak: { type: "string" },
  },
});
const bundle = fileURLToPath(new URL("../dist/server.cjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "equipoise-bench-"));
const rounds = Number(values.rounds);

try {
  if (values.soak) await soak(Number(values.soak));
  else await measure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure() {
  console.log(`server bundle ${(statSync(bundle).size / 1000).toFixed(0)} kB`);
  for (const withProject of [false, true]) {
    const idle = await start({ withProject });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    console.log(`idle server${withProject ? " with equipoise.yaml" : ""} ${memoryOf(idle.pid)} MB`);
    await idle.stop();
  }
  for (const megabytes of values.sizes.split(",").map(Number)) {
    const server = await start();
    const open = await openList(server, megabytes);
    report(`${megabytes} MB`, await questions(server, open, () => true));
    console.log(`  server with it open ${memoryOf(server.pid)} MB`);
    await server.stop();
  }
  const server = await start();
  const open = await openList(server, 1);
  const large = join(folder, "lvis.json");
  await generateLvis(large, Number(values.scan));
  let reading = true;
  const started = performance.now();
  const scan = server.client.sendRequest("equipoise/analyse", { uri: pathToFileURL(large).href });
  scan.finally(() => {
    reading = false;
  });
  report(`1 MB while ${values.scan} MB are read`, await questions(server, open, () => reading, 10_000));
  await scan;
  console.log(
    `  read in ${((performance.now() - started) / 1000).toFixed(1)} s, server ${memoryOf(server.pid)} MB`,
  );
  await server.stop();
}

/** Asks everything once a round: milliseconds by question. */
async function questions({ client, project }, open, going, most = rounds) {
  const times = { hover: [], completion: [], "code action": [], "re-diagnosis": [] };
  const timed = async (name, ask) => {
    const asked = performance.now();
    const answer = await ask();
    times[name].push(performance.now() - asked);
    return answer;
  };
  const textDocument = { uri: open.uri };
  let diagnostics = (await client.sendRequest("textDocument/diagnostic", { textDocument })).items;
  if (!diagnostics?.length) throw new Error("no finding on the list");
  for (let round = 0; round < most && going(); round++) {
    const position = { line: 1, character: open.line.length };
    const found = await timed("hover", () =>
      client.sendRequest("textDocument/hover", { textDocument, position }),
    );
    if (!found) throw new Error("no hover on the label");
    await timed("completion", () =>
      client.sendRequest("textDocument/completion", {
        textDocument: { uri: project },
        position: { line: 2, character: 6 },
      }),
    );
    await timed("code action", () =>
      client.sendRequest("textDocument/codeAction", {
        textDocument,
        range: diagnostics[0].range,
        context: { diagnostics: [diagnostics[0]] },
      }),
    );
    await client.sendNotification("textDocument/didChange", edit(open));
    const report = await timed("re-diagnosis", () =>
      client.sendRequest("textDocument/diagnostic", { textDocument }),
    );
    diagnostics = report.items ?? diagnostics;
  }
  return times;
}

/** One more image of the rare class at the end of the list. */
function edit(open) {
  const end = { line: open.lines, character: 0 };
  open.lines++;
  open.version++;
  return {
    textDocument: { uri: open.uri, version: open.version },
    contentChanges: [{ range: { start: end, end }, text: `images/new/${open.version}.jpg 1\n` }],
  };
}

async function openList({ client }, megabytes) {
  const line = "images/n01440764/n01440764_10026.JPEG 0";
  const lines = Math.floor((megabytes * 1e6) / (line.length + 1));
  const text = `${Array.from({ length: lines }, (_, i) => (i % 200 === 0 ? line.replace(/0$/, "1") : line)).join("\n")}\n`;
  const path = join(folder, `train_${megabytes}.txt`);
  writeFileSync(path, text);
  const uri = pathToFileURL(path).href;
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "plaintext", version: 1, text },
  });
  return { uri, line, lines, version: 1 };
}

async function start({ withProject = true } = {}) {
  const child = spawn(process.execPath, [bundle, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const client = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  client.listen();
  await client.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "bench" }],
    capabilities: {
      textDocument: { diagnostic: {} },
      workspace: { workspaceEdit: { documentChanges: true } },
    },
    initializationOptions: { commands: true },
  });
  await client.sendNotification("initialized", {});
  const text = "manifest: train_1.txt\nloss:\n  id: class-balanced-softmax\n  beta: 0.9999\n";
  const project = pathToFileURL(join(folder, "equipoise.yaml")).href;
  if (withProject)
    await client.sendNotification("textDocument/didOpen", {
      textDocument: { uri: project, languageId: "yaml", version: 1, text },
    });
  return {
    client,
    project,
    pid: child.pid,
    async stop() {
      await client.sendRequest("shutdown");
      await client.sendNotification("exit");
      client.dispose();
    },
  };
}

async function soak(minutes) {
  const server = await start();
  const open = await openList(server, 1);
  const memory = [];
  for (const end = Date.now() + minutes * 60_000; Date.now() < end; ) {
    const next = Math.min(end, Date.now() + 60_000);
    let asked = 0;
    for (; Date.now() < next; asked++) await questions(server, open, () => true, 1);
    memory.push(memoryOf(server.pid));
    console.log(`${asked} rounds in this minute, server ${memory.at(-1)} MB`);
  }
  for (let quarter = 0; memory.length >= 4 && quarter < 4; quarter++) {
    const part = memory.slice((quarter * memory.length) / 4, ((quarter + 1) * memory.length) / 4);
    const sorted = part.sort((a, b) => a - b);
    console.log(`quarter ${quarter + 1}: median ${sorted[sorted.length >> 1]} MB, most ${sorted.at(-1)} MB`);
  }
  await server.stop();
}

/** The resident memory of a process in MB, where the system tells it. */
function memoryOf(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
  } catch {
    return Number.NaN;
  }
}

function report(title, times) {
  console.log(title);
  for (const [name, all] of Object.entries(times)) {
    const sorted = all.sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
    console.log(`  ${name.padEnd(13)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${sorted.length} asked`);
  }
}
