import { formatAmount, formatClass, formatCount, formatList } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { ProjectCheck } from "../check.ts";
import { type ChangedCount, changedCounts } from "../countsTrace.ts";
import { finding } from "../finding.ts";
import { type CountedName, countsHash, type ProvenanceComment } from "../provenance.ts";

/** A loss that was chosen for counts that have changed since. */
export const staleCounts: ProjectCheck = {
  code: "config/stale-counts",
  run({ parsed, project, classes }) {
    const { provenance } = parsed;
    // Counts of another manifest say nothing about this one's.
    if (!provenance || !classes || classes.length === 0 || provenance.manifest !== project.manifest)
      return [];
    const message = staleMessage(provenance, classes);
    return message === undefined
      ? []
      : [finding("config/stale-counts", "warning", provenance.place, message)];
  },
};

/** What to say where a comment's counts are not those of now; undefined where they are. */
export function staleMessage(
  { hash, trace }: Pick<ProvenanceComment, "hash" | "trace">,
  classes: readonly CountedName[],
): string | undefined {
  const now = countsHash(classes);
  if (hash === now) return undefined;
  const changed = changedCounts(trace, classes);
  const what = changed
    ? t`other counts: ${changesText(changed)}`
    : trace !== "" && !trace.startsWith("~") && trace.split(" ").length !== classes.length
      ? t`${formatAmount(trace.split(" ").length, "classes")}, the manifest now has ${formatCount(classes.length)}`
      : t`other counts (${hash}, now ${now})`;
  return t`The loss was chosen for ${what}. Insert it anew.`;
}

function changesText(changed: readonly ChangedCount[]): string {
  const shown = changed.slice(0, 3).map(({ name, count, was }) => {
    const before = was === undefined ? "" : t`had ${formatCount(was)}, `;
    return t`${formatClass(name)} ${before}now ${before === "" ? t`has ` : ""}${formatCount(count)}`;
  });
  return changed.length > 3
    ? t`${shown.join("; ")}; and ${formatAmount(changed.length - 3, "classes")} more`
    : shown.length === 1
      ? shown.join("")
      : formatList([shown.slice(0, -1).join("; "), shown.at(-1) ?? ""]);
}
