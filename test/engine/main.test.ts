import { type ChildProcess, fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Dialogue, dialogue } from "#protocol/dialogue.ts";
import type {
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentUpdate,
  TrainingNotifications,
  TrainingRequests,
} from "#protocol/training.ts";
import { bundleFolder } from "../bundles.ts";
import { presentTensorflow } from "./backends/tensorflow/present.ts";
import { temporaryFolder, tinyData, tinyPlan } from "./tiny.ts";

const missing = await presentTensorflow();
if (missing) console.warn(`The process is not killed while it trains on tensorflow: ${missing}`);

const bundles = bundleFolder();
const script = join(bundles.folder, "engine.cjs");

beforeAll(() => bundles.build({ engine: "engine/main.ts" }), 60_000);
afterAll(() => bundles.remove());

interface Engine {
  readonly child: ChildProcess;
  readonly talk: Dialogue<TrainingRequests, TrainingNotifications>;
  readonly updates: ExperimentUpdate[];
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** Resolves with the first update that fits, also an earlier one. */
  when(fits: (update: ExperimentUpdate) => boolean): Promise<ExperimentUpdate>;
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function startEngine(): Engine {
  const child = fork(script, [], { serialization: "advanced", execArgv: [], cwd: tmpdir() });
  started.push(child);
  const updates: ExperimentUpdate[] = [];
  const waiting = new Set<() => void>();
  const talk = dialogue<TrainingRequests, TrainingNotifications>({
    send: (message) => child.send(message as object),
    receive(listener) {
      child.on("message", listener);
      return () => child.off("message", listener);
    },
  });
  talk.hear("experiment/update", (update) => {
    updates.push(update);
    for (const look of waiting) look();
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? code));
  });
  const when = (fits: (update: ExperimentUpdate) => boolean): Promise<ExperimentUpdate> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = updates.find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { child, talk, updates, ended, when };
}

const over = ({ state }: ExperimentUpdate): boolean => ["finished", "failed", "stopped"].includes(state.kind);
const training = ({ state }: ExperimentUpdate): boolean => state.kind === "running" && state.stepsDone > 200;
const endless = { seeds: 1, epochs: 100_000 } as const;

function start({ talk }: Engine, plan: ExperimentPlan): Promise<ExperimentSnapshot> {
  return talk.ask("experiment/start", { plan });
}

describe("the engine process", () => {
  test("proposes, trains and tells the outcome, typed arrays as they are", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const engine = startEngine();
    const { plan } = await engine.talk.ask("experiment/propose", { manifest, folder });
    const snapshot = await start(engine, { ...plan, seeds: 1, epochs: 2, backend: "cpu" });
    expect(snapshot.state.kind).toBe("preparing");
    expect(snapshot.runs.length).toBe(plan.losses.length);
    const last = await engine.when(over);
    expect(last.state).toEqual({ kind: "finished" });
    const [gradient] = engine.updates.flatMap(({ gradients }) => gradients);
    expect(gradient?.window.positive).toBeInstanceOf(Float64Array);
    const latest = await engine.talk.ask("experiment/latest", { manifest, folder });
    expect(latest?.id).toBe(snapshot.id);
    expect(latest?.runs.every(({ state }) => state.kind === "finished")).toBe(true);
  });

  test("stops when asked, and answers once training has ended", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const engine = startEngine();
    const { id } = await start(engine, tinyPlan(folder, endless));
    await engine.when(training);
    await engine.talk.ask("experiment/stop", { experiment: id });
    expect(engine.updates.at(-1)?.state).toEqual({ kind: "stopped" });
    const heard = engine.updates.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(engine.updates.length).toBe(heard);
  });

  test("trains one experiment at a time, and takes the next one after it", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const engine = startEngine();
    const { id } = await start(engine, tinyPlan(folder, endless));
    await expect(start(engine, tinyPlan(folder))).rejects.toThrow(
      "An experiment on train.txt is running. Stop it, or wait for its end, then start this one.",
    );
    await engine.talk.ask("experiment/stop", { experiment: id });
    const next = await start(engine, tinyPlan(folder, { seeds: 1, epochs: 1 }));
    expect(next.id).not.toBe(id);
    await engine.when(({ experiment, state }) => experiment === next.id && state.kind === "finished");
  });

  test("answers a mistake in the plan with its code and lives on", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const engine = startEngine();
    await expect(start(engine, tinyPlan(folder, { epochs: 0 }))).rejects.toMatchObject({
      code: "settings/invalid",
    });
    await expect(engine.talk.ask("experiment/stop", { experiment: "none" })).rejects.toMatchObject({
      code: "run/unknown",
    });
    expect(await engine.talk.ask("experiment/latest", { manifest, folder })).toBeNull();
  });

  test.each(["cpu", ...(missing ? [] : ["tensorflow" as const])] as const)(
    "leaves what it trained on %s on disk when it is killed, and a new process goes on",
    async (backend) => {
      const folder = temporaryFolder();
      const { manifest } = tinyData(folder);
      const plan = tinyPlan(folder, { epochs: 500, seeds: 1, backend });
      const engine = startEngine();
      const { id, runs } = await start(engine, plan);
      await engine.when(({ runs: changed }) =>
        changed.some((run) => run.id === runs[0]?.id && run.state.kind === "finished"),
      );
      engine.child.kill("SIGKILL");
      expect(await engine.ended).toBe("SIGKILL");

      const second = startEngine();
      const found = await second.talk.ask("experiment/latest", { manifest, folder });
      expect(found?.id).toBe(id);
      expect(found?.state).toEqual({ kind: "stopped" });
      expect(found?.runs[0]?.state.kind).toBe("finished");
      const resumed = await start(second, plan);
      expect(resumed.id).toBe(id);
      expect((await second.when(over)).state).toEqual({ kind: "finished" });
    },
    120_000,
  );

  test("ends with its parent", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const engine = startEngine();
    await start(engine, tinyPlan(folder, endless));
    await engine.when(training);
    engine.child.disconnect();
    expect(await engine.ended).toBe(0);
  });

  test("says which backend it trains on and why", async () => {
    const engine = startEngine();
    const description = await engine.talk.ask("backend/describe", { backend: "cpu" });
    expect(description).toMatchObject({ id: "cpu", threads: 1 });
    expect(description.reason).not.toBe("");
  });
});
