/** What is shown of a file: its findings as rules, remarks and the baseline have them. */
import { dirname, resolve } from "node:path";
import { applyRules, rulesFor, withoutAccepted, withoutIgnored } from "#engine/project/project.ts";
import { mildImbalance } from "#engine/statistics/classStatistics.ts";
import { formatCount, formatFactor } from "#engine/statistics/format.ts";
import type { CountsSoFar, Finding } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { LossId } from "#protocol/losses.ts";
import type { Rules } from "#protocol/project.ts";
import { checkedConfig } from "./configFindings.ts";
import type { Known } from "./documents.ts";
import type { House } from "./features/feature.ts";
import { projectFindings } from "./projectFindings.ts";
import { manifestOf, type ProjectFile } from "./projects.ts";

/** The findings of a manifest, with absolute paths. */
export async function findingsOfManifest(
  { path, analysis }: Known,
  house: House,
): Promise<readonly Finding[]> {
  if (!analysis) return [];
  const file = await house.projects.of(path);
  return shown(
    analysis.findings.map((finding) => atPath(finding, dirname(path))),
    path,
    file,
    house,
  );
}

/** What can be said of a manifest while it is read: marked as such, with the part that was read. */
export async function findingsSoFar(
  path: string,
  part: number,
  { labels, classes, imbalance }: CountsSoFar,
  house: House,
): Promise<readonly Finding[]> {
  const file = await house.projects.of(path);
  const objective = file?.project?.objective ?? house.settings(path).objective;
  // As in the exact finding that follows: there it is a fault only where all classes count alike.
  if (imbalance < mildImbalance || objective === "natural") return [];
  const percent = Math.max(1, Math.round(100 * part));
  const message = t`So far, with ${percent} % of the file read: imbalance factor ${formatFactor(imbalance)}, ${formatCount(labels)} labels in ${formatCount(classes)} classes. Exact counts follow.`;
  const finding: Finding = {
    code: "imbalance/high",
    severity: "information",
    message,
    file: path,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
  };
  return shown([finding], path, file, house);
}

/** The findings of an equipoise.yaml, with absolute paths. */
export async function findingsOfProject(file: ProjectFile, house: House): Promise<readonly Finding[]> {
  const findings = withoutIgnored(await projectFindings(file, house), file.text);
  return shown(findings, file.path, file, house);
}

/** The findings of an open training configuration, with absolute paths; none where it is none. */
export async function findingsOfConfig(uri: string, house: House): Promise<readonly Finding[]> {
  const config = await checkedConfig(uri, house);
  if (!config) return [];
  const { path } = config;
  const findings = config.findings.map(({ fix: _, ...finding }) => ({ ...finding, file: path }));
  return shown(findings, path, await house.projects.of(path), house);
}

async function shown(
  findings: readonly Finding[],
  path: string,
  file: ProjectFile | undefined,
  house: House,
): Promise<readonly Finding[]> {
  const own = file ? rulesFor(file.project, file.path, path) : {};
  const ruled = applyRules(findings, { ...house.settings(path).rules, ...followed(path, file), ...own });
  return ruled.length === 0 ? ruled : withoutAccepted(ruled, await house.projects.baseline(path));
}

/** Where the settings of a manifest correct the imbalance already, it is no warning any more. */
function followed(manifest: string, file: ProjectFile | undefined): Rules {
  if (!file?.project || manifestOf(file) !== manifest) return {};
  const { loss, sampler = "instance-balanced" } = file.project;
  const corrects = (loss && !plainLosses.includes(loss.id)) || sampler !== "instance-balanced";
  return corrects ? { "imbalance/high": "information" } : {};
}

/** Losses that do not look at class counts. */
const plainLosses: readonly LossId[] = [
  "cross-entropy",
  "binary-cross-entropy",
  "sigmoid-focal",
  "softmax-focal",
];

/** The finding with absolute paths; an analysis names files relative to the folder of the manifest. */
function atPath(finding: Finding, folder: string): Finding {
  const related = finding.related?.map((place) => ({ ...place, file: resolve(folder, place.file) }));
  return { ...finding, file: resolve(folder, finding.file), ...(related && { related }) };
}
