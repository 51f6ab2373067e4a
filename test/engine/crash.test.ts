/** What crashes, full disks and a second window do to runs: nothing but time. */
import { execFileSync, fork } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { latestExperiment } from "#engine/training/stored.ts";
import { dialogue } from "#protocol/dialogue.ts";
import type {
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentUpdate,
  TrainingNotifications,
  TrainingRequests,
} from "#protocol/training.ts";
import { bundleFolder } from "../bundles.ts";
import { temporaryFolder, tinyData, tinyPlan } from "./tiny.ts";

/** 50 with EQUIPOISE_FULL=1. */
const kills = process.env["EQUIPOISE_FULL"] ? 50 : 4;
const bundles = bundleFolder();
beforeAll(() => bundles.build({ engine: "engine/main.ts" }), 120_000);
afterAll(async () => {
  bundles.remove();
  await stopBackend();
});

interface Engine {
  start(plan: ExperimentPlan): Promise<ExperimentSnapshot>;
  /** Resolves with the first update that fits. */
  when(fits: (update: ExperimentUpdate) => boolean): Promise<ExperimentUpdate>;
  kill(): Promise<void>;
}

function startEngine(): Engine {
  const env = { ...process.env, EQUIPOISE_CHECKPOINT_SECONDS: "0.05" };
  const child = fork(join(bundles.folder, "engine.cjs"), [], {
    serialization: "advanced",
    execArgv: [],
    cwd: tmpdir(),
    env,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const talk = dialogue<TrainingRequests, TrainingNotifications>({
    send: (message) => child.send(message as object),
    receive(listener) {
      child.on("message", listener);
      return () => child.off("message", listener);
    },
  });
  const heard: ExperimentUpdate[] = [];
  let look = (): void => {};
  talk.hear("experiment/update", (update) => {
    heard.push(update);
    look();
  });
  return {
    start: (plan) => talk.ask("experiment/start", { plan }),
    when: (fits) =>
      new Promise((resolve) => {
        look = () => {
          const found = heard.find(fits);
          if (found) resolve(found);
        };
        look();
      }),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function trained(plan: ExperimentPlan): Promise<ExperimentSnapshot> {
  const updates = runExperiment(plan);
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value;
  }
}

/** All that was measured, without the names of runs. */
function measured({ runs, comparison }: ExperimentSnapshot): unknown {
  const nameless = (reports: readonly { readonly run: string }[]) =>
    reports.map((report) => ({ ...report, run: "" }));
  return [
    comparison,
    runs.map(({ state, epochs, gradients }) => [state, nameless(epochs), nameless(gradients)]),
  ];
}

test(`a run whose engine is killed ${kills} times at random points comes to the same end`, {
  timeout: 1_800_000,
}, async () => {
  const [whole, torn] = [temporaryFolder(), temporaryFolder()];
  // A loss with a memory, and a sampler that changes over time.
  const changes = {
    seeds: 1,
    epochs: 60 * kills,
    losses: [{ loss: "equalization-v2", parameters: {}, sampler: "progressive" }],
  } as const;
  tinyData(whole);
  const { manifest } = tinyData(torn);
  const ids = new Set<string>();
  let killed = 0;
  while (killed < kills) {
    const engine = startEngine();
    ids.add((await engine.start(tinyPlan(torn, changes))).id);
    const before = await engine.when(({ state }) => state.kind !== "preparing");
    await new Promise((resolve) => setTimeout(resolve, 120 * Math.random()));
    await engine.kill();
    if (before.state.kind !== "running") break;
    killed++;
  }
  const last = startEngine();
  ids.add((await last.start(tinyPlan(torn, changes))).id);
  await last.when(({ state }) => state.kind === "finished");
  expect(killed).toBe(kills);
  expect(ids.size).toBe(1);
  const expected = await trained(tinyPlan(whole, changes));
  expect(measured((await latestExperiment(torn, manifest))!)).toEqual(measured(expected));
});

test("two engines on one folder train two experiments that do not touch each other", {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  tinyData(folder);
  // The same plan would be refused by the one that comes second.
  const plans = [40, 41].map((epochs) => tinyPlan(folder, { seeds: 1, epochs }));
  const engines = plans.map(() => startEngine());
  const started = await Promise.all(engines.map((engine, i) => engine.start(plans[i]!)));
  expect(new Set(started.map(({ id }) => id)).size).toBe(2);
  await Promise.all(engines.map((engine) => engine.when(({ state }) => state.kind === "finished")));
  const runs = readdirSync(join(folder, ".equipoise", "runs"));
  expect(runs).toHaveLength(4);
  const states = runs.map((run) =>
    JSON.parse(readFileSync(join(folder, ".equipoise/runs", run, "run.json"), "utf8")),
  );
  expect(states.every(({ state }) => state.kind === "finished")).toBe(true);
});

/** A disk of 400 kB; undefined, with the reason printed, where none can be mounted. */
function smallDisk(): string | undefined {
  const place = join(temporaryFolder(), "disk");
  mkdirSync(place);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", place], { stdio: "pipe" });
  } catch (problem) {
    console.warn(
      `Skipped: runs on a full disk, as no small one can be mounted: ${String(problem).split("\n")[0]}`,
    );
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [place]));
  return place;
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    names.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), "base64"),
    ]),
  );
}

test("a full disk ends a run with the next step, harms no earlier one, and room lets it go on", {
  timeout: 120_000,
}, async (context) => {
  const disk = smallDisk();
  if (disk === undefined) return context.skip();
  const data = temporaryFolder();
  tinyData(data);
  const earlier = await trained({ ...tinyPlan(data, { seeds: 1, epochs: 2 }), folder: disk });
  expect(earlier.state.kind).toBe("finished");
  const before = filesOf(disk);
  const filler = join(disk, "filler");
  try {
    writeFileSync(filler, new Uint8Array(1 << 20));
  } catch {
    // As much of it as fits is there.
  }
  writeFileSync(filler, new Uint8Array(Math.max(0, readFileSync(filler).length - 40_000)));
  const plan = { ...tinyPlan(data, { seeds: 1, epochs: 200 }), folder: disk };
  const outcome = await trained(plan).catch((problem: Error) => problem);
  const message = outcome instanceof Error ? outcome.message : JSON.stringify(outcome.state);
  expect(message).toMatch(/cannot be written in .*the disk is full\. Earlier runs are kept\. Make room/);
  const after = filesOf(disk);
  for (const [path, content] of Object.entries(before)) expect(after[path]).toBe(content);
  rmSync(filler);
  expect((await trained(plan)).state.kind).toBe("finished");
});
