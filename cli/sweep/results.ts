/** `equipoise sweep results`: what is best so far, with intervals, and the winner into the project file. */
import { resolve } from "node:path";
import { fixed, formatCount } from "#engine/statistics/format.ts";
import { rankSweep } from "#engine/sweep/ranking.ts";
import { readResults } from "#engine/sweep/results.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { evidenceOf, leaderText, winnerOf } from "#engine/sweep/winner.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepFigure, SweepRanking } from "#protocol/sweep.ts";
import { bestText, configurationTitles, groupTitles, metricTitles } from "#protocol/titles.ts";
import { analysePath } from "../analysis.ts";
import { type ExitCode, parseCommand, type Surroundings, wholeNumber } from "../command.ts";
import { adviceOf } from "../commands/recommend.ts";
import { insertLoss } from "../insert.ts";
import { paragraph, styled, type Terminal, table } from "../terminal.ts";
import { openSweep, placeOptions } from "./place.ts";

export const resultsHelp: readonly string[] = [
  "results FILE [--top N]       the best configurations (10) with 95 % intervals, and the best of each group of classes",
  "  --write [--take N]         the winner into equipoise.yaml with what was measured; --take: configuration N instead",
];

const usualTop = 10;

export async function resultsCommand(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, {
    ...placeOptions,
    top: { type: "string" },
    write: { type: "boolean" },
    take: { type: "string" },
  });
  const { sweep, root } = await openSweep(positionals, "results", values.results);
  const ranking = await ranked(sweep, root);
  const { terminal } = surroundings;
  if (values.json) terminal.print(JSON.stringify({ id: sweep.file.id, ...titled(sweep, ranking) }, null, 2));
  else print(terminal, sweep, ranking, wholeNumber("top", values.top) ?? usualTop);
  if (!values.write && values.take === undefined) return 0;
  if (!values.write)
    throw new EquipoiseError(
      "settings/invalid",
      "--take is there for --write. Add --write, or leave it out.",
    );
  await write(sweep, ranking, values.take, values.json === true, surroundings);
  return 0;
}

/** Prints the ranking of the results there are. */
export async function printRanking(sweep: Sweep, root: string, terminal: Terminal): Promise<void> {
  print(terminal, sweep, await ranked(sweep, root), usualTop);
}

async function ranked(sweep: Sweep, root: string): Promise<SweepRanking> {
  const results = await readResults(root, sweep.file.id);
  return rankSweep(sweep.file, results.values(), root);
}

/** Configurations with what they are called, counted from 1 as in the table. */
function titled({ file }: Sweep, ranking: SweepRanking): object {
  const titles = configurationTitles(file.configurations);
  const standings = ranking.standings.map((standing) => ({
    title: titles[standing.configuration],
    ...file.configurations[standing.configuration],
    ...standing,
  }));
  return { ...ranking, standings };
}

function print(terminal: Terminal, { file }: Sweep, ranking: SweepRanking, top: number): void {
  const { standings, metric, leader, bestByGroup } = ranking;
  if (standings.length === 0) {
    terminal.print("No results yet. See equipoise sweep status.");
    return;
  }
  const faint = (text: string): string => styled(terminal, "faint", text);
  const titles = configurationTitles(file.configurations);
  const head = [
    "Configuration",
    "No.",
    metricTitles[metric].short,
    "95 % interval",
    "Seeds",
    "Head",
    "Middle",
    "Tail",
  ];
  const rows = standings
    .slice(0, top)
    .map(({ configuration, score, seeds, failed, groups }) => [
      titles[configuration] ?? "",
      String(configuration),
      percent(score),
      intervalText(score),
      `${seeds}${failed > 0 ? ` (${failed} failed)` : ""}`,
      ...(["head", "middle", "tail"] as const).map((group) => percent(groups[group])),
    ]);
  for (const line of table([head.map(faint), ...rows])) terminal.print(line);
  if (standings.length > top)
    terminal.print(faint(`and ${formatCount(standings.length - top)} more: --top N, or --json`));
  terminal.print(
    `\nBest recall by group of classes, %, and whose it is where that is ahead of the baseline beyond the noise\n${faint("many > 100 images, medium 20 to 100, few < 20")}`,
  );
  const groups = bestByGroup.map((best) => [
    `  ${groupTitles[best.group]}`,
    bestText(best, titles),
    percent(best.recall),
    intervalText(best.recall),
    best.baseline ? percent(best.baseline) : "",
  ]);
  for (const line of table([["", "", "recall", "95 % interval", "baseline"].map(faint), ...groups]))
    terminal.print(line);
  if (leader) terminal.print(`\n${paragraph(terminal, "", leaderText(file, ranking, leader))}`);
}

async function write(
  sweep: Sweep,
  ranking: SweepRanking,
  take: string | undefined,
  quiet: boolean,
  surroundings: Surroundings,
): Promise<void> {
  const winner = winnerOf(sweep.file, ranking, take === undefined ? undefined : Number(take));
  const manifest = resolve(sweep.folder, sweep.file.plan.manifest);
  const { view } = adviceOf(manifest, await analysePath(manifest, {}, surroundings));
  const say = quiet ? (): void => {} : surroundings.terminal.print;
  await insertLoss(
    say,
    manifest,
    winner.choice,
    view.classes,
    evidenceOf(sweep.file, ranking, winner.configuration),
  );
  if (winner.training)
    say(`  trained with ${JSON.stringify(winner.training)}: set these in equipoise.yaml under training`);
}

function percent(figure: SweepFigure | null): string {
  return figure ? fixed(100 * figure.mean, 1) : "none";
}

function intervalText({ interval }: SweepFigure): string {
  return interval ? `${fixed(100 * interval.low, 1)} to ${fixed(100 * interval.high, 1)}` : "";
}
