/** Parallel text files: one label a line in this file, what it labels on the same line of a file beside it. */

import { basename } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { LabelCounts, type LabelReading } from "./labelCounts.ts";
import type { ManifestReading, ManifestSource, Observation } from "./manifest.ts";
import {
  type FileHead,
  isText,
  likely,
  type ManifestReader,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { LineScanner } from "./scan/lines.ts";
import { decode } from "./scan/text.ts";

export const parallelText: ManifestReader = { format: "parallel-text", recognises, read, samples };

/** Files of texts, by the names that they have beside a file of labels. */
export const textFiles: readonly string[] = [
  "seq.in",
  "text",
  "text.txt",
  "texts.txt",
  "sentences.txt",
  "data.txt",
  "input.txt",
  "seq.out",
];

function recognises(head: FileHead): Recognised | undefined {
  if (!/^(labels?|intents?)(\.txt)?$|\.labels?(\.txt)?$/i.test(head.name) || !isText(head)) return undefined;
  const lines = head.text.split(/\r?\n/);
  if (!head.complete) lines.pop();
  const labels = lines.filter((line) => line.trim() !== "");
  const different = new Set(labels).size;
  if (labels.length < 4 || different > labels.length / 2) return undefined;
  if (labels.some((line) => line.length > 200 || /\t/.test(line))) return undefined;
  const why = t`each line is a label, ${different} different ones on ${labels.length} lines`;
  return /^label$/i.test(head.name) && labels.every((line) => !/\s/.test(line.trim()))
    ? sure(why)
    : likely(why);
}

async function read(input: ReadingInput): Promise<ManifestReading> {
  const { views, observations, lines } = await scan(input, false);
  const beside = await unequalTexts(input.source, lines);
  return { format: parallelText.format, views, observations: [...beside, ...observations] };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await scan(input, true)).samples;
}

async function scan(
  { source, chunks, failed }: ReadingInput,
  collect: boolean,
): Promise<LabelReading & { readonly lines: number }> {
  const counts = new LabelCounts({ unit: "line", collect });
  let lines = 0;
  const scanner = new LineScanner((bytes, start, end, offset) => {
    lines++;
    counts.begin();
    const span = { start: offset + start, end: offset + end };
    const label = decode(bytes, start, end).trim();
    if (label !== "") counts.add(/^(0|[1-9]\d{0,14})$/.test(label) ? Number(label) : label, span);
    counts.end(span);
  });
  for await (const chunk of chunks()) scanner.write(chunk);
  if (!failed()) scanner.end();
  return { ...(await counts.result(source)), lines };
}

/** The pairs are shifted where a file of texts beside has another number of lines. */
async function unequalTexts(source: ManifestSource, labels: number): Promise<Observation[]> {
  for (const name of textFiles) {
    if (name === basename(source.path)) continue;
    const bytes = await source.neighbour(name);
    if (!bytes) continue;
    let texts = 0;
    const scanner = new LineScanner(() => texts++);
    scanner.write(bytes);
    scanner.end();
    if (texts === labels) return [];
    const message = t`${formatCount(labels)} labels, but ${name} has ${formatCount(texts)} lines: from some line on texts have the labels of others. Make both files again.`;
    return [{ code: "manifest/broken", severity: "error", message }];
  }
  return [];
}
