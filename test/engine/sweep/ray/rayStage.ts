/** A sweep of six trials and a fake cluster that runs it, anew for each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { clusterAddress } from "#engine/sweep/ray/address.ts";
import { openRay } from "#engine/sweep/ray/api.ts";
import { frameOf } from "#engine/sweep/ray/frames.ts";
import type { RayEvent, RayOptions, RayOutcome } from "#engine/sweep/ray/options.ts";
import { runOnRay } from "#engine/sweep/ray/raySweep.ts";
import { endedTrials } from "#engine/sweep/results.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import { temporaryFolder } from "../../tiny.ts";
import { tinySweep } from "../tinySweep.ts";
import { type FakeJob, FakeRay } from "./fakeRay.ts";

export let ray: FakeRay;
/** Where this end keeps results. */
export let root: string;
/** Six trials, and the line that each prints on its node. */
export let sweep: Sweep;
const frames: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "equipoise-ray-"));
beforeAll(async () => {
  sweep = await tinySweep(folder, {}, { seeds: [1, 2, 3] });
  const node = join(folder, "node");
  const worker = createSweepWorker(sweep, { root: node });
  for (let index = 0; index < 6; index++) {
    const outcome = await worker.run(index);
    if ("result" in outcome) frames.push(await frameOf(node, outcome.result));
  }
}, 60_000);
beforeEach(async () => {
  ray = await new FakeRay().start();
  root = temporaryFolder();
  ray.work = finish;
});
afterEach(() => ray.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints what trials print, up to the first `most`. */
export function train(job: FakeJob, most = Number.POSITIVE_INFINITY): void {
  for (const index of job.indices.slice(0, most)) job.log += `trial ${index}\n${frames[index]}\n`;
}

export function finish(job: FakeJob): void {
  train(job);
  if (job.status === "RUNNING") job.status = "SUCCEEDED";
}

export function fail(job: FakeJob, error: string, exitCode?: number, message = "it broke"): void {
  Object.assign(job, { status: "FAILED", error, message, exitCode });
}

export interface Run {
  readonly events: RayEvent[];
  readonly end: Promise<RayOutcome>;
}

export function run(changes: Partial<RayOptions> = {}, signal?: AbortSignal): Run {
  const events: RayEvent[] = [];
  const options: RayOptions = {
    root,
    address: ray.url,
    entry: { node: "node", program: "program/cli.cjs", sweep: "data/tiny.sweep.json", isShared: false },
    ...(changes.entry ? {} : { package: { name: "_ray_pkg_1.zip", content: new Uint8Array(4) } }),
    batch: 2,
    jobs: 2,
    cpus: 1,
    gpus: 0,
    attempts: 3,
    follow: false,
    waits: { shortest: 10, longest: 40, patience: 400 },
    ...changes,
  };
  const end = runOnRay(
    sweep,
    openRay(clusterAddress(ray.url, {}), signal),
    options,
    (event) => events.push(event),
    signal,
  );
  return { events, end };
}

export const ended = (): Promise<number[]> => endedTrials(root, sweep.file.id);
export const notesOf = (events: readonly RayEvent[]): string =>
  events.flatMap((event) => (event.kind === "note" ? [event.message] : [])).join("\n");

/** Takes another folder for the results. */
export function moveTo(folder: string): void {
  root = folder;
}
