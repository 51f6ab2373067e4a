/** Counts of records, as a shape that takes them one by one. */
import { LabelCounts, type LabelReading } from "../labelCounts.ts";
import type { KeptTallies } from "../live/liveBlocks.ts";
import type { Found } from "../live/liveText.ts";
import type { ManifestSource, Span } from "../manifest.ts";
import type { JsonShape } from "../scan/jsonShape.ts";
import type { RecordLayout } from "./layout.ts";
import { type Steps, shapeOfWays, type Way } from "./steps.ts";

export class RecordCounts {
  readonly counts: LabelCounts;
  readonly #layout: RecordLayout;
  readonly #names = new Map<number, string>();
  /** Where the text that is scanned begins in the file. */
  #offset = 0;
  /** Label and name of the present record. */
  #label: number | string | undefined;
  #name: string | undefined;

  constructor(layout: RecordLayout, unit: string, collect: boolean) {
    const { objects, images } = layout;
    this.#layout = layout;
    this.counts = new LabelCounts({ unit, objects, images, collect });
  }

  /** Tells where the next record's places count from. */
  startAt(offset: number): void {
    this.#offset = offset;
  }

  /** The shape of one record; `split` where the place of the record tells it. */
  shape(split?: string): JsonShape {
    const { label, path, split: splitWay, maps, name } = this.#layout;
    const ways: Way[] = [...this.#labelWays(label)];
    if (path) ways.push({ steps: path, leaf: { text: (text) => this.counts.setPath(text) } });
    if (splitWay) ways.push({ steps: splitWay, leaf: { text: (text) => this.counts.setSplit(text) } });
    if (name) ways.push({ steps: name, leaf: { text: (text) => this.#setName(text) } });
    for (const steps of maps) ways.push({ steps, leaf: { others: (id) => this.#nameOf(id) } });
    return shapeOfWays(ways, {
      open: () => {
        this.counts.begin();
        this.#label = undefined;
        this.#name = undefined;
        if (split !== undefined) this.counts.setSplit(split);
      },
      close: (start, end) => {
        if (typeof this.#label === "number" && this.#name !== undefined)
          this.#names.set(this.#label, this.#name);
        this.counts.end(this.#span(start, end));
      },
    });
  }

  /** Takes what was counted in all blocks of records, where nothing is counted yet. */
  absorb(blocks: readonly Found<RecordCounts>[], tallies: KeptTallies): void {
    const counts = blocks.map(({ found, shift }) => ({ found: found.counts, shift }));
    this.counts.absorb(counts, tallies("labels"));
    // The last name that a label has is its name.
    const names = tallies<RecordCounts, number, string>("names").of(blocks, {
      tallies: (found) => found.#names,
      same: (one, _, other) => one === other,
      begin: (name) => name,
      add: (_, name) => name,
      moved: (name) => name,
      placeOf: () => 0,
    });
    for (const [label, name] of names) this.#names.set(label, name);
  }

  result(source: ManifestSource): Promise<LabelReading> {
    return this.counts.result(source, { byId: this.#names });
  }

  #labelWays(steps: Steps): Way[] {
    const take = (value: number | string, start: number, end: number): void => {
      this.#label = value;
      this.counts.add(value, this.#span(start, end));
    };
    const word = (value: string, start: number, end: number): void => {
      if (value !== "null") take(value, start, end);
    };
    const leaf: JsonShape = { text: take, number: take, word };
    const list = steps.indexOf(null);
    if (list < 0) return [{ steps, leaf }];
    // An empty list of labels is an answer, too; a bare label stands for a list of one.
    const rest = shapeOfWays([{ steps: steps.slice(list), leaf }]);
    const bare = steps.length === list + 1 ? leaf : {};
    const container: JsonShape = { ...bare, ...rest, open: () => this.counts.seeList() };
    return [{ steps: steps.slice(0, list), leaf: container }];
  }

  #nameOf(id: string): JsonShape {
    return { text: (name) => void this.#names.set(Number(id), name) };
  }

  #setName(name: string): void {
    this.#name = name;
  }

  #span(start: number, end: number): Span {
    return { start: this.#offset + start, end: this.#offset + end };
  }
}
