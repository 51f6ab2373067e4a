/** The runs and the counts as files. */
import { t } from "#protocol/l10n.ts";
import type { ValueTable } from "../charts/chart.ts";
import { groupNames } from "../choices.ts";
import { metricWords } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { csv } from "./exports.ts";
import type { MenuItem } from "./menu.ts";
import type { Actions } from "./view.ts";

/** The table of runs as a file. */
export function runsExports(
  { send }: Actions,
  { summaries, series, dataset, names, counts, experiment }: PanelModel,
): readonly MenuItem[] {
  const percent = (value: number | null | undefined): string =>
    typeof value === "number" ? (value * 100).toFixed(3) : "";
  const columns = [
    "loss",
    "seeds",
    `${experiment ? metricWords(experiment).name : "score"}, %`,
    "low",
    "high",
    "difference",
    "low",
    "high",
    "head",
    "middle",
    "tail",
  ];
  const runs: ValueTable = {
    columns,
    rows: summaries.map((summary) => [
      series[summary.choice]?.title ?? "",
      String(summary.seedsDone),
      percent(summary.score),
      percent(summary.interval?.low),
      percent(summary.interval?.high),
      percent(summary.difference?.mean),
      percent(summary.difference?.interval?.low),
      percent(summary.difference?.interval?.high),
      ...groupNames.map((group) => percent(summary.groups?.[group])),
    ]),
  };
  const counted: ValueTable = {
    columns: ["class", "index", dataset?.view.basis ?? "images"],
    rows: names.map((name, index) => [name, String(index), String(counts[index] ?? 0)]),
  };
  const item = (label: string, name: string, table: ValueTable): MenuItem => ({
    label,
    press: () => send({ kind: "export", name, format: "csv", content: csv(table) }),
  });
  return [
    ...(summaries.length > 0 ? [item(t`Runs (CSV)`, "runs", runs)] : []),
    item(t`Class counts (CSV)`, "class-counts", counted),
  ];
}
