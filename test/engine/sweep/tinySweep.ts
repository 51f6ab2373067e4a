/** Sweeps small enough to train in a moment. */
import { join } from "node:path";
import { planSweep } from "#engine/sweep/planSweep.ts";
import { readSweep, type Sweep, writeSweep } from "#engine/sweep/sweepFile.ts";
import type { SweepFile } from "#protocol/sweep.ts";
import type { ExperimentPlan } from "#protocol/training.ts";
import { tinyData, tinyPlan } from "../tiny.ts";

/** Cross-entropy and balanced softmax with two seeds on `tinyData`, written into the folder: four trials. */
export async function tinySweep(
  folder: string,
  changes: Partial<ExperimentPlan> = {},
  more: Partial<SweepFile> = {},
): Promise<Sweep> {
  tinyData(folder);
  const plan = tinyPlan(folder, { epochs: 2, backend: "cpu", ...changes });
  const file = await planSweep({
    plan,
    configurations: more.configurations ?? plan.losses.map((choice) => ({ choice })),
    seeds: more.seeds ?? [1, 2],
    threads: 1,
    folder,
  });
  const path = join(folder, "tiny.sweep.json");
  await writeSweep(path, file);
  return readSweep(path);
}
