/** Reports over steps, as many as a log axis can show. A run may report every step: far more than anyone can see. */

/** Report steps that are kept for each factor of ten: more than a map has rows. */
const perDecade = 64;
/** Ends of epochs are kept beyond that, up to this many reports. */
const mostEpochs = 1000;

export interface StepReport {
  readonly step: number;
  readonly epoch: number;
}

/** The place of a step on a log axis; two steps of the same rung cannot be told apart. */
function rung(step: number): number {
  return Math.floor(perDecade * Math.log10(Math.max(1, step)));
}

/**
 * The reports with later ones added. One that is neither the newest, nor the last of its rung, nor the end of an epoch is
 * left out. Returns the known ones themselves where nothing is added. Reports that are known already are passed over.
 */
export function withReports<T extends StepReport>(known: readonly T[], more: readonly T[]): readonly T[] {
  const last = known.at(-1)?.step ?? 0;
  const fresh = more.filter(({ step }) => step > last);
  if (fresh.length === 0) return known;
  const all = [...known];
  for (const report of fresh) {
    const before = all.at(-1);
    if (before && rung(before.step) === rung(report.step) && isDispensable(before, report, all.length))
      all.pop();
    all.push(report);
  }
  return all;
}

function isDispensable(before: StepReport, next: StepReport, kept: number): boolean {
  return before.epoch === next.epoch || kept >= mostEpochs;
}
