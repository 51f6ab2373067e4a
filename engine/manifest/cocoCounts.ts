/** Counts of a COCO document, gathered in whatever order its parts come. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { Basis, FrequencyGroup, Task } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { absentObservations } from "./absentClasses.ts";
import { cocoObservations, unknownImages } from "./cocoObservations.ts";
import type { CocoTables } from "./cocoTables.ts";
import { firstOnes, shortName } from "./firstOnes.ts";
import type { CountedClass, CountedView, Observation, Span } from "./manifest.ts";
import type { JsonScanner } from "./scan/json.ts";
import { jsonObservations } from "./scan/jsonObservations.ts";
import type { TakeMany } from "./scan/jsonRecord.ts";

export interface Category extends Pick<CountedClass, "declares" | "supercategory"> {
  readonly id: number | string;
  readonly name: string;
  readonly span: Span;
  readonly frequency?: FrequencyGroup;
}

/** Annotations of one category id, `first` where the first of them names it; the category itself may be declared later or never. */
interface Tally {
  readonly slot: number;
  readonly id: number | string;
  instances: number;
  images: number;
  readonly first: Span;
}

/** Image ids that are no whole numbers below this are numbered above it, in the order met. */
const imageIdLimit = 2 ** 32;

/** Memory: what the categories and the tables take. */
export class CocoCounts {
  readonly #categories = new Map<number | string, Category>();
  readonly #repeated: Category[] = [];
  readonly #tallies = new Map<number | string, Tally>();
  readonly #otherImages = new Map<number | string, number>();
  readonly #tables: CocoTables;
  #geometry = false;
  #unlabelled = 0;
  #firstUnlabelled: Span | undefined;

  /** Count annotations and images many at a time, where the tables do. */
  readonly takeMany: TakeMany | undefined;
  readonly takeImages: TakeMany | undefined;

  constructor(tables: CocoTables) {
    this.#tables = tables;
    this.takeMany = tables.many?.take;
    this.takeImages = tables.many?.takeImages;
  }

  /** Whether the document has neither categories nor labelled annotations. */
  get isEmpty(): boolean {
    this.#adopt();
    return this.#categories.size === 0 && this.#tallies.size === 0;
  }

  /** An image; its sides are 0 where unknown. */
  addImage(id: number | string | undefined, width: number, height: number, start: number, end: number): void {
    this.#tables.addImage(id === undefined ? undefined : this.#imageNumber(id), width, height, start, end);
  }

  /** Category ids that an image says it has none of. */
  addAbsent(image: number | string, categories: readonly number[], start: number, end: number): void {
    const number = this.#imageNumber(image);
    for (const category of categories) this.#tables.addAbsent(number, category, start, end);
  }

  addAnnotationId(id: number | string, start: number, end: number): void {
    this.#tables.addId(id, start, end);
  }

  /** Left, top, width and height of an annotation's box, absent where it has none, with the slot of its category. */
  addBox(
    image: number | string,
    slot: number,
    box: Float64Array | undefined,
    start: number,
    end: number,
  ): void {
    const number = this.#imageNumber(image);
    this.#tables.addAnnotation(number, box, start, end);
    if (box) this.#tables.addBox(number, slot, box, start, end);
  }

  /** Whether categories belong to segments of annotations, which then are to be read as such. */
  hasSegments = false;

  /** An annotation has a box or a mask, so instances are counted. */
  seeGeometry(): void {
    this.#geometry = true;
  }

