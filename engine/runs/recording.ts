/**
 * Follows a run that another program writes: docs/run-format.md. Reads what has been added since the last look, and of
 * very many reports only as many as a chart can show, so that a run of gigabytes can be opened while it grows.
 */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { withReports } from "#engine/statistics/logSteps.ts";
import type { EpochReport, GradientReport } from "#protocol/training.ts";
import { headerBytes, rowBytes, type SeriesName, seriesNames } from "./seriesLayout.ts";

/** What `run.json` says, as far as every program writes it. */
export interface RecordingDescription {
  readonly id: string;
  /** Differs from the id where the run belongs to a comparison. */
  readonly experiment: string;
  /** An id of ours, or the name of the program's own criterion. */
  readonly loss: string;
  readonly seed: number;
  readonly classes: readonly string[];
  readonly counts: readonly number[];
  readonly state:
    | { readonly kind: "running" }
    | { readonly kind: "finished"; readonly accuracy?: number; readonly balancedAccuracy?: number }
    | { readonly kind: "stopped"; readonly epoch: number; readonly step: number }
    | { readonly kind: "failed"; readonly step: number; readonly message: string };
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
}

/** What is new since the last look. */
export interface RecordingNews {
  readonly epochs: readonly EpochReport[];
  readonly gradients: readonly GradientReport[];
}

export interface Recording {
  /** Undefined until there is a `run.json` of this format. */
  description(): RecordingDescription | undefined;
  /** Reads on. A run that was begun anew in the same folder is read from its start: `restarted`. */
  read(): Promise<RecordingNews & { readonly restarted: boolean }>;
}

interface Line {
  readonly row: number;
  readonly step: number;
  readonly epoch: number;
  readonly loss?: number;
  readonly accuracy?: number;
  readonly balancedAccuracy?: number;
}

/** Bytes of lines that are read at once. */
const chunk = 4 << 20;

/** A reader of one run folder. */
export function followRecording(folder: string): Recording {
  let description: RecordingDescription | undefined;
  let offset = 0;
  return {
    description: () => description,
    async read() {
      description = (await readDescription(folder)) ?? description;
      const path = join(folder, "scalars.jsonl");
      const size = await stat(path).then(
        (info) => info.size,
        () => 0,
      );
      const restarted = size < offset;
      if (restarted) offset = 0;
      if (!description || size === offset) return { epochs: [], gradients: [], restarted };
      const { lines, end } = await readLines(path, offset, size);
      offset = end;
      return { ...(await readReports(folder, description, lines)), restarted };
    },
  };
}

async function readDescription(folder: string): Promise<RecordingDescription | undefined> {
  try {
    const text = await readFile(join(folder, "run.json"), "utf8");
    const parsed = JSON.parse(text) as Partial<RecordingDescription> & { format?: string; version?: number };
    const { id, classes, counts, state } = parsed;
    if (parsed.format !== "equipoise-run" || parsed.version !== 1) return undefined;
    if (typeof id !== "string" || !isNames(classes) || !isCounts(counts) || !state) return undefined;
    return { experiment: id, loss: "", seed: 1, ...parsed, id, classes, counts, state };
  } catch {
    return undefined;
  }
}

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((member) => typeof member === "string");

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((member) => typeof member === "number");

/** Whole lines from an offset on; what follows the last line feed is read the next time. */
async function readLines(
  path: string,
  from: number,
  size: number,
): Promise<{ readonly lines: readonly Line[]; readonly end: number }> {
  const file = await open(path, "r");
  try {
    const lines: Line[] = [];
    let [end, rest] = [from, Buffer.alloc(0)];
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

function parsedLine(text: string): Line | undefined {
  if (text === "") return undefined;
  try {
    const line = JSON.parse(text) as Partial<Line>;
    const isWhole = [line.row, line.step, line.epoch].every((value) => typeof value === "number");
    return isWhole ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the rows of lines that a chart can tell apart. */
async function readReports(
  folder: string,
  { id: run, classes }: RecordingDescription,
  lines: readonly Line[],
): Promise<RecordingNews> {
  const epochs: EpochReport[] = [];
  const gradients: GradientReport[] = [];
  const file = await open(join(folder, "classes.npy"), "r").catch(() => undefined);
  if (!file) return { epochs, gradients };
  try {
    for (const line of withReports([], lines)) {
      const row = await readRow(file, line.row, classes.length);
      if (!row) break;
      const { step, epoch, loss, accuracy, balancedAccuracy } = line;
      gradients.push({
        run,
        step,
        epoch,
        window: { positive: row("windowPositive"), negative: row("windowNegative") },
        accumulated: { positive: row("accumulatedPositive"), negative: row("accumulatedNegative") },
      });
      if (loss === undefined || accuracy === undefined || balancedAccuracy === undefined) continue;
      epochs.push({
        run,
        step,
        epoch,
        loss,
        accuracy,
        balancedAccuracy,
        recall: Float32Array.from(row("recall")),
      });
    }
  } finally {
    await file.close();
  }
  return { epochs, gradients };
}

/** The series of a row by name; undefined where the row is not there in full. */
async function readRow(
  file: FileHandle,
  row: number,
  classes: number,
): Promise<((name: SeriesName) => Float64Array) | undefined> {
  const values = new Float64Array(seriesNames.length * classes);
  const bytes = new Uint8Array(values.buffer);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, headerBytes + row * rowBytes(classes));
  if (bytesRead < bytes.length) return undefined;
  return (name) => {
    const start = seriesNames.indexOf(name) * classes;
    return values.subarray(start, start + classes);
  };
}
