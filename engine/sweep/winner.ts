/** What a sweep speaks for: the configuration, the sentence that says how sure that is, and the evidence to keep. */
import { formatAmount, formatCount, formatPercent, formatPoints } from "#engine/statistics/format.ts";
import { seedsForVerdict } from "#engine/training/verdict.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import {
  isAhead,
  type SweepConfiguration,
  type SweepFile,
  type SweepLeader,
  type SweepRanking,
} from "#protocol/sweep.ts";
import { configurationTitles, inSentence, metricTitles } from "#protocol/titles.ts";

/**
 * Returns the leader, or the baseline where nothing is ahead of it beyond the noise; or the configuration that is named.
 * Throws `run/unknown` where it has no results.
 */
export function winnerOf(
  file: SweepFile,
  { leader, standings }: SweepRanking,
  named?: number,
): SweepConfiguration & { readonly configuration: number } {
  const own = leader && (isAhead(leader.verdict) ? leader.configuration : 0);
  const configuration = named ?? own;
  const found = standings.some((standing) => standing.configuration === configuration);
  const chosen = configuration === undefined || !found ? undefined : file.configurations[configuration];
  if (chosen && configuration !== undefined) return { ...chosen, configuration };
  throw new EquipoiseError(
    "run/unknown",
    named === undefined
      ? `No configuration of ${file.id} has all of its ${file.seeds.length} seeds yet. See equipoise sweep status.`
      : `Configuration ${named} has no results in ${file.id}. See equipoise sweep results --json.`,
  );
}

/** Such as "Balanced softmax wins: +8.2 points of balanced accuracy over cross-entropy (+6.1 to +10.3)." */
export function leaderText(file: SweepFile, { metric }: SweepRanking, leader: SweepLeader): string {
  const titles = configurationTitles(file.configurations);
  const title = titles[leader.configuration] ?? "";
  const { overBaseline, comparisons, verdict, tied } = leader;
  const baseline = inSentence(titles[0] ?? "");
  if (verdict === "too-few-seeds")
    return `No verdict from ${formatAmount(file.seeds.length, "seeds")}: it needs ${seedsForVerdict}. ${title} leads.`;
  if (verdict === "baseline") return `${title}, the baseline, is not beaten. Keep it.`;
  if (!overBaseline) return `${title} leads; the baseline has not all of its seeds yet.`;
  const corrected = comparisons > 1 ? `, for ${formatCount(comparisons)} comparisons at once` : "";
  const { low, high } = overBaseline.interval ?? {};
  const interval =
    low !== undefined && high !== undefined && Number.isFinite(low)
      ? ` (${formatPoints(low)} to ${formatPoints(high)}${corrected})`
      : "";
  const lead = `${formatPoints(overBaseline.mean)} points of ${metricTitles[metric].name} over ${baseline}${interval}`;
  if (verdict === "winner") return `${title} wins: ${lead}.`;
  const names = tied.slice(0, 3).map((index) => inSentence(titles[index] ?? ""));
  const more = tied.length > names.length ? ` and ${tied.length - names.length} more` : "";
  const close = tied.length > 0 ? ` Within the noise of it: ${names.join("; ")}${more}.` : "";
  return verdict === "ahead"
    ? `${title} leads: ${lead}. It is ahead of the baseline, not of every other configuration.${close}`
    : `No winner. ${title} leads by ${lead}: within the noise.${close}`;
}

/** One line for the project file. */
export function evidenceOf(
  file: SweepFile,
  { standings, metric, testSamples }: SweepRanking,
  configuration: number,
): string {
  const shown = (index: number): string | undefined => {
    const standing = standings.find((each) => each.configuration === index);
    return standing && formatPercent(standing.score.mean);
  };
  const baseline = configuration === 0 ? undefined : shown(0);
  const against = baseline === undefined ? "" : ` against ${baseline} for the baseline`;
  const rows = `${testSamples} ${file.plan.test ? "test" : "validation"} rows`;
  const { id, configurations, seeds } = file;
  return (
    `measured ${shown(configuration)} ${metricTitles[metric].name}${against} on ${rows}, ` +
    `${id} of ${configurations.length} configurations with ${formatAmount(seeds.length, "seeds")}`
  );
}
