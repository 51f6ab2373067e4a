/** Groups of classes by count, and what is averaged over them. */
import type { FrequencyGroup, ShotGroup } from "#protocol/analysis.ts";
import type { GroupRecalls } from "#protocol/runs.ts";

/** The shot group of a class: many above 100, medium 20 to 100, few below 20. Liu et al. 2019, section 4. */
export function shotGroup(count: number): ShotGroup {
  if (count > 100) return "many";
  return count >= 20 ? "medium" : "few";
}

/** The LVIS group of a class by its images: rare 1 to 10, common 11 to 100, frequent above. Gupta et al. 2019. */
export function frequencyGroup(images: number): FrequencyGroup {
  if (images > 100) return "frequent";
  return images > 10 ? "common" : "rare";
}

/** How many classes are in each LVIS group, by images `[C]`; classes without an image are in none. */
export function frequencyGroups(images: ArrayLike<number>): Readonly<Record<FrequencyGroup, number>> {
  const groups = { rare: 0, common: 0, frequent: 0 };
  for (let i = 0; i < images.length; i++) if (images[i] > 0) groups[frequencyGroup(images[i])]++;
  return groups;
}

/** Class indices by count, largest first; equal counts stay in training order. */
export function headToTail(counts: ArrayLike<number>): number[] {
  return Array.from(counts, (_, index) => index).sort((a, b) => counts[b] - counts[a] || a - b);
}

export interface Thirds {
  readonly head: number[];
  readonly middle: number[];
  readonly tail: number[];
}

/** How many of so many classes head and tail have. */
export function thirdOf(classes: number): number {
  return Math.round(classes / 3);
}

/** Class indices in three parts from frequent to rare. Head and tail are equally long: 10 classes give 3, 4, 3. */
export function thirds(counts: ArrayLike<number>): Thirds {
  const order = headToTail(counts);
  const third = thirdOf(order.length);
  return {
    head: order.slice(0, third),
    middle: order.slice(third, order.length - third),
    tail: order.slice(order.length - third),
  };
}

/**
 * Mean recall over some classes, those without test samples (NaN) left out; null where none is left, because
 * the official ImageNet-LT code's 0 for an empty group reads like a failure.
 */
export function groupRecall(recall: ArrayLike<number>, classes: readonly number[]): number | null {
  let total = 0;
  let measured = 0;
  for (const index of classes) {
    const value = recall[index];
    if (value === undefined || Number.isNaN(value)) continue;
    total += value;
    measured++;
  }
  return measured > 0 ? total / measured : null;
}

/** Mean recall of the thirds and of the shot groups of training counts, both `[classes]`. */
export function groupRecalls(counts: readonly number[], recall: ArrayLike<number>): GroupRecalls {
  const ofShot = (group: ShotGroup): number | null =>
    groupRecall(
      recall,
      counts.flatMap((count, index) => (count > 0 && shotGroup(count) === group ? [index] : [])),
    );
  const { head, middle, tail } = thirds(counts);
  return {
    head: groupRecall(recall, head),
    middle: groupRecall(recall, middle),
    tail: groupRecall(recall, tail),
    many: ofShot("many"),
    medium: ofShot("medium"),
    few: ofShot("few"),
  };
}
