/** What the images of a federated set, such as LVIS, say they have none of. */

import { fixed, formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";

/** Above this the lists are only looked through for ids that nobody declares. */
const mostKept = 1_000_000;

/** Memory: 16 bytes for each entry of a list. */
export class AbsentClasses {
  #images: Float64Array = new Float64Array(256);
  #categories: Float64Array = new Float64Array(256);
  #size = 0;
  /** By category id, where it is first listed. */
  readonly #first = new Map<number, Span>();
  #beyond = false;

  add(image: number, categories: readonly number[], span: Span): void {
    for (const category of categories) {
      if (!this.#first.has(category)) this.#first.set(category, span);
      if (this.#size >= mostKept) {
        this.#beyond = true;
        continue;
      }
      if (this.#size === this.#images.length) this.#grow();
      this.#images[this.#size] = image;
      this.#categories[this.#size++] = category;
    }
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
  observations(
    declared: ReadonlySet<number | string>,
    has: (image: number, category: number) => boolean,
  ): Observation[] {
    const found: Observation[] = [];
    const unknown = [...this.#first].filter(([category]) => !declared.has(category));
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
    let both = 0;
    let firstBoth = -1;
    for (let i = 0; i < this.#size; i++) {
      if (!has(this.#images[i] ?? 0, this.#categories[i] ?? 0)) continue;
      both++;
      if (firstBoth < 0) firstBoth = i;
    }
    if (both > 0) {
      const category = this.#categories[firstBoth] ?? 0;
      const span = this.#first.get(category);
      const pairs = both === 1 ? t`1 image says` : t`${formatAmount(both, "images")} say`;
      found.push({
        code: "label/federated",
        severity: "error",
        message: t`${pairs} in neg_category_ids that a class is absent which is annotated there, first id ${fixed(category, 0)}.`,
        ...(span ? { span } : {}),
      });
    }
    if (this.#beyond) {
      const message = t`neg_category_ids were compared with annotations for the first ${formatCount(mostKept)} entries.`;
      found.push({ code: "label/federated", severity: "information", message });
    }
    return found;
  }
}
