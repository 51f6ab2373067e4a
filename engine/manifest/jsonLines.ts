/** JSON Lines with a label a line: Hugging Face's form, SageMaker's augmented manifests and the like. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { LabelReading } from "./labelCounts.ts";
import { liveCounts } from "./live/liveBlocks.ts";
import { type ManifestReading, type Observation, type Span, shifted } from "./manifest.ts";
import type { FileHead, ManifestReader, ReadingInput, Recognised } from "./reader.ts";
import { headLines } from "./records/headRecords.ts";
import { type RecordLayout, recordLayout } from "./records/layout.ts";
import { RecordCounts } from "./records/recordCounts.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { JsonLines } from "./scan/jsonLines.ts";
import { nonFiniteNumber } from "./scan/jsonObservations.ts";
import { endsWithLine } from "./scan/lines.ts";

export const jsonLines: ManifestReader = { format: "jsonl", recognises, read, samples };

const known = new WeakMap<FileHead, RecordLayout>();

function layoutOf(head: FileHead): RecordLayout | undefined {
  const before = known.get(head);
  if (before || !/^\s*\{/.test(head.text) || !isNamed(head)) return before;
  const records = headLines(head);
  const layout = records && recordLayout(records);
  if (layout) known.set(head, layout);
  return layout;
}

/** A pretty-printed object begins with a brace alone, so content tells as well as the name. */
function isNamed({ name, text }: FileHead): boolean {
  return /\.(jsonl|ndjson|manifest)$/i.test(name) || /^\s*\{.*\}[ \t\r]*(\n\s*\{|\n?\s*$)/.test(text);
}

function recognises(head: FileHead): Recognised | undefined {
  return layoutOf(head);
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const found = await scan(input, false);
  return found && { format: jsonLines.format, views: found.views, observations: found.observations };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await scan(input, true))?.samples;
}

async function scan(input: ReadingInput, collect: boolean): Promise<LabelReading | undefined> {
  const { source, head, chunks, failed } = input;
  const layout = layoutOf(head);
  if (!layout) return undefined;
  let all = collect ? undefined : countsOfBlocks(input, layout);
  if (!all) {
    const counts = lineCounts(layout, collect, 0);
    for await (const chunk of chunks()) counts.lines.write(chunk);
    if (!failed()) counts.lines.end();
    all = counts.found();
  }
  if (all.records.counts.isEmpty) return undefined;
  const reading = await all.records.result(source);
  const observations = [
    ...(all.first ? [brokenLines(all.broken, all.first)] : []),
    ...nonFiniteNumber(all.nonFinite),
    ...reading.observations,
  ];
  return { ...reading, observations };
}

interface LineCounts {
  readonly records: RecordCounts;
  /** Lines that are no JSON, and the first mistake in one. */
  readonly broken: number;
  readonly first: Span | undefined;
  readonly nonFinite: number | undefined;
}

/** Takes lines that stand at `offset`, and tells what was found. */
function lineCounts(
  layout: RecordLayout,
  collect: boolean,
  offset: number,
): { readonly lines: JsonLines; found(): LineCounts } {
  const records = new RecordCounts(layout, "line", collect);
  let broken = 0;
  let first: Span | undefined;
  const lines = new JsonLines(
    {
      shape: records.shape(),
      begin: (at) => records.startAt(at),
      broken(problem, at) {
        broken++;
        first ??= { start: at + problem.offset, end: at + problem.offset + 1 };
      },
    },
    offset,
  );
  return { lines, found: () => ({ records, broken, first, nonFinite: lines.nonFinite }) };
}

/** The counts of an open document, of which only blocks are read that are not known yet. */
function countsOfBlocks(
  { source: { live }, watch }: ReadingInput,
  layout: RecordLayout,
): LineCounts | undefined {
  if (!live || watch.each) return undefined;
  const { evidence: _, why: __, ...ways } = layout;
  return liveCounts<LineCounts>(
    live,
    watch,
    JSON.stringify(["jsonl", ways]),
    (bytes, offset, last) => {
      if (!last && !endsWithLine(bytes)) return undefined;
      const { lines, found } = lineCounts(layout, false, offset);
      lines.write(bytes);
      lines.end();
      return found();
    },
    (parts, tallies) => {
      const records = new RecordCounts(layout, "line", false);
      records.absorb(
        parts.map(({ found, shift }) => ({ found: found.records, shift })),
        tallies,
      );
      let broken = 0;
      let first: Span | undefined;
      let nonFinite: number | undefined;
      for (const { found, shift } of parts) {
        broken += found.broken;
        if (found.first) first ??= shifted(found.first, shift);
        if (found.nonFinite !== undefined) nonFinite ??= found.nonFinite + shift;
      }
      return { records, broken, first, nonFinite };
    },
  );
}

function brokenLines(count: number, span: Span): Observation {
  const such =
    count === 1
      ? t`It is left out of all counts.`
      : t`${formatCount(count)} such lines are left out of all counts.`;
  return {
    code: "manifest/broken",
    severity: "error",
    message: ({ line, column }) =>
      t`Line ${fixed(line, 0)} is no JSON from column ${fixed(column, 0)} on. ${such}`,
    span,
  };
}
