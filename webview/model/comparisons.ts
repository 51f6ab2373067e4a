/** Comparisons on disk in words, and several of them side by side. */
import type { ExperimentSummary } from "#protocol/experiments.ts";
import { t } from "#protocol/l10n.ts";
import { models } from "#protocol/project.ts";
import { inSentence, lossTitles } from "#protocol/titles.ts";
import type { ExperimentPlan, ExperimentSnapshot, LossChoice } from "#protocol/training.ts";
import type { BesideCell, BesideData } from "../charts/beside.ts";
import { classFigure, metricWords } from "./metric.ts";
import { type LossSummary, lossSummaries } from "./summaries.ts";

const months = [
  t`Jan`,
  t`Feb`,
  t`Mar`,
  t`Apr`,
  t`May`,
  t`Jun`,
  t`Jul`,
  t`Aug`,
  t`Sep`,
  t`Oct`,
  t`Nov`,
  t`Dec`,
];
const two = (number: number): string => String(number).padStart(2, "0");

/** "22 Nov 2026, 14:03", in the time of this machine. */
export function dateWords(started: string): string {
  const date = new Date(started);
  if (Number.isNaN(date.getTime())) return started;
  const day = `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`;
  return `${day}, ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Its name, else when it was started. */
export function nameOf({ title, started }: ExperimentSummary): string {
  return title ?? dateWords(started);
}

/** "linear head, 30 epochs, 5 seeds". */
export function planWords({ model, epochs, seeds }: ExperimentPlan): string {
  const words = [
    inSentence(models[model].title),
    epochs === 1 ? t`1 epoch` : t`${epochs} epochs`,
    seeds === 1 ? t`1 seed` : t`${seeds} seeds`,
  ];
  return words.join(", ");
}

/** One loss with its settings, and its summary in each comparison; undefined where that did not train it. */
export interface BesideRow {
  readonly title: string;
  readonly summaries: readonly (LossSummary | undefined)[];
}

/** A row for every loss of any of the comparisons, in the order in which they name them. */
export function besideRows(experiments: readonly ExperimentSnapshot[]): readonly BesideRow[] {
  const choices = new Map<string, LossChoice>();
  for (const { plan } of experiments) for (const choice of plan.losses) choices.set(keyOf(choice), choice);
  const titles = lossTitles([...choices.values()]);
  const summaries = experiments.map((experiment) => lossSummaries(experiment));
  return [...choices.keys()].map((key, row) => ({
    title: titles[row] ?? "",
    summaries: experiments.map(({ plan }, column) => {
      const choice = plan.losses.findIndex((own) => keyOf(own) === key);
      return summaries[column]?.[choice];
    }),
  }));
}

/** What the charts of comparisons beside each other draw; `names` are those of the comparisons. */
export function besideData(
  experiments: readonly ExperimentSnapshot[],
  names: readonly string[],
): BesideData | undefined {
  const [first] = experiments;
  const rows = besideRows(experiments);
  const cells = rows.flatMap(({ summaries }, row) =>
    summaries.flatMap((summary, column): BesideCell[] => {
      if (summary?.score === undefined || summary.seedsDone === 0) return [];
      const { score, interval, groups } = summary;
      const known = Object.entries(groups ?? {}).filter(([, share]) => share !== null);
      return [
        {
          row,
          column,
          score: 100 * score,
          ...(interval ? { interval: { low: 100 * interval.low, high: 100 * interval.high } } : {}),
          groups: Object.fromEntries(known.map(([group, share]) => [group, 100 * (share ?? 0)])),
        },
      ];
    }),
  );
  if (!first || cells.length === 0) return undefined;
  return {
    rows: rows.map(({ title }) => title),
    columns: names,
    metric: metricWords(first).title,
    measure: classFigure(first).title,
    cells,
  };
}

/** Why figures of these comparisons must not be set against each other; empty where they may. */
export function differencesThatMatter(experiments: readonly ExperimentSnapshot[]): readonly string[] {
  const [first, ...others] = experiments;
  if (!first) return [];
  const differs = (tell: (experiment: ExperimentSnapshot) => string): boolean =>
    others.some((other) => tell(other) !== tell(first));
  return [
    differs((experiment) => metricWords(experiment).name) && t`they are decided by different metrics`,
    differs(({ classes }) => classes.join("\n")) && t`they have different classes`,
    differs(({ plan, testSamples }) => `${plan.test?.labels} ${testSamples}`) &&
      t`they were tested on different samples`,
    differs(({ counts }) => counts.join()) && t`they were trained on different counts`,
  ].filter((words) => words !== false);
}

function keyOf({ loss, parameters, sampler, schedule, recipe, settings }: LossChoice): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([loss, sorted, sampler, schedule, recipe === "plain" ? undefined : recipe, settings]);
}
