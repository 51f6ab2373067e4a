/** A program that is not Equipoise and writes a run: docs/run-format.md, by nothing but that page. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Written {
  readonly folder: string;
  /** One report with gradient sums of every class, positive `1 + step` over negative `2`; accuracy ends an epoch. */
  report(step: number, epoch: number, accuracy?: number): void;
  state(state: object): void;
}

export function writeRecordedRun(
  home: string,
  id: string,
  description: {
    readonly loss: string;
    readonly classes: readonly string[];
    readonly counts: readonly number[];
  },
): Written {
  const folder = join(home, ".equipoise", "runs", id);
  const classes = description.classes.length;
  let row = 0;
  mkdirSync(folder, { recursive: true });
  const state = (now: object): void =>
    writeFileSync(
      join(folder, "run.json"),
      JSON.stringify({
        format: "equipoise-run",
        version: 1,
        id,
        experiment: id,
        seed: 1,
        ...description,
        state: now,
      }),
    );
  writeFileSync(join(folder, "classes.npy"), Buffer.alloc(128, " "));
  writeFileSync(join(folder, "scalars.jsonl"), "");
  state({ kind: "running" });
  return {
    folder,
    state,
    report(step, epoch, accuracy) {
      const values = new Float64Array(5 * classes).fill(2);
      for (const axis of [0, 2]) values.fill(1 + step, axis * classes, (axis + 1) * classes);
      values.fill(accuracy ?? Number.NaN, 4 * classes);
      appendFileSync(join(folder, "classes.npy"), new Uint8Array(values.buffer));
      const measured = accuracy === undefined ? {} : { loss: 1, accuracy, balancedAccuracy: accuracy };
      appendFileSync(join(folder, "scalars.jsonl"), `${JSON.stringify({ row, step, epoch, ...measured })}\n`);
      row++;
    },
  };
}
