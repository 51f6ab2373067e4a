/** A view and an objective as rules need them: the extremes, what a unit is called, sentences about the counts. */

import {
  formatAmount,
  formatClass,
  formatCount,
  formatFactor,
  formatPercent,
  unitName,
} from "#engine/statistics/format.ts";
import { thirdOf } from "#engine/statistics/shotGroups.ts";
import type { ClassFrequency, Objective, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { LossId } from "#protocol/losses.ts";

export interface Facts {
  readonly view: View;
  readonly objective: Objective;
  readonly counts: readonly number[];
  readonly total: number;
  /** At least 1. */
  readonly factor: number;
  readonly largest: ClassFrequency;
  /** Of the classes that occur. */
  readonly smallest: ClassFrequency;
  /** Number of classes that occur. */
  readonly occurring: number;
}

/** The facts of a view, or undefined where no class occurs. */
export function factsOf(view: View, objective: Objective): Facts | undefined {
  const occurring = view.classes.filter(({ count }) => count > 0);
  const [first] = occurring;
  if (!first) return undefined;
  const largest = occurring.reduce((most, each) => (each.count > most.count ? each : most), first);
  const smallest = occurring.reduce((least, each) => (each.count < least.count ? each : least), first);
  const counts = view.classes.map(({ count }) => count);
  return {
    view,
    objective,
    counts,
    total: counts.reduce((sum, count) => sum + count, 0),
    factor: largest.count / smallest.count,
    largest,
    smallest,
    occurring: occurring.length,
  };
}

/** The plain loss of a task, the one that others are measured against. */
export function baseline({ view }: Facts): LossId {
  return view.task === "multi-label" ? "binary-cross-entropy" : "cross-entropy";
}

/** "Imbalance factor 100: airplane has 5,000 images, truck 50." and, from six classes on, where the counts lie. */
export function imbalanceSentence(facts: Facts): string {
  const { largest, smallest, factor, view } = facts;
  const most = t`${formatClass(largest.name)} has ${formatAmount(largest.count, view.basis)}`;
  const least = `${formatClass(smallest.name)} ${formatCount(smallest.count)}`;
  return t`Imbalance factor ${formatFactor(factor)}: ${most}, ${least}.${concentration(facts)}`;
}

function concentration({ counts, occurring, total, view }: Facts): string {
  if (occurring < 6) return "";
  const sorted = new Float64Array(counts).filter((count) => count > 0).sort();
  const third = thirdOf(occurring);
  const share = (classes: Float64Array): number => classes.reduce((sum, count) => sum + count, 0) / total;
  const head = shareText(share(sorted.subarray(-third)));
  const tail = shareText(share(sorted.subarray(0, third)));
  const largest = t`The ${third} largest of ${formatCount(occurring)} classes hold ${head}`;
  return t` ${largest} of the ${unitName(view.basis)}, the ${third} smallest ${tail}.`;
}

function shareText(share: number): string {
  return formatPercent(share, share < 0.001 ? 2 : 1);
}

/** What no loss mends about the smallest classes; empty where there is nothing to say. */
export function scarcitySentences({ view }: Facts): string[] {
  const { few, empty } = view.groups;
  const sentences: string[] = [];
  if (few > 0) {
    const have = few === 1 ? t`class has` : t`classes have`;
    sentences.push(
      t`${formatCount(few)} ${have} fewer than 20 ${unitName(view.basis)}: more of them would help there more than any loss.`,
    );
  }
  if (empty > 0) {
    const have = empty === 1 ? t`class has` : t`classes have`;
    sentences.push(
      t`${formatCount(empty)} declared ${have} no ${unitName(view.basis, 1)} and cannot be learnt.`,
    );
  }
  return sentences;
}
