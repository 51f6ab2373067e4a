/** What has to be remembered of a COCO document while it is read, and what it tells in the end. */
import type { AbsentFacts } from "./absentClasses.ts";
import type { Span } from "./manifest.ts";
import type { Met } from "./met.ts";
import type { TakeMany } from "./scan/jsonRecord.ts";

/** Above this no further box is remembered, and the check says so. */
export const boxLimit = 10_000_000;

export interface CocoFacts {
  /** Images that were declared, each id once. */
  readonly declared: number;
  readonly repeatedImages: Met;
  readonly emptyBoxes: Met;
  /** Boxes that reach out of images declared before them. */
  readonly boxesOutside: Met;
  /** Images declared behind boxes that reach out of them. */
  readonly imagesOutside: Met;
  readonly sameIds: Met;
  readonly sameBoxes: Met;
  /** Whether there were more boxes than are compared. */
  readonly boxesBeyond: boolean;
}

/** Images are known by numbers, whole and from 0 on; categories by slots, numbered as they are met. */
export interface CocoTables {
  /** Adds a pair of image and slot; false where it was there before. */
  addPair(image: number, slot: number): boolean;
  hasPair(image: number, slot: number): boolean;
  /** How many different pairs there are, and on how many images. */
  pairs(): number;
  pairedImages(): number;
  /** An image, undefined where it has no id; sides are 0 where unknown. */
  addImage(image: number | undefined, width: number, height: number, start: number, end: number): void;
  /** An annotation on an image, with left, top, width and height of its box where it has one. */
  addAnnotation(image: number, box: Float64Array | undefined, start: number, end: number): void;
  /** The box of an annotation, with the slot of its category. */
  addBox(image: number, slot: number, box: Float64Array, start: number, end: number): void;
  addId(id: number | string, start: number, end: number): void;
  /** An image that was added says that it has none of a category. */
  addAbsent(image: number, category: number, start: number, end: number): void;
  /** What the images said so; `has` says whether an image has an annotation of a category. */
  absent(has: (image: number, category: number) => boolean): AbsentFacts;
  facts(): CocoFacts;
  /** How many annotations name images that were not declared, and the first such image. */
  unknownImages(): { readonly annotations: number; readonly image: number } | undefined;
  /** Absent where annotations are taken one by one. */
  readonly many?: ManyAnnotations;
}

/** The id of a category, with the place where it was met first. */
export interface BoundCategory {
  readonly id: number;
  readonly first: Span;
}

/** Annotations that are counted many at a time. */
export interface ManyAnnotations {
  /** From now on annotations with this category id may be counted at this slot, the next one. */
  bind(id: number | string, slot: number): void;
  /** Categories that were met first while many were taken, each at the next slot from `from` on. */
  bound(from: number): readonly BoundCategory[];
  /**
   * Counts the first of `count` rows of a scan until one is not ordinary; returns how many it took. Fields are
   * category, image, id and box.
   */
  readonly take: TakeMany;
  /** The same of images, with the fields id, width, height and absent categories. */
  readonly takeImages: TakeMany;
  /** Instances and images that were counted for a slot here. */
  counted(slot: number): { readonly instances: number; readonly images: number };
  /** Whether an annotation that was counted here has a box. */
  hasBoxes(): boolean;
}
