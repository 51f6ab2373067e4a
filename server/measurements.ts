/** What training has measured on a manifest, remembered for a moment: hovers and lenses ask several times a second. */
import { dirname } from "node:path";
import { type Measured, type MeasuredLoss, measuredOn } from "#engine/runs/measured.ts";
import type { LossSettings } from "#protocol/project.ts";
import type { House } from "./features/feature.ts";
import { isInside } from "./files.ts";

/** Milliseconds for which an answer is good. */
const freshness = 3_000;

const answers = new WeakMap<
  House,
  Map<string, { readonly at: number; readonly found: Promise<Measured | undefined> }>
>();

/** The newest measurements on a manifest; undefined where there are none. */
export function measurementsOf(manifest: string, house: House): Promise<Measured | undefined> {
  const known = answers.get(house) ?? new Map();
  answers.set(house, known);
  const last = known.get(manifest);
  if (last && Date.now() - last.at < freshness) return last.found;
  const found = measuredOn(manifest, runsFolder(manifest, house)).catch((problem: unknown) => {
    house.log(problem);
    return undefined;
  });
  known.set(manifest, { at: Date.now(), found });
  return found;
}

/** The folder that holds `.equipoise/runs` for a manifest: its workspace folder, else its own. */
function runsFolder(manifest: string, house: House): string {
  const around = house.folders().filter((folder) => isInside(manifest, folder));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? dirname(manifest);
}

/** The best loss by balanced accuracy, with the baseline that it was compared with. */
export function leaderOf({
  losses,
}: Measured): { readonly baseline: MeasuredLoss; readonly leader: MeasuredLoss } | undefined {
  const [baseline, ...others] = losses;
  if (!baseline) return undefined;
  const leader = others.reduce(
    (best, one) => (one.balancedAccuracy > best.balancedAccuracy ? one : best),
    baseline,
  );
  return { baseline, leader };
}

/** What was measured with the loss of these settings: with the same parameters where they are there, else of its kind. */
export function measuredWith(
  { losses }: Measured,
  { id, ...parameters }: LossSettings,
): MeasuredLoss | undefined {
  const same = losses.filter(({ choice }) => choice.loss === id);
  const exact = same.find(({ choice }) =>
    Object.entries(parameters).every(([name, value]) => choice.parameters[name] === value),
  );
  return exact ?? same[0];
}
