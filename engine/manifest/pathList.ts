/** Lists with one `path label` a line, as ImageNet-LT, Places-LT and iNaturalist have them. */

import { basename } from "node:path";
import { t } from "#protocol/l10n.ts";
import type { RememberedSamples } from "./duplicateCheck.ts";
import { isListedFile, pathEnd } from "./listedFile.ts";
import { liveCounts } from "./live/liveBlocks.ts";
import type { ManifestReading } from "./manifest.ts";
import { PathListCounts } from "./pathListCounts.ts";
import {
  type FileHead,
  isText,
  likely,
  type ManifestReader,
  otherText,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import { type LabelledSamples, SampleCollector } from "./sampleCollector.ts";
import { endsWithLine, LineScanner } from "./scan/lines.ts";
import { openScanMemory } from "./scan/scanMemory.ts";
import { splitOf } from "./split.ts";

export const pathList: ManifestReader = { format: "path-list", recognises, read, samples };

async function read(input: ReadingInput): Promise<ManifestReading> {
  const { reading } = await scan(input);
  return reading;
}

async function samples(input: ReadingInput): Promise<LabelledSamples> {
  const collector = new SampleCollector();
  const { classes } = await scan(input, collector);
  return collector.result(classes.names, classes.bySlot);
}

/** Below this, in bytes, a memory of its own is not worth its making. */
const smallFile = 1 << 20;

async function scan(
  input: ReadingInput,
  collector?: SampleCollector,
): Promise<{
  readonly reading: ManifestReading;
  readonly classes: { names: string[]; bySlot: readonly number[] };
}> {
  const { source } = input;
  const counts = (!collector && countsOfBlocks(input)) || (await countLines(input, collector));
  const { classes, bySlot, samples: count, observations } = await counts.result(source);
  const split = splitOf(source.path);
  const view = {
    name: basename(source.path),
    ...(split ? { split } : {}),
    task: "single-label" as const,
    bases: ["images" as const],
    samples: count,
    classes,
  };
  return {
    reading: { format: pathList.format, views: [view], observations },
    classes: { names: classes.map(({ name }) => name), bySlot },
  };
}

async function countLines(
  { source, head, chunks, watch, failed, soFar }: ReadingInput,
  collector?: SampleCollector,
): Promise<PathListCounts> {
  const many = (source.size ?? smallFile) >= smallFile;
  const counts = new PathListCounts(hasNumericLabels(head), watch, many, { collector });
  const scanner = new LineScanner(
    (bytes, start, end, offset) => counts.take(bytes, start, end, offset),
    counts.many,
  );
  // Where chunks lie in such a memory, their line feeds are counted there.
  const memory = counts.many && openScanMemory();
  for await (const chunk of chunks(memory?.chunks)) {
    scanner.write(chunk);
    soFar?.(() => counts.soFar());
  }
  if (!failed()) scanner.end();
  return counts;
}

function countsOfBlocks({ source: { live }, head, watch }: ReadingInput): PathListCounts | undefined {
  if (!live || watch.each) return undefined;
  const numeric = hasNumericLabels(head);
  const open = (samples: RememberedSamples | undefined): PathListCounts =>
    new PathListCounts(numeric, watch, false, samples && { samples });
  return liveCounts<PathListCounts>(
    live,
    watch,
    `path-list ${numeric}`,
    (bytes, offset, last, log) => {
      if (!last && !endsWithLine(bytes)) return undefined;
      const counts = open(log((slot) => counts.labelAt(slot)));
      const scanner = new LineScanner((...line) => counts.take(...line), undefined, offset);
      scanner.write(bytes);
      scanner.end();
      return counts;
    },
    (parts, tallies, samples) => {
      const sum = open(samples);
      sum.absorb(parts, tallies("labels"));
      return sum;
    },
  );
}

interface HeadLine {
  readonly path: string;
  readonly label: string | undefined;
}

function recognises(head: FileHead): Recognised | undefined {
  if (otherText.test(head.name) || /\.(csv|tsv)$/i.test(head.name) || !isText(head)) return undefined;
  const lines = headLines(head);
  const labelled = lines.filter(({ label }) => label !== undefined);
  if (labelled.length === 0 || labelled.length < lines.length / 2) return undefined;
  if (looksLikeSizes(labelled)) return undefined;
  const misfits = lines.filter(
    ({ path, label }) => !isListedFile(path) || severalNumbers.test(label ?? ""),
  ).length;
  if (misfits <= Math.max(Math.min(2, lines.length / 3), lines.length * 0.1))
    return sure(t`nearly every line is a listed file with one label`);
  const paths = labelled.filter(({ path }) => isListedFile(path) || /^\S*\/\S*$/.test(path)).length;
  return paths >= lines.length * 0.8 && !labelled.some(({ label }) => severalNumbers.test(label ?? ""))
    ? likely(t`most lines are a path with one label`)
    : undefined;
}

/** Sizes, or several labels a line, which this format does not have. */
const severalNumbers = /^-?\d+(\s+-?[\d.]+)+$/;

/** Sizes or dates behind file names are nearly all different and reach far above the number of lines. */
function looksLikeSizes(lines: readonly HeadLine[]): boolean {
  const labels = new Set(lines.map(({ label }) => label));
  if (lines.length < 10 || labels.size < lines.length / 2) return false;
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, Number(label));
  return Number.isNaN(largest) || largest > 20 * lines.length;
}

/** Known of starts that were looked at: that of an edited document seldom changes. */
const numeric = new WeakMap<FileHead, boolean>();

function hasNumericLabels(head: FileHead): boolean {
  const known = numeric.get(head);
  if (known !== undefined) return known;
  const labels = headLines(head).flatMap(({ label }) => (label === undefined ? [] : [label]));
  const found = labels.filter((label) => /^-?\d+$/.test(label)).length > labels.length / 2;
  numeric.set(head, found);
  return found;
}

function headLines(head: FileHead): HeadLine[] {
  const lines = head.text.split("\n");
  if (!head.complete) lines.pop();
  return lines
    .slice(0, 2000)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const end = pathEnd(line);
      if (end < 0) return { path: line, label: undefined };
      const path = line.slice(0, end).trimEnd();
      // Text before a path, as in logs, makes the line no list entry.
      return { path: /\s/.test(path) && !line.includes("\t") ? "" : path, label: line.slice(end).trim() };
    });
}
