/** Which losses to compare on given counts. */
import { recommend } from "#engine/recommendation/recommend.ts";
import { classStatistics } from "#engine/statistics/classStatistics.ts";
import type { Objective, View } from "#protocol/analysis.ts";
import { type LossId, type LossParameters, losses, type SamplerId, withDefaults } from "#protocol/losses.ts";
import type { Project } from "#protocol/project.ts";
import type { InputKind, LossChoice } from "#protocol/training.ts";
import { deferResampling, deferReweighting } from "./phases.ts";
import { checkSeveral } from "./plan.ts";

/** More would make the wait longer than the answer is worth, and the chart unreadable. */
const most = 4;

/**
 * Returns cross-entropy, what the project sets, the recommended loss and its alternatives, filled up with the plain
 * remedies of the field: at least three, at most four, every parameter given.
 */
export function proposeLosses(
  classes: readonly string[],
  counts: readonly number[],
  objective: Objective,
  project: Project = {},
  kind: InputKind = "embeddings",
): LossChoice[] {
  const advice = recommend(viewOf(classes, counts, kind), objective);
  const wanted: LossChoice[] = [choice("cross-entropy", {})];
  const own = projectChoice(project);
  if (own) wanted.push(own);
  if (advice) {
    wanted.push(choice(advice.loss, advice.parameters, advice.sampler));
    for (const { loss, parameters, sampler } of advice.alternatives) {
      wanted.push(choice(loss, parameters, sampler));
    }
  }
  const chosen = distinct(wanted.map((each) => suited(each, kind)));
  const filled =
    chosen.length >= 3
      ? chosen
      : distinct([...chosen, choice("balanced-softmax", {}), choice("class-balanced-focal", {})]);
  return filled.slice(0, most);
}

/** As `proposeLosses` for samples with several labels or none: binary cross-entropy first, sigmoid losses alone. */
export function proposeSigmoidLosses(
  classes: readonly string[],
  counts: readonly number[],
  samples: number,
  objective: Objective,
  project: Project = {},
): LossChoice[] {
  const advice = recommend(severalView(classes, counts, samples), objective);
  const own = projectChoice(project);
  const wanted = [
    choice("binary-cross-entropy", {}),
    ...(own ? [own] : []),
    ...(advice ? [advice, ...advice.alternatives] : []).map(({ loss, parameters }) =>
      choice(loss, parameters),
    ),
    choice("equalization-v2", {}),
    choice("class-balanced-focal", {}),
  ];
  return distinct(wanted.filter(takesSeveral)).slice(0, most);
}

/** Whether a choice can be trained on samples with several labels or none. */
function takesSeveral(each: LossChoice): boolean {
  try {
    checkSeveral(each);
    return true;
  } catch {
    return false;
  }
}

/** As `viewOf` of samples with several labels; `counts`: samples that have each class. */
export function severalView(classes: readonly string[], counts: readonly number[], samples: number): View {
  return { ...viewOf(classes, counts, "embeddings"), task: "multi-label", samples };
}

function choice(
  loss: LossId,
  parameters: LossParameters,
  sampler: SamplerId = "instance-balanced",
): LossChoice {
  return { loss, parameters: withDefaults(loss, parameters), sampler };
}

/** Settings that the loss does not have are findings of the project file, and no reason not to train. */
function projectChoice({ loss, sampler, schedule, recipe = "plain" }: Project): LossChoice | undefined {
  if (!loss && !sampler && !schedule && recipe === "plain") return undefined;
  const named = {
    ...(loss ? knownChoice(loss, sampler) : choice("cross-entropy", {}, sampler)),
    ...(recipe === "plain" ? {} : { recipe }),
  };
  if (schedule === "drw") return deferReweighting(named);
  return schedule === "drs" ? deferResampling(named) : named;
}

function knownChoice({ id, ...parameters }: NonNullable<Project["loss"]>, sampler?: SamplerId): LossChoice {
  const known = new Set(losses[id].parameters.map(({ name }) => name));
  const own = Object.entries(parameters).filter(([name]) => known.has(name));
  return choice(id, Object.fromEntries(own), sampler);
}

function distinct(choices: readonly LossChoice[]): LossChoice[] {
  const seen = new Set<string>();
  return choices.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}

/** EQL v2 on crops learns background by a column of its own, as its authors' detectors do; masks are drawn as they come. */
function suited(each: LossChoice, kind: InputKind): LossChoice {
  if (kind === "crops" && each.loss === "equalization-v2")
    return { ...each, parameters: { ...each.parameters, objectness: true } };
  return kind === "masks" ? { ...each, sampler: "instance-balanced" } : each;
}

const views = {
  embeddings: { task: "single-label", basis: "images" },
  images: { task: "single-label", basis: "images" },
  crops: { task: "detection", basis: "instances" },
  masks: { task: "segmentation", basis: "pixels" },
} as const satisfies Record<InputKind, Pick<View, "task" | "basis">>;

/** The counts as the rules of advice want them. */
export function viewOf(classes: readonly string[], counts: readonly number[], kind: InputKind): View {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  return {
    name: "training",
    split: "train",
    ...views[kind],
    bases: [views[kind].basis],
    samples,
    labels: samples,
    classes: classes.map((name, index) => ({ index, name, count: counts[index] ?? 0 })),
    ...classStatistics(counts),
  };
}
