/** Logit adjustment after training, as far as it can be previewed: at which taus, on which runs, with which figures. */
import type { AdjustedPoint } from "#protocol/runs.ts";
import type { ExperimentSnapshot, LossChoice, RunId } from "#protocol/training.ts";

/** Right end of the slider. */
const most = 2;
/** Scores that are looked at within a moment: rows times classes, of all runs, at all taus. */
const affordable = 4e8;

/** The slider's places: 41 where there are few scores, down to 5. */
export function adjustmentTaus(
  { testSamples, classes }: ExperimentSnapshot,
  runs: number,
): readonly number[] {
  const scores = Math.max(1, testSamples * classes.length * runs);
  const places = [40, 20, 8, 4].find((count) => count * scores <= affordable) ?? 4;
  return Array.from({ length: places + 1 }, (_, place) => Number(((most * place) / places).toFixed(3)));
}

/** Finished runs of a loss. */
export function finishedRuns({ runs }: ExperimentSnapshot, choice: number): readonly RunId[] {
  return runs.filter((run) => run.choice === choice && run.state.kind === "finished").map(({ id }) => id);
}

/** Indices of the losses that have a finished run and train one class a sample: what can be adjusted. */
export function adjustable(experiment: ExperimentSnapshot): readonly number[] {
  const { inputs, losses, isMultiLabel } = experiment.plan;
  if (isMultiLabel || (inputs !== "embeddings" && inputs !== "images")) return [];
  return losses.flatMap((_, choice) => (finishedRuns(experiment, choice).length > 0 ? [choice] : []));
}

/** The point whose tau is nearest. */
export function pointAt(points: readonly AdjustedPoint[], tau: number): number {
  let nearest = 0;
  points.forEach((point, index) => {
    if (Math.abs(point.tau - tau) < Math.abs((points[nearest]?.tau ?? 0) - tau)) nearest = index;
  });
  return nearest;
}

/** The loss with the adjustment as its recipe, to be compared by its own training. */
export function adjustedChoice(choice: LossChoice, tau: number): LossChoice {
  return { ...choice, recipe: "post-hoc", settings: { tau } };
}
