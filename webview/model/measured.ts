/** Measured advice as the panel tells it. */
import type { MeasuredAdvice, MeasuredCandidate } from "#protocol/advice.ts";
import { lossTitles } from "#protocol/titles.ts";
import type { ExperimentPlan } from "#protocol/training.ts";

/** What the button asks for: long enough for a linear head on ten thousand embeddings. */
export const measuredSeconds = 60;

export interface TitledCandidate extends MeasuredCandidate {
  readonly title: string;
  readonly isChosen: boolean;
}

/** The candidates, best first, told apart by their settings. */
export function titledCandidates({ candidates, choice }: MeasuredAdvice): readonly TitledCandidate[] {
  const titles = lossTitles(candidates.map((candidate) => candidate.choice));
  const chosen = JSON.stringify(choice);
  return candidates.map((candidate, index) => ({
    ...candidate,
    title: titles[index] ?? "",
    isChosen: JSON.stringify(candidate.choice) === chosen,
  }));
}

/** Crops and masks have no single label a sample, which measuring needs. */
export function canMeasure(plan: ExperimentPlan | undefined): boolean {
  return plan?.inputs === "embeddings" || plan?.inputs === "images";
}
