// Claims: hover on another file stays quick while a 200 MB LVIS-shaped file is read by the language server, and what is
// counted so far is told early where the file is large (256 MB and more).
// node bench/hover.mjs [MEGABYTES or FILE]   needs dist/server.cjs (npm run build)
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { generateLvis } from "./generate-lvis.mjs";

const [, , given = "200"] = process.argv;
const megabytes = Number(given);
const folder = mkdtempSync(join(tmpdir(), "equipoise-bench-"));
const large = megabytes > 0 ? join(folder, "lvis.json") : resolve(given);
const small = join(folder, "train.txt");
const list = Array.from({ length: 2000 }, (_, i) => `images/${i}.jpg ${i % 20 === 0 ? 1 : 0}`).join("\n");

try {
  if (megabytes > 0) await generateLvis(large, megabytes);
  writeFileSync(small, list);
  const bundle =
    process.env.EQUIPOISE_SERVER ?? fileURLToPath(new URL("../dist/server.cjs", import.meta.url));
  const server = spawn(process.execPath, [bundle, "--stdio"], {
    env: { ...process.env, EQUIPOISE_CACHE: "off" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const client = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  client.listen();
  await client.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  await client.sendNotification("initialized", {});
  const uri = pathToFileURL(small).href;
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "plaintext", version: 1, text: list },
  });
  const idle = await hovers(client, uri, until(2000));
  const started = performance.now();
  let early;
  client.onNotification("equipoise/reading", ({ read, total, soFar }) => {
    if (soFar) early ??= { after: performance.now() - started, read: read / total, ...soFar };
  });
  let reading = true;
  const analysis = client.sendRequest("equipoise/analyse", { uri: pathToFileURL(large).href });
  analysis.finally(() => {
    reading = false;
  });
  const busy = await hovers(client, uri, () => reading);
  const { views } = await analysis;
  const seconds = (performance.now() - started) / 1000;
  console.log(`read ${given} (MB), ${views[0].labels} annotations, in ${seconds.toFixed(1)} s`);
  console.log(
    early
      ? `counts so far after ${early.after.toFixed(0)} ms: ${early.classes} classes, imbalance ${early.imbalance}`
      : "no counts before the end",
  );
  console.log(`hover while idle:    ${summary(idle)}`);
  console.log(`hover while reading: ${summary(busy)}`);
  await client.sendRequest("shutdown");
  await client.sendNotification("exit");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds of hovers asked one after the other, ten milliseconds apart, as long as `going`. */
async function hovers(client, uri, going) {
  const times = [];
  while (going()) {
    const asked = performance.now();
    const params = { textDocument: { uri }, position: { line: 1, character: 13 } };
    const found = await client.sendRequest("textDocument/hover", params);
    if (!found) throw new Error("no hover on the label");
    times.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return times.sort((a, b) => a - b);
}

function until(milliseconds) {
  const end = performance.now() + milliseconds;
  return () => performance.now() < end;
}

function summary(times) {
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  return `median ${at(0.5)} ms, 99 % within ${at(0.99)} ms, longest ${at(1)} ms, ${times.length} asked`;
}
