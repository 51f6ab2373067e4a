/** `equipoise recommend --measure`: asks the engine which loss does best on the user's own data, and prints the answer. */
import { fixed, formatPercent } from "#engine/statistics/format.ts";
import { measureAdvice } from "#engine/training/search/measureAdvice.ts";
import type { MeasuredAdvice, MeasuredCandidate } from "#protocol/advice.ts";
import type { Objective } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence, lossTitles, metricTitles } from "#protocol/titles.ts";
import type { Surroundings } from "./command.ts";
import { proposeFor } from "./experiment.ts";
import { bar, paragraph, statusLine, styled, type Terminal, table } from "./terminal.ts";

/** Taken where no budget is named: long enough for a linear head on ten thousand embeddings. */
const usualBudget = "60s";
const most = 10;

/** Returns the seconds of "90", "90s", "5m" or "1h". Throws `settings/invalid`. */
export function parseBudget(text: string = usualBudget): number {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
  if (number !== "" && seconds > 0) return seconds;
  throw new EquipoiseError("settings/invalid", `--budget ${text}: expected a time such as 60s, 5m or 1h.`);
}

/** Measures on the data that the manifest or `equipoise.yaml` names, with progress. */
export async function measurePath(
  path: string,
  seconds: number,
  objective: Objective | undefined,
  { terminal, signal }: Surroundings,
): Promise<MeasuredAdvice> {
  const { plan } = await proposeFor(path, {});
  const line = statusLine(terminal, process.stderr);
  try {
    return await measureAdvice(objective ? { ...plan, objective } : plan, {
      seconds,
      signal,
      progress: ({ message, share }) => line.show(`${message}  ${bar(terminal, share, 28)}`),
    });
  } finally {
    line.clear();
  }
}

export function printMeasured(terminal: Terminal, advice: MeasuredAdvice): void {
  const titles = lossTitles(advice.candidates.map(({ choice }) => choice));
  const chosen = JSON.stringify(advice.choice);
  const place = advice.candidates.findIndex(({ choice }) => JSON.stringify(choice) === chosen);
  terminal.print(`${styled(terminal, "bold", titles[place] ?? advice.choice.loss)}  ${verdictText(advice)}`);
  terminal.print(paragraph(terminal, "  why        ", advice.why));
  terminal.print(paragraph(terminal, "  cost       ", costText(advice)));
  const tried = advice.candidates.filter(
    ({ score, message }) => score !== undefined || message !== undefined,
  );
  const rows = tried
    .slice(0, most)
    .map((candidate) => [`  ${titles[advice.candidates.indexOf(candidate)]}`, ...cellsOf(candidate)]);
  for (const row of table([["", metricTitles[advice.metric].name, "epochs", ""], ...rows]))
    terminal.print(row);
  if (tried.length > most) terminal.print(`  and ${tried.length - most} more`);
}

function verdictText({ verdict, gain, baseline }: MeasuredAdvice): string {
  if (verdict === "nothing-helps" || !gain) return "nothing tried helps";
  const [mean, low, high] = [gain.mean, gain.low, gain.high].map((share) => signed(100 * share));
  const sure = verdict === "helps" ? "" : ", within the noise";
  return `${mean} points over ${inSentence(losses[baseline.loss].title)} (${low} to ${high})${sure}`;
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${fixed(Math.abs(points), 1)}`;
}

function costText({ steps, allSteps, seconds, splits }: MeasuredAdvice): string {
  const on = splits === 1 ? "one validation split" : `${splits} validation splits`;
  const share = allSteps > 0 ? ` of the ${allSteps.toLocaleString("en")} that all would take to the end` : "";
  return `${fixed(seconds, 0)} s, ${steps.toLocaleString("en")} steps${share}, ${on}; the test part was not used.`;
}

function cellsOf({ score, epochs, fate, message }: MeasuredCandidate): string[] {
  const shown = score === undefined ? "" : formatPercent(score);
  return [shown, String(epochs), message ?? fate];
}