  addCategory(category: Category): void {
    if (this.#categories.has(category.id)) this.#repeated.push(category);
    else this.#categories.set(category.id, category);
  }

  /** An annotation without category, at its place. */
  addUnlabelled(start: number, end: number): void {
    this.#unlabelled++;
    this.#firstUnlabelled ??= { start, end };
  }

  /** An annotation, with the place of its category id; returns the slot of the category. */
  addAnnotation(
    category: number | string,
    image: number | string | undefined,
    start: number,
    end: number,
  ): number {
    this.#adopt();
    let tally = this.#tallies.get(category);
    if (tally === undefined) {
      tally = this.#addTally(category, { start, end });
      this.#tables.many?.bind(category, tally.slot);
    }
    tally.instances++;
    if (image === undefined || this.#tables.addPair(this.#imageNumber(image), tally.slot)) tally.images++;
    return tally.slot;
  }

  #addTally(id: number | string, first: Span): Tally {
    const tally = { slot: this.#tallies.size, id, instances: 0, images: 0, first };
    this.#tallies.set(id, tally);
    return tally;
  }

  /** Takes over the categories that were met first while many annotations were counted. */
  #adopt(): void {
    for (const { id, first } of this.#tables.many?.bound(this.#tallies.size) ?? []) this.#addTally(id, first);
  }

  /** Labels of each class so far. */
  soFar(): number[] {
    this.#adopt();
    const { many } = this.#tables;
    return [...this.#tallies.values()].map(
      ({ slot, instances }) => instances + (many?.counted(slot).instances ?? 0),
    );
  }

  /** The view without name and split, and what was met on the way. */
  result(
    scanner: JsonScanner,
    complete: boolean,
  ): {
    readonly format: string;
    readonly view: Omit<CountedView, "name" | "split">;
    readonly observations: Observation[];
  } {
    this.#gather();
    const facts = this.#tables.facts();
    const declared = facts.declared + facts.repeatedImages.times;
    const task = this.#task();
    const bases: Basis[] = task === "detection" ? ["instances", "images"] : ["images"];
    const classes = this.#classes(task);
    const lvis = classes.some(({ frequency }) => frequency !== undefined);
    const samples = declared > 0 ? declared : this.#tables.pairedImages();
    const imagesKnown = complete && !scanner.problem && facts.declared > 0;
    return {
      format: lvis ? "lvis" : "coco",
      view: { task, bases, samples, classes },
      observations: [
        ...jsonObservations(scanner),
        ...this.#observations(),
        ...cocoObservations(facts),
        ...(imagesKnown ? unknownImages(this.#tables.unknownImages(), (image) => this.#imageId(image)) : []),
        ...absentObservations(
          this.#tables.absent((image, category) => this.#hasPair(image, category)),
          new Set(this.#categories.keys()),
        ),
      ],
    };
  }

  /** Adds what was counted many at a time. */
  #gather(): void {
    this.#adopt();
    const { many } = this.#tables;
    if (!many) return;
    this.#geometry ||= many.hasBoxes();
    for (const tally of this.#tallies.values()) {
      const { instances, images } = many.counted(tally.slot);
      tally.instances += instances;
      tally.images += images;
    }
  }

  #hasPair(image: number, category: number): boolean {
    const tally = this.#tallies.get(category);
    return tally !== undefined && this.#tables.hasPair(image, tally.slot);
  }

  #imageNumber(image: number | string): number {
    if (typeof image === "number" && Number.isInteger(image) && image >= 0 && image < imageIdLimit)
      return image;
    let number = this.#otherImages.get(image);
    if (number === undefined) {
      number = imageIdLimit + this.#otherImages.size;
      this.#otherImages.set(image, number);
    }
    return number;
  }

  #imageId(number: number): number | string {
    if (number < imageIdLimit) return number;
    for (const [id, other] of this.#otherImages) if (other === number) return id;
    return number;
  }

  #task(): Task {
    if (this.#geometry) return "detection";
    return this.#tables.pairs() > this.#tables.pairedImages() ? "multi-label" : "single-label";
  }

  /** By category id, as most trainers number them; by place in the file where ids are not all numbers. */
  #classes(task: Task): CountedClass[] {
    const categories = [...this.#categories.values()];
    if (categories.length === 0) return this.#metClasses(task);
    if (categories.every(({ id }) => typeof id === "number"))
      categories.sort((a, b) => Number(a.id) - Number(b.id));
    return categories.map(({ id, name, span, frequency, declares, supercategory }, index) => {
      const tally = this.#tallies.get(id);
      return {
        index,
        id,
        name,
        ...counted(tally, task),
        ...(frequency ? { frequency } : {}),
        ...(declares ? { declares } : {}),
        ...(supercategory === undefined ? {} : { supercategory }),
        first: span,
        declared: true,
      };
    });
  }

  /** Where the document ends before its categories, the ids stand for the names. */
  #metClasses(task: Task): CountedClass[] {
    const tallies = [...this.#tallies.values()];
    tallies.sort((a, b) => Number(a.id) - Number(b.id));
    return tallies.map((tally, index) => ({
      index,
      id: tally.id,
      name: String(tally.id),
      ...counted(tally, task),
      first: tally.first,
      declared: false,
    }));
  }

  #observations(): Observation[] {
    const tallies = this.#categories.size > 0 ? [...this.#tallies.values()] : [];
    const found = [
      ...firstOnes(
        tallies.filter(({ id }) => !this.#categories.has(id)),
        unknownCategory,
        t`category ids are not among the categories`,
      ),
      ...firstOnes(this.#repeated, repeatedCategory, t`category ids are declared twice`),
    ];
    if (this.#firstUnlabelled) found.push(unlabelled(this.#unlabelled, this.#firstUnlabelled));
    return found;
  }
}

function counted(tally: Tally | undefined, task: Task): { images: number; instances: number } {
  const instances = tally?.instances ?? 0;
  const images = tally?.images ?? 0;
  return { images: task === "single-label" ? instances : images, instances };
}

function repeatedCategory({ id, span, name }: Category): Observation {
  return {
    code: "class/duplicate-name",
    severity: "warning",
    message: t`Category id ${shortName(String(id))} is declared twice; "${shortName(name)}" is left out.`,
    span,
    classes: [name],
  };
}

function unknownCategory(tally: Tally): Observation {
  return {
    code: "class/unknown",
    severity: "error",
    message: ({ line }) =>
      t`Category id ${shortName(String(tally.id))} is not among the categories. ${annotations(tally.instances)}; first line ${fixed(line, 0)}.`,
    span: tally.first,
    classes: [String(tally.id)],
  };
}

function unlabelled(count: number, span: Span): Observation {
  const such = count === 1 ? t`It is` : t`${annotations(count)} without one are`;
  return {
    code: "label/unreadable",
    severity: "error",
    message: ({ line }) =>
      t`The annotation at line ${fixed(line, 0)} has no category_id. ${such} left out of all counts.`,
    span,
  };
}

function annotations(count: number): string {
  return count === 1 ? t`1 annotation` : t`${formatCount(count)} annotations`;
}
