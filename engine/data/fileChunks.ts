/** Files of inputs as they are read: in chunks, with progress and an end. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { describeProblem, isAbort } from "./problem.ts";

export type LoadProgress = (message: string) => void;

/** Who is told how far reading is, and what ends it with an AbortError. */
export interface FileReading {
  readonly progress?: LoadProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The bytes of a file, unpacked where it is gzip. Throws `data/unreadable` naming the file. */
export async function* fileChunks(path: string, reading: FileReading = {}): AsyncGenerator<Uint8Array> {
  try {
    const { size } = await stat(path);
    yield* unpacked(path, (read) => tellRead(path, read, size, reading));
  } catch (problem) {
    if (isAbort(problem)) throw problem;
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} cannot be read: ${describeProblem(problem)}.`,
    );
  }
}

/** Nothing is waited for between opening and reading: an error meanwhile would end the process. */
async function* unpacked(path: string, tell: (read: number) => void): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const stream = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file;
  file.on("error", (problem) => stream.destroy(problem));
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      tell(file.bytesRead);
      yield chunk;
    }
  } finally {
    file.destroy();
  }
}

/** Tells how many bytes of a file were read; throws where reading is to end. */
export function tellRead(path: string, read: number, size: number, { progress, signal }: FileReading): void {
  signal?.throwIfAborted();
  progress?.(t`Reading ${basename(path)}: ${megabytes(read)} of ${megabytes(size)} MB`);
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString("en");
}
