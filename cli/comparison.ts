/** A finished experiment as lines of text, as plain JSON, and the loss that it speaks for. */
import { fixed, formatPoints, formatRatio } from "#engine/statistics/format.ts";
import { groupRecall, groupRecalls, headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import { gradientRatio } from "#engine/training/gradientRatio.ts";
import type { GroupRecalls } from "#protocol/runs.ts";
import { classFigureTitles, groupTitles, lossTitles, metricTitles } from "#protocol/titles.ts";
import type {
  ExperimentSnapshot,
  GradientReport,
  Interval,
  LossChoice,
  LossResult,
} from "#protocol/training.ts";
import { sparkline, styled, type Terminal, table } from "./terminal.ts";

/** Such as "71.8", "none" for what was not measured. */
export const percent = (share: number | null): string => (share === null ? "none" : fixed(share * 100, 1));
const words = ({ low, high }: Interval): string => `${formatPoints(low)} to ${formatPoints(high)}`;

export function printComparison(terminal: Terminal, experiment: ExperimentSnapshot): void {
  const { comparison, plan } = experiment;
  const results = comparison?.results ?? [];
  if (results.length === 0) return;
  const { title: figure } = classFigureTitles(plan);
  const metric = metricTitles[comparison?.metric ?? "balanced-accuracy"];
  const faint = (text: string): string => styled(terminal, "faint", text);
  const groups = new Map(results.map((result) => [result, groupRecalls(experiment.counts, result.recall)]));
  const wide = terminal.columns >= 100;
  const known = <G extends keyof GroupRecalls>(names: readonly G[]): G[] =>
    names.filter((name) => results.some((result) => typeof groups.get(result)?.[name] === "number"));
  const parts = known(wide ? ["head", "middle", "tail"] : ["tail"]);
  terminal.print("");
  const head = [
    "Loss",
    metric.short,
    "95 % interval",
    "Against baseline",
    ...parts.map((name) => groupTitles[name]),
  ];
  const rows = results.map((result, place) => {
    const recalls = groups.get(result);
    const name = titleOf(experiment, result.choice);
    return [
      place === 0 ? styled(terminal, "bold", name) : name,
      percent(result.score ?? result.balancedAccuracy),
      result.interval ? `${percent(result.interval.low)} to ${percent(result.interval.high)}` : "",
      differenceText(result),
      ...parts.map((name) => percent(recalls?.[name] ?? null)),
    ];
  });
  for (const line of table([head.map(faint), ...rows])) terminal.print(line);

  terminal.print(`\n${figure} by shot group, %  ${faint("many > 100 images, medium 20 to 100, few < 20")}`);
  const shotGroups = known(["many", "medium", "few"]);
  const shots = results.map((result) => {
    const recalls = groups.get(result);
    const cells = shotGroups.map((group) => percent(recalls?.[group] ?? null));
    return [`  ${titleOf(experiment, result.choice)}`, ...cells];
  });
  for (const line of table([["", ...shotGroups.map((name) => groupTitles[name])].map(faint), ...shots]))
    terminal.print(line);
  if (plan.isMultiLabel) printRanking(terminal, experiment);
  else printProbabilities(terminal, experiment);
  printParts(terminal, experiment);
  printRatios(terminal, experiment);
  terminal.print("");
  for (const line of verdictLines(experiment)) terminal.print(line);
}

/** What samples with several labels have beside average precision. */
function printRanking(terminal: Terminal, experiment: ExperimentSnapshot): void {
  const faint = (text: string): string => styled(terminal, "faint", text);
  const explained = "F1 where a probability above a half says yes; calibration error: 0 is best";
  terminal.print(`\nBeside the ranking, %  ${faint(explained)}`);
  const rows = (experiment.comparison?.results ?? []).map((result) => [
    `  ${titleOf(experiment, result.choice)}`,
    percent(result.accuracy),
    percent(result.worstRecall ?? null),
    percent(result.macroF1 ?? null),
    percent(result.calibrationError ?? null),
  ]);
  const heads = ["", "AP by label", "Worst class", "Macro F1", "Calibration error"];
  for (const line of table([heads.map(faint), ...rows])) terminal.print(line);
}

/** What only logits tell. */
function printProbabilities(terminal: Terminal, experiment: ExperimentSnapshot): void {
  const results = (experiment.comparison?.results ?? []).filter(
    ({ calibrationError }) => calibrationError !== undefined,
  );
  if (results.length === 0) return;
  const faint = (text: string): string => styled(terminal, "faint", text);
  const explained =
    "calibration error: probability against share that is right, 0 is best; ranking: mean average precision";
  terminal.print(`\nProbabilities, %  ${faint(explained)}`);
  const rows = results.map(({ choice, calibrationError = null, meanAveragePrecision = null }) => [
    `  ${titleOf(experiment, choice)}`,
    percent(calibrationError),
    percent(meanAveragePrecision),
  ]);
  for (const line of table([["", "Calibration error", "Ranking"].map(faint), ...rows])) terminal.print(line);
}

/** What detection and segmentation are measured by beside recall. */
function printParts(terminal: Terminal, experiment: ExperimentSnapshot): void {
  const { plan, comparison } = experiment;
  const faint = (text: string): string => styled(terminal, "faint", text);
  const results = comparison?.results ?? [];
  if (results.some(({ background }) => background)) {
    terminal.print(
      `\nBackground, %  ${faint("recall: crops of it that were found; precision: of those taken for it")}`,
    );
    const rows = results.map(({ choice, background }) => [
      `  ${titleOf(experiment, choice)}`,
      percent(background?.recall ?? null),
      percent(background?.precision ?? null),
    ]);
    for (const line of table([["", "Recall", "Precision"].map(faint), ...rows])) terminal.print(line);
  }
  if (plan.inputs !== "masks") return;
  terminal.print(
    `\nIntersection over union, %  ${faint("of pixels, mean over classes and of each third of them")}`,
  );
  const { head, middle: mid, tail } = thirds(experiment.counts);
  const rows = results.map(({ choice, overlap = new Float32Array() }) => [
    `  ${titleOf(experiment, choice)}`,
    ...[[...overlap.keys()], head, mid, tail].map((classes) => percent(groupRecall(overlap, classes))),
  ]);
  for (const line of table([["", "Mean", "Head", "Middle", "Tail"].map(faint), ...rows]))
    terminal.print(line);
}

function differenceText({ difference }: LossResult): string {
  if (!difference) return "baseline";
  const interval = difference.interval ? ` (${words(difference.interval)})` : "";
  return `${formatPoints(difference.mean)}${interval}`;
}

/** The ratio head to tail after the first epoch, when losses differ most, and of the last one. */
function printRatios(terminal: Terminal, experiment: ExperimentSnapshot): void {
  const order = headToTail(experiment.counts).filter((index) => (experiment.counts[index] ?? 0) > 0);
  const { head, tail } = thirds(experiment.counts);
  const rows = experiment.plan.losses.flatMap((_, choice) => {
    const { first, last } = ratios(experiment, choice);
    if (!first || !last) return [];
    const picture = sparkline(
      terminal,
      order.map((index) => first[index] ?? 0),
      0.125,
      4,
    );
    const ends = [first, last].flatMap((ratio) => [middle(ratio, head), middle(ratio, tail)]);
    return [[`  ${titleOf(experiment, choice)}`, picture, ...ends.map(formatRatio)]];
  });
  if (rows.length === 0) return;
  const explained =
    "positive over negative gradient of a window of one epoch, medians of thirds; 1 is balanced";
  terminal.print(`\nGradient ratio by class  ${styled(terminal, "faint", explained)}`);
  const heads = ["", "head to tail", "epoch 1: head", "tail", "last: head", "tail"];
  for (const line of table([heads.map((text) => styled(terminal, "faint", text)), ...rows]))
    terminal.print(line);
}

interface EpochRatios {
  readonly first?: Float64Array;
  readonly last?: Float64Array;
}

/** Windowed ratios of the first seed of a loss, at the end of its first and of its last epoch. */
function ratios({ runs }: ExperimentSnapshot, choice: number): EpochRatios {
  const run = runs.find((candidate) => candidate.choice === choice && candidate.gradients.length > 0);
  const last = run?.gradients.at(-1);
  if (!run || !last) return {};
  const ofEpoch = (epoch: number): GradientReport | undefined =>
    run.gradients.filter((report) => report.epoch === epoch).at(-1);
  const first = ofEpoch(1);
  return { ...(first ? { first: gradientRatio(first.window) } : {}), last: gradientRatio(last.window) };
}

function middle(ratio: Float64Array, classes: readonly number[]): number {
  const values = classes.map((index) => ratio[index] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? Number.NaN;
}

function titleOf({ plan }: ExperimentSnapshot, index: number): string {
  return lossTitles(plan.losses)[index] ?? "";
}

/** What the comparison decides, in a sentence or two. */
function verdictLines(experiment: ExperimentSnapshot): string[] {
  const { comparison } = experiment;
  if (!comparison) return [];
  const { verdict, results } = comparison;
  const metric = metricTitles[comparison.metric ?? "balanced-accuracy"].name;
  const of = (choice: number): LossResult | undefined => results.find((result) => result.choice === choice);
  const title = (choice: number): string => titleOf(experiment, choice);
  switch (verdict.kind) {
    case "winner": {
      const difference = of(verdict.leader)?.difference;
      const interval = difference?.interval ? ` (95 % interval ${words(difference.interval)})` : "";
      const gain = difference ? `: ${formatPoints(difference.mean)} points of ${metric}${interval}` : "";
      return [`${title(verdict.leader)} wins${gain}.`, priceLine(experiment, of(0), of(verdict.leader))];
    }
    case "no-winner": {
      const { choice, mean, interval } = verdict.second;
      const lead = `${title(verdict.leader)} leads ${title(choice)} by ${fixed(mean * 100, 1)} points of ${metric}`;
      return [`No winner. ${lead} (interval ${words(interval)}): within the noise.`];
    }
    case "baseline-best":
      return [`${title(0)} is not beaten. Keep it.`];
    case "too-few-seeds":
      return [
        `No verdict from ${verdict.seeds} seed${verdict.seeds === 1 ? "" : "s"}. ${title(verdict.leader)} leads.`,
      ];
  }
}

function priceLine(
  experiment: ExperimentSnapshot,
  from: LossResult | undefined,
  to: LossResult | undefined,
): string {
  if (!from || !to) return "";
  const { counts } = experiment;
  const [before, after] = [groupRecalls(counts, from.recall), groupRecalls(counts, to.recall)];
  const change = (group: "tail" | "head"): string => `${percent(before[group])} → ${percent(after[group])} %`;
  const { name: figure } = classFigureTitles(experiment.plan);
  return `Tail ${figure} ${change("tail")}, head ${figure} ${change("head")}.`;
}

/** The loss that the experiment speaks for: the winner or the leader, the baseline where nothing beats it. */
export function chosenLoss({ comparison, plan }: ExperimentSnapshot): LossChoice | undefined {
  if (!comparison) return undefined;
  const { verdict } = comparison;
  return plan.losses[verdict.kind === "baseline-best" ? 0 : verdict.leader];
}

/** The experiment as plain JSON: typed arrays as lists, what was not measured as null. */
export function comparisonJson(experiment: ExperimentSnapshot): unknown {
  const { id, plan, classes, counts, testSamples, backend, state, comparison } = experiment;
  const results = (comparison?.results ?? []).map((result) => {
    const { first, last } = ratios(experiment, result.choice);
    const choice = plan.losses[result.choice];
    return {
      ...choice,
      ...result,
      ...(plan.isMultiLabel ? rankedNames(result) : {}),
      groups: groupRecalls(counts, result.recall),
      gradientRatio: { firstEpoch: first, lastEpoch: last },
    };
  });
  const plain = {
    id,
    plan,
    classes,
    counts,
    testSamples,
    backend,
    state,
    metric: comparison?.metric,
    verdict: comparison?.verdict,
    results,
  };
  return plainJson(plain);
}

/** Average precision under its own name, and not under those of what it takes the place of. */
function rankedNames({ recall, accuracy, balancedAccuracy, worstRecall }: LossResult): object {
  return {
    averagePrecision: recall,
    meanAveragePrecision: balancedAccuracy,
    averagePrecisionByLabel: accuracy,
    worstAveragePrecision: worstRecall,
    recall: undefined,
    accuracy: undefined,
    balancedAccuracy: undefined,
    worstRecall: undefined,
    overlap: undefined,
  };
}

/** Returns what can be printed as JSON: typed arrays as lists, numbers that are none as null. */
export function plainJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (ArrayBuffer.isView(part) ? listOf(part) : part)),
  );
}

function listOf(view: ArrayBufferView): (number | null)[] {
  const numbers = Array.from(view as Float64Array);
  return numbers.map((value) => (Number.isFinite(value) ? value : null));
}
