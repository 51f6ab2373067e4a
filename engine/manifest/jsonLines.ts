/** JSON Lines with a label a line: Hugging Face's form, SageMaker's augmented manifests and the like. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { LabelReading } from "./labelCounts.ts";
import type { ManifestReading, Observation, Span } from "./manifest.ts";
import type { FileHead, ManifestReader, ReadingInput, Recognised } from "./reader.ts";
import { headLines } from "./records/headRecords.ts";
import { type RecordLayout, recordLayout } from "./records/layout.ts";
import { RecordCounts } from "./records/recordCounts.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { JsonLines } from "./scan/jsonLines.ts";
import { nonFiniteNumber } from "./scan/jsonObservations.ts";

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

async function scan(
  { source, head, chunks, failed }: ReadingInput,
  collect: boolean,
): Promise<LabelReading | undefined> {
  const layout = layoutOf(head);
  if (!layout) return undefined;
  const records = new RecordCounts(layout, "line", collect);
  let broken = 0;
  let first: Span | undefined;
  const lines = new JsonLines({
    shape: records.shape(),
    begin: (offset) => records.startAt(offset),
    broken(problem, offset) {
      broken++;
      first ??= { start: offset + problem.offset, end: offset + problem.offset + 1 };
    },
  });
  for await (const chunk of chunks()) lines.write(chunk);
  if (!failed()) lines.end();
  if (records.counts.isEmpty) return undefined;
  const reading = await records.result(source);
  const observations = [
    ...(first ? [brokenLines(broken, first)] : []),
    ...nonFiniteNumber(lines.nonFinite),
    ...reading.observations,
  ];
  return { ...reading, observations };
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
