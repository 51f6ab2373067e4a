/** Gzipped archives from an address or a file, as they come in. */
import { createReadStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { unavailable } from "./unavailable.ts";

/** Where an archive is, and what to say about it. */
export interface ArchiveSource {
  /** An address, or a file where `isFile`. */
  readonly place: string;
  readonly isFile: boolean;
  /** What to do where it cannot be had, as a sentence. */
  readonly otherwise: string;
  /** Hears of every whole megabyte of a download. */
  readonly tell: (megabytes: number) => void;
  /** Hears every chunk before it is inflated. */
  readonly hear?: (chunk: Uint8Array) => void;
}

/**
 * Gives the inflated bytes to `use`, which need not read them to the end.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function withArchive<T>(
  source: ArchiveSource,
  use: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const place = source.isFile ? resolve(source.place) : source.place;
  if (source.isFile && !existsSync(place)) throw unavailable(t`There is nothing at ${place}.`);
  const incoming = source.isFile ? createReadStream(place) : await download(source, signal);
  const archive = source.hear ? Readable.from(heard(incoming, source.hear), { objectMode: false }) : incoming;
  const inflated = archive.pipe(createGunzip());
  archive.once("error", (error: Error) => inflated.destroy(error));
  try {
    return await use(inflated);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EquipoiseError) throw error;
    throw unavailable(t`${place} could not be read: ${(error as Error).message}. ${source.otherwise}`, error);
  } finally {
    archive.destroy();
    inflated.destroy();
  }
}

async function download(
  { place, otherwise, tell }: ArchiveSource,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  let response: Response;
  try {
    response = await fetch(place, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    const { cause } = error as { cause?: { code?: string; message?: string } };
    const reason = cause?.code ?? cause?.message ?? (error as Error).message;
    throw unavailable(t`${place} cannot be reached (${reason}). ${otherwise}`, error);
  }
  if (!response.ok || !response.body)
    throw unavailable(t`${place} answers ${response.status} ${response.statusText}. ${otherwise}`);
  let [bytes, told] = [0, -1];
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length;
    const megabytes = Math.floor(bytes / 1e6);
    if (megabytes > told) tell(megabytes);
    told = megabytes;
  };
  return Readable.from(heard(response.body, count), { objectMode: false });
}

async function* heard(
  chunks: AsyncIterable<Uint8Array>,
  hear: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hear(chunk);
    yield chunk;
  }
}
