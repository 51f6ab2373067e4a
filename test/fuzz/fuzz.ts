/** Every reader on damaged bytes: what breaks, hangs or eats memory is told with all that repeats it. */
import { createGunzip } from "node:zlib";
import { analyse } from "#engine/analysis.ts";
import type { ManifestSource } from "#engine/manifest/manifest.ts";
import type { FileHead } from "#engine/manifest/reader.ts";
import { readers } from "#engine/manifest/readers.ts";
import { decodeHead } from "#engine/manifest/scan/text.ts";
import { evil, type Seed, sound } from "./seeds.ts";

export interface FuzzReport {
  readonly inputs: number;
  /** How often a reader read something to its end. */
  readonly readings: number;
  readonly findings: number;
  readonly failures: readonly string[];
  /** Milliseconds of the processor for the slowest input, and which it was. */
  readonly slowest: { readonly milliseconds: number; readonly input: string };
  /** Largest resident memory that was seen, in megabytes. */
  readonly megabytes: number;
}

/** Processor time that an input may take: a second for each megabyte that is read, and a floor for a busy machine. */
const floorMilliseconds = 2000;
const headBytes = 256 << 10;
/** One of so many inputs is read as a large file, too. */
const kernelsEvery = 4;

/** Repeatable numbers from 0 to 1: mulberry32. */
function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs so many inputs, the evil ones first; the same seed gives the same inputs. */
export async function fuzz(
  inputs: number,
  seed: number,
  progress: (done: number) => void = () => undefined,
): Promise<FuzzReport> {
  const random = generator(seed);
  const failures: string[] = [];
  let slowest = { milliseconds: 0, input: "none" };
  let [readings, findings, megabytes] = [0, 0, 0];
  for (let i = 0; i < inputs; i++) {
    const given = evil[i];
    const { name, bytes } = given ?? damaged(random);
    const source = memorySource(name, bytes, given ? 1 << 16 : 1 + Math.floor(random() * 200));
    const input = `${name}, seed ${seed}, input ${i}`;
    // Of the processor: other programs, and being stopped meanwhile, are not the readers' fault.
    const started = process.cpuUsage();
    try {
      const told = await readWithAll(source, given === undefined);
      if (!given && i % kernelsEvery === 0) await readAsLarge(source);
      readings += told.readings;
      findings += told.findings;
    } catch (error) {
      failures.push(`${input}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const { user, system } = process.cpuUsage(started);
    const milliseconds = (user + system) / 1000;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, input };
    const read = source.given / 1e6;
    if (milliseconds > Math.max(floorMilliseconds, 1000 * read))
      failures.push(`${input}: ${milliseconds.toFixed(0)} ms for ${read.toFixed(2)} MB`);
    megabytes = Math.max(megabytes, process.memoryUsage.rss() / 1e6);
    if (i % 1000 === 0) progress(i);
  }
  return { inputs, readings, findings, failures, slowest, megabytes };
}

/** Files that count as large are counted by kernels, which must tell the same. */
async function readAsLarge(source: ManifestSource): Promise<void> {
  const small = JSON.stringify(await analyse(source, { asked: true }));
  const large = JSON.stringify(await analyse({ ...source, size: 1 << 20 }, { asked: true }));
  if (small !== large) throw new Error(`the kernels tell otherwise: ${large} instead of ${small}`);
}

/** The whole analysis, then each reader by itself, whether it recognises the file or not where that is cheap. */
async function readWithAll(
  source: ManifestSource,
  small: boolean,
): Promise<{ readonly readings: number; readonly findings: number }> {
  const analysis = await analyse(source, { asked: true });
  for (const finding of analysis?.findings ?? []) {
    if (!(finding.line >= 1 && finding.column >= 1 && finding.message.length > 10))
      throw new Error(`a finding without place or words: ${JSON.stringify(finding).slice(0, 200)}`);
  }
  let readings = analysis ? 1 : 0;
  if (!small) return { readings, findings: analysis?.findings.length ?? 0 };
  const head = await headOf(source).catch(() => undefined);
  if (!head) return { readings, findings: analysis?.findings.length ?? 0 };
  for (const reader of readers) {
    reader.recognises(head);
    let failed = false;
    const reading = await reader.read({
      source,
      head,
      // As `readManifest` does: a source that fails ends early, which is told elsewhere.
      async *chunks() {
        try {
          yield* source.bytes();
        } catch {
          failed = true;
        }
      },
      watch: { duplicates: true },
      asked: true,
      failed: () => failed,
    });
    if (!reading) continue;
    readings++;
    for (const { classes } of reading.views)
      for (const { images, instances } of classes)
        if (!(images >= 0 && instances >= 0))
          throw new Error(`${reader.format} counted ${images}, ${instances}`);
  }
  return { readings, findings: analysis?.findings.length ?? 0 };
}

async function headOf(source: ManifestSource): Promise<FileHead> {
  const bytes = await source.head(headBytes);
  const name = source.path.replace(/^.*\//, "").replace(/\.gz$/, "");
  return { name, path: source.path, bytes, text: decodeHead(bytes), complete: bytes.length < headBytes };
}

const splices = [
  '"',
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "\n",
  "\r",
  "\\",
  "NaN",
  "-",
  "\uFEFF",
  "\u0000",
  "1e999",
  "<![CDATA[",
  "&x;",
  "\t",
  "0",
  "é",
];

/** A sound file, with some of its bytes changed, cut, doubled, taken from another file or replaced by marks. */
function damaged(random: () => number): Seed {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const { name, bytes: whole } = pick(sound);
  let bytes: Uint8Array = whole.slice(0, 3000);
  const count = 1 + Math.floor(random() * 4);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random() * (bytes.length + 1));
    const length = Math.floor(random() ** 2 * 40);
    const kind = Math.floor(random() * 6);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(Math.min(bytes.length, at + length));
    if (kind === 0)
      bytes = Uint8Array.from(bytes, (byte, j) => (j === at ? byte ^ (1 << (length & 7)) : byte));
    else if (kind === 1) bytes = Buffer.concat([before, after]);
    else if (kind === 2) bytes = Buffer.concat([before, Buffer.from(pick(splices)), after]);
    else if (kind === 3) bytes = Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
    else if (kind === 4) bytes = Buffer.concat([before, pick(sound).bytes.subarray(at, at + length), after]);
    else bytes = bytes.slice(0, at);
  }
  // Names change too, so that a content meets the readers of other names.
  return { name: random() < 0.15 ? pick(sound).name : name, bytes };
}

type CountingSource = ManifestSource & { readonly given: number };

/** A file in memory; `given` counts the bytes that were handed out, unpacked. */
function memorySource(name: string, bytes: Uint8Array, size: number): CountingSource {
  let given = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const chunks = gzipped ? unpacked(bytes) : pieces(bytes, size);
    for await (const chunk of chunks) {
      given += chunk.length;
      yield chunk;
    }
  }
  return {
    path: `/fuzz/${name}`,
    size: bytes.length,
    get given() {
      return given;
    },
    bytes: () => content(),
    async head(length) {
      const parts: Uint8Array[] = [];
      let total = 0;
      for await (const chunk of content()) {
        parts.push(chunk.slice(0, length - total));
        total += chunk.length;
        if (total >= length) break;
      }
      return new Uint8Array(Buffer.concat(parts));
    },
    neighbour: () => Promise.resolve(undefined),
  };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}

async function* unpacked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  gunzip.end(bytes);
  for await (const chunk of gunzip) yield new Uint8Array(chunk as Buffer);
}
