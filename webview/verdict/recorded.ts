/** What the panel says about a run of another program: where it is, and what it has measured. */

import { formatCount, formatPercent } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { RecordedRun } from "#protocol/panel.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { type Action, joined, strong, text, type Verdict } from "./phrases.ts";

const back: Action = { kind: "show-recording", label: t`Back to the dataset`, primary: false };

/** No verdict: one run of one loss has nothing to be compared with. */
export function recordedVerdict(run: RecordedRun, { runs, state }: ExperimentSnapshot): Verdict {
  const [own] = runs;
  const report = own?.gradients.at(-1);
  const measured = own?.epochs.at(-1);
  const place = report
    ? t` Step ${formatCount(report.step)}, epoch ${report.epoch}.`
    : t` No step has been reported yet.`;
  const accuracy = measured
    ? t` ${formatPercent(measured.balancedAccuracy)} balanced accuracy at the end of epoch ${measured.epoch}.`
    : "";
  const say = [strong(beginnings[state.kind] ?? t`Recorded run.`), text(`${place}${accuracy}`)];
  const ended = state.kind === "failed" ? `${state.message} ` : "";
  const isPlanned = state.kind === "running" && state.stepsTotal > state.stepsDone;
  return {
    tone: state.kind === "failed" ? "error" : "plain",
    say,
    why: t`${ended}Another program trains with ${run.title} and writes .equipoise/runs/${run.id}. One run is no comparison.`,
    actions: [back],
    ...(isPlanned ? { progress: state.stepsDone / state.stepsTotal } : {}),
    spoken: joined([strong(beginnings[state.kind] ?? t`Recorded run.`)]),
  };
}

const beginnings: Readonly<Partial<Record<ExperimentSnapshot["state"]["kind"], string>>> = {
  running: t`Recording.`,
  finished: t`Recorded.`,
  stopped: t`The recorded run was stopped.`,
  failed: t`The recorded run failed.`,
};
