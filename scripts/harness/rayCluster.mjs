// A real Ray cluster of several nodes on the loopback of this machine, for tests and benches. Linux only.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../steps.mjs";

/** A Python that has Ray: EQUIPOISE_RAY, else the one that `.ci/run` makes; otherwise why there is none. */
export function findRay() {
  if (process.platform !== "linux") return { reason: "the test cluster needs Linux" };
  const python = process.env.EQUIPOISE_RAY ?? join(root, ".cache", "ray", "bin", "python3");
  if (!existsSync(python)) return { reason: `there is no ${python}: bash .ci/run installs Ray` };
  const { status, stdout } = spawnSync(python, ["-c", "import ray; print(ray.__version__)"], {
    encoding: "utf8",
  });
  return status === 0 ? { python, version: stdout.trim() } : { reason: `${python} has no Ray` };
}

/**
 * Starts a head without CPUs and one node a name with one CPU each. What Ray measures itself with may be missing
 * (test/ray/standins); of its dashboard only what the Jobs API needs is started, as each part is a process of 100 MB.
 */
export async function startCluster(python, nodes) {
  const folder = mkdtempSync(join(tmpdir(), "eqr-"));
  const env = {
    ...process.env,
    EQUIPOISE_TEST_CLUSTER: folder,
    PYTHONPATH: join(root, "test", "ray", "standins"),
    RAY_USAGE_STATS_ENABLED: "0",
    RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT: "120",
    DASHBOARD_METRIC_PORT: String(await freePort()),
    // A dead node refuses to answer and is known after 5 s; one that is merely slow has 10 s for each answer.
    RAY_health_check_period_ms: "1000",
  };
  const killAll = () => {
    const pids = processesOf(folder);
    for (const pid of pids) kill(pid);
    return pids.length;
  };
  // Its processes are in groups of their own, so that they would outlive an interrupted test.
  process.once("exit", killAll);
  const stop = async () => {
    while (killAll() > 0) await sleep(200);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.off("exit", killAll);
  };
  try {
    const [gcs, dashboard] = [await freePort(), await freePort()];
    const own = ["--disable-usage-stats", "--object-store-memory=80000000", "--block"];
    const head = ["--head", `--port=${gcs}`, "--node-ip-address=127.0.0.2", "--num-cpus=0"];
    await startNode(python, [...head, "--include-dashboard=false", `--temp-dir=${folder}`, ...own], env);
    await startJobsApi(folder, dashboard, { ...env, DASHBOARD_METRIC_PORT: String(await freePort()) });
    const addressOf = (name) => `127.0.0.${nodes.indexOf(name) + 3}`;
    // One after the other: two at once would take the same name for a socket.
    for (const name of nodes) {
      const place = [`--address=127.0.0.2:${gcs}`, `--node-ip-address=${addressOf(name)}`, "--num-cpus=1"];
      const agent = `--dashboard-agent-listen-port=${await freePort()}`;
      await startNode(python, [...place, agent, ...own], { ...env, EQUIPOISE_TEST_NODE: name });
    }
    const killNode = (name) => {
      for (const pid of processesOf(folder, name)) kill(pid);
    };
    const address = `http://127.0.0.1:${dashboard}`;
    const isBusy = (name) => runsJob(address, addressOf(name));
    return { address, killNode, isBusy, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** Whether the node at an address runs a job at this moment. */
async function runsJob(cluster, node) {
  const answer = await fetch(`${cluster}/api/jobs/`).catch(() => undefined);
  const jobs = answer?.ok ? await answer.json() : [];
  return jobs.some(
    (job) => job.status === "RUNNING" && job.driver_agent_http_address?.startsWith(`http://${node}:`),
  );
}

/** A node may run into a time-out of its own on a busy machine: it is tried three times. */
async function startNode(python, options, env) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startNodeOnce(python, options, env);
    } catch (problem) {
      if (attempt === 3) throw problem;
    }
  }
}

function startNodeOnce(python, options, env) {
  // Ray gives its processes 15 s to start, so they come before others where we may say so.
  const script = `echo -15 > /proc/self/autogroup; exec "$0" "$@"`;
  const command = ["-c", script, python, "-m", "ray.scripts.scripts", "start", ...options];
  const child = spawn("sh", command, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let output = "";
    const hear = (text) => {
      output += text;
      if (output.includes("Ray runtime started")) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.on("exit", () => reject(new Error(`Ray did not start:\n${output.slice(-2000)}`)));
  });
}

/** The dashboard that Ray has started serves nobody; another one with its arguments serves jobs. */
async function startJobsApi(folder, port, env) {
  const theirs = processesOf(folder)
    .map((pid) => wordsOf(pid))
    .find((words) => words.some((word) => word.endsWith("dashboard/dashboard.py")));
  if (!theirs) throw new Error("Ray started no dashboard process.");
  const kept = theirs.filter(
    (word) => !/^--(modules-to-load|disable-frontend|host|port|stdout|stderr)\b(?!-retries)/.test(word),
  );
  const [command, ...args] = kept;
  const own = [
    "--modules-to-load=JobHead,NodeHead",
    "--host=127.0.0.1",
    `--port=${port}`,
    "--logging-filename=jobs.log",
  ];
  spawn(command, [...args, ...own], { env, detached: true, stdio: "ignore" });
  for (let waited = 0; waited < 600; waited++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/version`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error("Ray's Jobs API did not start.");
}

/**
 * Processes that descend from this cluster, or from one node of it: by an environment variable that they inherit, or, as
 * some of Ray's write their title over that, by a parent that has it.
 */
function processesOf(folder, node) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((pid) => [pid, parentOf(pid)]));
  const marked = new Set(all.filter((pid) => isMarked(pid, folder, node)));
  return all.filter((pid) => {
    for (let each = pid; each !== undefined; each = parents.get(each)) if (marked.has(each)) return true;
    return false;
  });
}

function isMarked(pid, folder, node) {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const isOurs = environment.includes(`EQUIPOISE_TEST_CLUSTER=${folder}`);
    return isOurs && (node === undefined || environment.includes(`EQUIPOISE_TEST_NODE=${node}`));
  } catch {
    return false;
  }
}

/** Field 4 of `/proc/<pid>/stat`, after the name in brackets, which may hold anything. */
function parentOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return undefined;
  }
}

function wordsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

function kill(pid) {
  try {
    process.kill(Number(pid), "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
