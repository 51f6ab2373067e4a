/** Post-hoc logit adjustment on the logits that runs left: Menon et al. 2021, arXiv 2007.07314, equation 9. */

import { adjustment, adjustPostHoc } from "#engine/losses/logitAdjustment.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { type AnyDescription, readDescription } from "#engine/runs/runDescription.ts";
import { readLogits } from "#engine/runs/runFolder.ts";
import { requireRunId, unknownRun } from "#engine/runs/runList.ts";
import { groupRecalls } from "#engine/statistics/shotGroups.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { Adjusted, AdjustedPoint } from "#protocol/runs.ts";
import type { RunId } from "#protocol/training.ts";
import { score } from "./evaluation.ts";
import { largestOf } from "./lossRows.ts";
import { calibrationError, type TestLogits } from "./testLogits.ts";

/** A slider has no more places. */
const mostTaus = 101;

/** Of one run. */
type Figures = Pick<AdjustedPoint, "accuracy" | "balancedAccuracy" | "recall" | "calibrationError">;

/**
 * Returns what finished runs of one experiment would have measured at each tau, means over the runs. A class without
 * training samples counts as one of a sample, as in the recipe. Throws `run/unknown`, `data/none` where a run has no
 * logits, `data/mismatch` for runs of different classes or with background, `settings/invalid` for a tau.
 */
export async function adjustRuns(
  folder: string,
  runs: readonly RunId[],
  taus: readonly number[],
  pause: () => Promise<void> = async () => {},
): Promise<Adjusted> {
  checkTaus(taus);
  const figures: Figures[][] = taus.map(() => []);
  let first: AnyDescription | undefined;
  for (const run of runs) {
    const { description, logits } = await readRunLogits(folder, run);
    first ??= description;
    requireSameClasses(first, description);
    for (const [at, tau] of taus.entries()) {
      await pause();
      figures[at]?.push(figuresAt(tau, logits, description.counts));
    }
  }
  if (!first) throw new EquipoiseError("run/unknown", "expected at least one run to adjust.");
  const { counts } = first;
  return {
    points: taus.map((tau, at) => meanPoint(tau, figures[at] ?? [], counts)),
    isCorrectedInTraining: isCorrected(first),
  };
}

type RunLogits = NonNullable<Awaited<ReturnType<typeof readLogits>>>;

async function readRunLogits(
  folder: string,
  run: RunId,
): Promise<{ readonly description: AnyDescription; readonly logits: RunLogits }> {
  requireRunId(run);
  const place = runFolderOf(folder, run);
  const description = await readDescription(place);
  if (!description) throw unknownRun(run);
  const logits = await readLogits(place, description);
  if (!logits) {
    throw new EquipoiseError(
      "data/none",
      t`${run} left no logits to adjust: it is not finished, older than this feature, of another program, or too large. Train it again, or use the recipe post-hoc.`,
    );
  }
  if (logits.columns > description.classes.length) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${run} tells background from classes, and the adjustment shifts classes against each other only.`,
    );
  }
  return { description, logits };
}

function checkTaus(taus: readonly number[]): void {
  const wrong = taus.find((tau) => !(Math.abs(tau) <= 10));
  if (wrong !== undefined || taus.length === 0 || taus.length > mostTaus) {
    throw new EquipoiseError(
      "settings/invalid",
      t`tau: expected 1 to ${mostTaus} numbers from -10 to 10, got ${wrong ?? taus.length}.`,
    );
  }
}

function requireSameClasses(first: AnyDescription, other: AnyDescription): void {
  if (first.classes.join("\n") === other.classes.join("\n")) return;
  throw new EquipoiseError(
    "data/mismatch",
    t`${first.id} and ${other.id} have different classes. Adjust runs of one loss and one data set together.`,
  );
}

function figuresAt(tau: number, logits: RunLogits, counts: readonly number[]): Figures {
  const adjusted = adjustedBy(tau, logits, counts);
  const { columns, truth } = logits;
  const decide = largestOf(columns);
  const predicted = Int32Array.from(truth, (_, row) => decide(adjusted.values, row * columns));
  const { accuracy, balancedAccuracy, recall } = score(predicted, truth, columns);
  const error = calibrationError(adjusted, predicted, truth, columns) ?? Number.NaN;
  return { accuracy, balancedAccuracy, recall, calibrationError: error };
}

function adjustedBy(
  tau: number,
  { values, columns, link }: TestLogits,
  counts: readonly number[],
): TestLogits {
  const shift = adjustment(counts, { tau, form: "paper", absent: "clamp1" });
  const adjusted = new Float32Array(values.length);
  adjustPostHoc(values, shift, adjusted);
  return { values: adjusted, columns, link };
}

function meanPoint(tau: number, figures: readonly Figures[], counts: readonly number[]): AdjustedPoint {
  const mean = (value: (figures: Figures) => number): number =>
    figures.reduce((sum, each) => sum + value(each), 0) / figures.length;
  const recall = Float32Array.from(counts, (_, k) => mean((each) => each.recall[k] ?? Number.NaN));
  return {
    tau,
    accuracy: mean(({ accuracy }) => accuracy),
    balancedAccuracy: mean(({ balancedAccuracy }) => balancedAccuracy),
    calibrationError: mean((each) => each.calibrationError),
    recall,
    groups: groupRecalls(counts, recall),
  };
}

const plainLosses: ReadonlySet<string> = new Set([
  "cross-entropy",
  "binary-cross-entropy",
  "softmax-focal",
  "sigmoid-focal",
]);

function isCorrected({
  loss = "",
  sampler = "instance-balanced",
  schedule,
  recipe = "plain",
}: AnyDescription): boolean {
  const isPlain = plainLosses.has(loss) && sampler === "instance-balanced";
  return !isPlain || schedule !== undefined || recipe !== "plain";
}
