/** Counts alone, as JSON: a list of counts, an object of counts by name, or category infos as LVIS has them. */

import { basename } from "node:path";
import type { Basis, FrequencyGroup } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { frequencyGroups } from "./lvisGroups.ts";
import type { CountedClass, CountedView, ManifestReading } from "./manifest.ts";
import {
  type FileHead,
  likely,
  type ManifestReader,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import { JsonScanner } from "./scan/json.ts";
import { jsonObservations } from "./scan/jsonObservations.ts";
import { fields, type JsonShape } from "./scan/jsonShape.ts";
import { scanHead } from "./scan/scanHead.ts";
import { splitOf } from "./split.ts";

export const countTable: ManifestReader = { format: "count-table", recognises, read };

/** Files with counts say so in their names, such as cls_freq.json or img_num_per_cls.json. */
const ofClasses = /(cls|class|label|categor)/i;
const countsOf = /(freq|count|num|dist|stat|per_)/i;

function recognises(head: FileHead): Recognised | undefined {
  if (!/^\s*[[{]/.test(head.text)) return undefined;
  const table = new Counts();
  const scanner = new JsonScanner(table.shape());
  scanHead(scanner, head.bytes, () => table.isOther);
  if (table.isOther || (scanner.problem && !scanner.problem.truncated)) return undefined;
  if (table.infos > 0) return table.entries.length > 0 ? sure(t`each class has its counts`) : undefined;
  if (table.entries.length < 2) return undefined;
  return ofClasses.test(head.name) && countsOf.test(head.name)
    ? sure(t`it holds counts alone, and its name says that they are of classes`)
    : likely(t`it holds whole numbers alone`);
}

async function read({ source, chunks }: ReadingInput): Promise<ManifestReading | undefined> {
  const table = new Counts();
  const scanner = new JsonScanner(table.shape());
  for await (const chunk of chunks()) {
    scanner.write(chunk);
    if (scanner.problem) break;
  }
  scanner.end();
  if (table.isOther || table.entries.length === 0) return undefined;
  const split = splitOf(source.path);
  const view = { name: basename(source.path), ...(split ? { split } : {}), ...table.view() };
  return { format: countTable.format, views: [view], observations: jsonObservations(scanner) };
}

interface CountEntry {
  readonly id: number | string | undefined;
  readonly name: string;
  readonly images: number | undefined;
  readonly instances: number | undefined;
  readonly frequency: FrequencyGroup | undefined;
  readonly start: number;
  readonly end: number;
}

class Counts {
  readonly entries: CountEntry[] = [];
  /** Objects among the entries. */
  infos = 0;
  /** Something that no table of counts holds. */
  isOther = false;

  shape(): JsonShape {
    const other = (): void => {
      this.isOther = true;
    };
    const info = this.#infoShape();
    const item: JsonShape = {
      ...info,
      number: (count, start, end) =>
        this.#add(this.entries.length, String(this.entries.length), count, start, end),
      text: other,
    };
    return {
      text: other,
      number: other,
      items: () => item,
      others: (name) => ({
        number: (count, start, end) => this.#add(undefined, name, count, start, end),
        text: other,
        open: other,
      }),
    };
  }

  #add(id: number | undefined, name: string, count: number, start: number, end: number): void {
    if (!Number.isSafeInteger(count) || count < 0) this.isOther = true;
    else
      this.entries.push({ id, name, images: count, instances: undefined, frequency: undefined, start, end });
  }

  /** `{"id", "name", "image_count", "instance_count", "frequency"}`; one of the counts is enough. */
  #infoShape(): Pick<JsonShape, "open" | "close" | "fields"> {
    let info: { -readonly [K in keyof CountEntry]?: CountEntry[K] } = {};
    const setId = (id: number | string): void => {
      info.id = id;
    };
    const setImages = {
      number: (count: number) => {
        info.images = count;
      },
    };
    return {
      open: (_, array) => {
        info = {};
        if (array) this.isOther = true;
      },
      fields: fields({
        id: { number: setId, text: setId },
        name: {
          text: (name, start, end) => {
            info = { ...info, name, start, end };
          },
        },
        image_count: setImages,
        count: setImages,
        instance_count: {
          number: (count) => {
            info.instances = count;
          },
        },
        frequency: {
          text: (letter) => {
            info.frequency = frequencyGroups.get(letter);
          },
        },
      }),
      close: () => this.#addInfo(info),
    };
  }

  #addInfo({ id, name, images, instances, frequency, start, end }: Partial<CountEntry>): void {
    this.infos++;
    if (name === undefined || (images ?? instances) === undefined) this.isOther = true;
    else this.entries.push({ id, name, images, instances, frequency, start: start ?? 0, end: end ?? 0 });
  }

  view(): Omit<CountedView, "name" | "split"> {
    const counted = this.entries.some(({ instances }) => instances !== undefined);
    const both = counted && this.entries.some(({ images }) => images !== undefined);
    const bases: Basis[] = both ? ["instances", "images"] : [counted ? "instances" : "images"];
    const classes = this.entries.map(
      ({ id, name, images, instances, frequency, start, end }, index): CountedClass => ({
        index,
        ...(id === undefined ? {} : { id }),
        name,
        images: images ?? 0,
        instances: instances ?? images ?? 0,
        ...(frequency ? { frequency } : {}),
        first: { start, end },
        declared: true,
      }),
    );
    return { task: counted ? "detection" : "single-label", bases, classes };
  }
}
