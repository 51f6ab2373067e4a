/** What a comparison measured beside the metric that decides: one column a figure that any loss has. */
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentSnapshot, LossResult } from "#protocol/training.ts";

export interface FigureColumn {
  readonly title: string;
  /** What it is and which way is better. */
  readonly description: string;
  /** 0 to 1; undefined where it was not measured. */
  value(result: LossResult): number | undefined;
}

const columns: readonly FigureColumn[] = [
  {
    title: t`Accuracy`,
    description: t`Share of test samples that are right`,
    value: ({ accuracy }) => accuracy,
  },
  {
    title: t`Macro F1`,
    description: t`Harmonic mean of recall and precision, mean over the tested classes`,
    value: ({ macroF1 }) => macroF1,
  },
  {
    title: t`Worst class`,
    description: t`Lowest recall of a tested class`,
    value: ({ worstRecall }) => worstRecall,
  },
  {
    title: t`Calibration error`,
    description: t`Distance between the probability of the predicted class and how often it is right, 15 bins; lower is better`,
    value: ({ calibrationError }) => calibrationError,
  },
  {
    title: t`mAP`,
    description: t`Mean average precision over the tested classes`,
    value: ({ meanAveragePrecision }) => meanAveragePrecision,
  },
  {
    title: t`Mean IoU`,
    description: t`Intersection over union of pixels, mean over the classes that occur or were predicted`,
    value: ({ overlap }) => overlap && meanOf(overlap),
  },
  {
    title: t`Background recall`,
    description: t`Share of background crops that were found to be background`,
    value: ({ background }) => background?.recall,
  },
  {
    title: t`Background precision`,
    description: t`Share of what was taken for background that is background`,
    value: ({ background }) => background?.precision,
  },
];

/** What samples with several labels have: how classes are ranked, and what a threshold of a half makes of that. */
const rankedColumns: readonly FigureColumn[] = [
  {
    title: t`mAP`,
    description: t`Mean over the tested classes of average precision, the area below precision against recall`,
    value: ({ meanAveragePrecision }) => meanAveragePrecision,
  },
  {
    title: t`AP by label`,
    description: t`Average precision weighed by the test samples of each class`,
    value: ({ accuracy }) => accuracy,
  },
  {
    title: t`Worst class`,
    description: t`Lowest average precision of a tested class`,
    value: ({ worstRecall }) => worstRecall,
  },
  {
    title: t`Macro F1`,
    description: t`Harmonic mean of recall and precision where a probability above a half says yes, mean over the tested classes`,
    value: ({ macroF1 }) => macroF1,
  },
  {
    title: t`Calibration error`,
    description: t`Distance between the probability of a class and how often it is there, 15 bins; lower is better`,
    value: ({ calibrationError }) => calibrationError,
  },
];

export interface Figures {
  readonly columns: readonly FigureColumn[];
  /** Best first, by the metric that decides. */
  readonly rows: readonly { readonly choice: number; readonly values: readonly string[] }[];
}

/** In per cent with one decimal; intersection over union only where masks label the pixels. */
export function figuresOf({ plan, comparison }: ExperimentSnapshot): Figures | undefined {
  const results = comparison?.results ?? [];
  const all = plan.isMultiLabel ? rankedColumns : columns;
  const possible = all.filter(({ title }) => plan.inputs === "masks" || title !== t`Mean IoU`);
  const present = possible.filter(({ value }) => results.some((result) => isNumber(value(result))));
  if (results.length === 0 || present.length === 0) return undefined;
  const rows = results.map((result) => ({
    choice: result.choice,
    values: present.map(({ value }) => {
      const share = value(result);
      return isNumber(share) ? fixed(100 * share, 1) : "·";
    }),
  }));
  return { columns: present, rows };
}

const isNumber = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);

function meanOf(values: Float32Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
