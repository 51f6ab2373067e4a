/**
 * Reports of a run as they lie on disk, whoever wrote or writes them: docs/run-format.md. The one reader of
 * `scalars.jsonl` and `classes.npy`, from any place on, so that a run of gigabytes can be followed while it grows.
 */
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { withReports } from "#engine/statistics/logSteps.ts";
import type { EpochReport, GradientReport, RunId } from "#protocol/training.ts";
import { headerBytes, readRow, rowBytes } from "./seriesLayout.ts";

/** A line of `scalars.jsonl`. */
export interface ScalarLine {
  /** Row of `classes.npy`. */
  readonly row: number;
  readonly step: number;
  readonly epoch: number;
  /** At the end of an epoch, with the two that follow. */
  readonly loss?: number;
  readonly accuracy?: number;
  readonly balancedAccuracy?: number;
  readonly learningRate?: number;
}

export interface Reports {
  readonly epochs: readonly EpochReport[];
  readonly gradients: readonly GradientReport[];
}

export const scalarsFile = "scalars.jsonl";
export const seriesFile = "classes.npy";

/** Bytes of lines that are read at once. */
const chunk = 4 << 20;
/** Enough for the last line of any run. */
const tail = 4096;

/** Returns the size of `scalars.jsonl` in bytes; 0 where there is none. */
export function scalarsSize(folder: string): Promise<number> {
  return sizeOf(join(folder, scalarsFile));
}

/**
 * Returns the whole lines from a byte on, and the byte after the last of them: what follows the last line feed was cut
 * short by a crash or is being written. A damaged line is left out.
 */
export async function readLines(
  folder: string,
  from = 0,
): Promise<{ readonly lines: readonly ScalarLine[]; readonly end: number }> {
  const file = await open(join(folder, scalarsFile), "r").catch(() => undefined);
  if (!file) return { lines: [], end: from };
  try {
    const lines: ScalarLine[] = [];
    let [end, rest] = [from, Buffer.alloc(0)];
    const { size } = await file.stat();
    for (let position = from; position < size; ) {
      const bytes = Buffer.alloc(Math.min(chunk, size - position));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      rest = Buffer.concat([rest, bytes.subarray(0, bytesRead)]);
      const cut = rest.lastIndexOf(10) + 1;
      for (const text of rest.subarray(0, cut).toString("utf8").split("\n")) {
        const line = parsedLine(text);
        if (line) lines.push(line);
      }
      end += cut;
      rest = rest.subarray(cut);
    }
    return { lines, end };
  } finally {
    await file.close();
  }
}

/** Returns the last whole line without reading those before it; undefined where there is none. */
export async function lastLine(folder: string): Promise<ScalarLine | undefined> {
  const size = await scalarsSize(folder);
  return (await readLines(folder, Math.max(0, size - tail))).lines.at(-1);
}

/**
 * Returns the reports of lines as far as their rows are there in full, and how many lines those are. `thinned`: of very
 * many only as many as a chart can show.
 */
export async function readReports(
  folder: string,
  { id, classes }: { readonly id: RunId; readonly classes: readonly string[] },
  lines: readonly ScalarLine[],
  thinned = false,
): Promise<Reports & { readonly whole: number }> {
  const path = join(folder, seriesFile);
  const rows = Math.floor(((await sizeOf(path)) - headerBytes) / rowBytes(classes.length) || 0);
  const missing = lines.findIndex(({ row }) => row >= rows);
  const whole = missing < 0 ? lines.length : missing;
  const wanted = lines.slice(0, whole);
  return {
    ...(await readWanted(path, id, classes.length, thinned ? withReports([], wanted) : wanted)),
    whole,
  };
}

async function readWanted(
  path: string,
  run: RunId,
  classes: number,
  lines: readonly ScalarLine[],
): Promise<Reports> {
  const epochs: EpochReport[] = [];
  const gradients: GradientReport[] = [];
  if (lines.length === 0) return { epochs, gradients };
  const file = await open(path, "r");
  try {
    for (const { row, step, epoch, loss, accuracy, balancedAccuracy } of lines) {
      const series = await readRow(file, row, classes);
      // Begun anew meanwhile.
      if (!series) break;
      gradients.push({
        run,
        step,
        epoch,
        window: { positive: series("windowPositive"), negative: series("windowNegative") },
        accumulated: { positive: series("accumulatedPositive"), negative: series("accumulatedNegative") },
      });
      if (loss === undefined || accuracy === undefined || balancedAccuracy === undefined) continue;
      const recall = Float32Array.from(series("recall"));
      epochs.push({ run, step, epoch, loss, accuracy, balancedAccuracy, recall });
    }
  } finally {
    await file.close();
  }
  return { epochs, gradients };
}

function parsedLine(text: string): ScalarLine | undefined {
  if (text === "") return undefined;
  try {
    const line = JSON.parse(text) as Partial<ScalarLine>;
    const isWhole = [line.row, line.step, line.epoch].every((value) => typeof value === "number");
    return isWhole ? (line as ScalarLine) : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
