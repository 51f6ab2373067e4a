/** What the images of a federated set, such as LVIS, say they have none of. */
import { fixed, formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";

/** Above this the lists are only looked through for ids that nobody declares. */
const mostKept = 1_000_000;

export interface AbsentFacts {
  /** By category id, where it is first listed. */
  readonly listed: ReadonlyMap<number, Span>;
  /** How many entries name a class that the image has an annotation of, and the lowest id in them. */
  readonly annotated: { readonly entries: number; readonly category: number } | undefined;
  /** Whether there were more entries than are compared with annotations. */
  readonly beyond: boolean;
}

/** Memory: 16 bytes for each entry of a list. */
export class AbsentClasses {
  #images: Float64Array = new Float64Array(256);
  #categories: Float64Array = new Float64Array(256);
  #size = 0;
  readonly #listed = new Map<number, Span>();
  #beyond = false;

  add(image: number, category: number, start: number, end: number): void {
    if (!this.#listed.has(category)) this.#listed.set(category, { start, end });
    if (this.#size >= mostKept) {
      this.#beyond = true;
      return;
    }
    if (this.#size === this.#images.length) this.#grow();
    this.#images[this.#size] = image;
    this.#categories[this.#size++] = category;
  }

  #grow(): void {
    const grown = (from: Float64Array): Float64Array => {
      const larger = new Float64Array(from.length * 2);
      larger.set(from);
      return larger;
    };
    this.#images = grown(this.#images);
    this.#categories = grown(this.#categories);
  }

  /** `has` says whether an image has an annotation of a category. */
  facts(has: (image: number, category: number) => boolean): AbsentFacts {
    let entries = 0;
    let category = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#size; i++) {
      if (!has(this.#images[i] ?? 0, this.#categories[i] ?? 0)) continue;
      category = Math.min(category, this.#categories[i] ?? 0);
      entries++;
    }
    const annotated = entries > 0 ? { entries, category } : undefined;
    return { listed: this.#listed, annotated, beyond: this.#beyond };
  }
}

/** What was found in two parts of the entries. */
export function bothAbsent(a: AbsentFacts, b: AbsentFacts): AbsentFacts {
  const annotated =
    a.annotated && b.annotated
      ? {
          entries: a.annotated.entries + b.annotated.entries,
          category: Math.min(a.annotated.category, b.annotated.category),
        }
      : (a.annotated ?? b.annotated);
  return { listed: new Map([...a.listed, ...b.listed]), annotated, beyond: a.beyond || b.beyond };
}

/** `declared` are the ids of the categories. */
export function absentObservations(
  { listed, annotated, beyond }: AbsentFacts,
  declared: ReadonlySet<number | string>,
): Observation[] {
  const found: Observation[] = [];
  const unknown = [...listed].filter(([category]) => !declared.has(category));
  unknown.sort(([a, at], [b, bt]) => at.start - bt.start || a - b);
  const [first] = unknown;
  if (first && declared.size > 0) {
    const ids = unknown.length === 1 ? t`1 id` : t`${formatCount(unknown.length)} ids`;
    found.push({
      code: "label/federated",
      severity: "warning",
      message: t`neg_category_ids has ${ids} that no category has, such as ${first[0]}. They change nothing.`,
      span: first[1],
    });
  }
  if (annotated) {
    const { entries, category } = annotated;
    const span = listed.get(category);
    const pairs = entries === 1 ? t`1 image says` : t`${formatAmount(entries, "images")} say`;
    found.push({
      code: "label/federated",
      severity: "error",
      message: t`${pairs} in neg_category_ids that a class is absent which is annotated there, first id ${fixed(category, 0)}.`,
      ...(span ? { span } : {}),
    });
  }
  if (beyond) {
    const message = t`neg_category_ids were compared with annotations for the first ${formatCount(mostKept)} entries.`;
    found.push({ code: "label/federated", severity: "information", message });
  }
  return found;
}
