/** TensorFlow label maps: `item { id: 1 name: "cat" }`, class names and ids without samples. */

import { basename } from "node:path";
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { firstOnes, shortName } from "./firstOnes.ts";
import { type LabelMapItem, LabelMapItems, type UnclosedItem } from "./labelMapItems.ts";
import type { ManifestReading, Observation } from "./manifest.ts";
import {
  type FileHead,
  isText,
  type ManifestReader,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import { LineScanner } from "./scan/lines.ts";
import { decode } from "./scan/text.ts";

export const labelMap: ManifestReader = { format: "label-map", recognises, read };

function recognises(head: FileHead): Recognised | undefined {
  if (!isText(head) || !/^(\s|#[^\n]*\n)*item\s*:?\s*\{\s*[a-z_]+\s*:/.test(head.text)) return undefined;
  return /\bid\s*:\s*\d/.test(head.text) ? sure(t`it holds items with ids`) : undefined;
}

async function read({ source, chunks, failed }: ReadingInput): Promise<ManifestReading | undefined> {
  const map = new LabelMapItems();
  const lines = new LineScanner((bytes, start, end, offset) =>
    map.take(decode(bytes, start, end), offset + start),
  );
  for await (const chunk of chunks()) lines.write(chunk);
  if (!failed()) {
    lines.end();
    map.end();
  }
  const known = new Map<number, LabelMapItem>();
  const repeated: LabelMapItem[] = [];
  for (const item of map.items) {
    if (item.id === undefined) continue;
    if (known.has(item.id)) repeated.push(item);
    else known.set(item.id, item);
  }
  const classes = [...known.values()]
    .sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
    .map(({ id, name, span }, index) => ({
      index,
      ...(id === undefined ? {} : { id }),
      name: name ?? String(id),
      images: 0,
      instances: 0,
      first: span,
      declared: true,
    }));
  if (classes.length === 0) return undefined;
  const view = {
    name: basename(source.path),
    task: "detection" as const,
    bases: ["instances" as const],
    samples: 0,
    classes,
    declaredOnly: true as const,
  };
  const observations = [
    ...firstOnes(map.unclosed, unclosed, t`items are not closed`),
    ...firstOnes(
      map.items.filter(({ id }) => id === undefined),
      withoutId,
      t`items have no id`,
    ),
    ...firstOnes(repeated, repeatedId, t`item ids are declared twice`),
  ];
  return { format: labelMap.format, views: [view], observations };
}

function unclosed({ item, span }: UnclosedItem): Observation {
  const name = shortName(item.name ?? String(item.id));
  return {
    code: "manifest/broken",
    severity: "error",
    message: ({ line }) =>
      t`The item before line ${fixed(line, 0)}, "${name}", has no closing brace, so that TensorFlow cannot read the file. Add }.`,
    span,
  };
}

function withoutId({ name, span }: LabelMapItem): Observation {
  const message = t`Item "${shortName(name ?? "")}" has no id that can be read, and is left out.`;
  return { code: "label/unreadable", severity: "error", message, span };
}

function repeatedId({ id, name, span }: LabelMapItem): Observation {
  return {
    code: "class/duplicate-name",
    severity: "warning",
    message: t`Item id ${id} is declared twice; "${shortName(name ?? "")}" is left out.`,
    span,
    ...(name === undefined ? {} : { classes: [name] }),
  };
}
