/** How many findings are shown, and in which order. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { formatCount } from "#engine/statistics/format.ts";
import type { Severity } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Project } from "#protocol/project.ts";

/** A manifest shows at most so many findings; the last of them then says how many more there are. */
const findingLimit = 20;
const severities: readonly Severity[] = ["error", "warning", "information", "hint"];

/** With the severities of the project, without what it switched off, errors first, and not more than the limit. */
export function shownObservations(
  observations: readonly Observation[],
  project: Project | undefined,
): readonly Observation[] {
  const wanted: Observation[] = [];
  for (const observation of observations) {
    const severity = project?.rules?.[observation.code] ?? observation.severity;
    if (severity !== "off") wanted.push({ ...observation, severity });
  }
  wanted.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const last = wanted[findingLimit - 1];
  if (wanted.length <= findingLimit || !last) return wanted;
  const further = wanted.length - findingLimit + 1;
  const message = t`${formatCount(further)} further findings of this kind. Show all in the panel.`;
  return [...wanted.slice(0, findingLimit - 1), { code: last.code, severity: last.severity, message }];
}
