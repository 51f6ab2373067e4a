/** What the panel says of measured advice: while it is measured, and where no comparison has been run yet. */
import { formatPoints } from "#engine/statistics/format.ts";
import type { MeasuredAdvice } from "#protocol/advice.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import type { Measurement } from "#protocol/panel.ts";
import { inSentence, metricTitles } from "#protocol/titles.ts";
import { titledCandidates } from "../model/measured.ts";
import {
  type Action,
  intervalWords,
  joined,
  type Phrase,
  percentNumber,
  strong,
  text,
  type Verdict,
} from "./phrases.ts";

/** While losses are tried. */
export function measuringVerdict({ seconds, progress }: Extract<Measurement, { kind: "running" }>): Verdict {
  const say = [strong(t`Measuring.`), text(progress.message === "" ? "" : ` ${progress.message}.`)];
  return {
    tone: "plain",
    say,
    why: t`On validation splits of the training data; the test part is not looked at. At most ${seconds} s, less where the order is settled.`,
    actions: [{ kind: "stop-measuring", label: t`Stop`, primary: false }],
    progress: progress.share,
    spoken: joined([strong(t`Measuring.`)]),
  };
}

/** What was measured, while there is no comparison; `run` starts one. */
export function measuredVerdict(advice: MeasuredAdvice, run: Action | undefined): Verdict {
  const say = measuredSentence(advice);
  const title = titledCandidates(advice).find(({ isChosen }) => isChosen)?.title ?? "";
  const isSure = advice.verdict === "helps";
  const insert: Action = {
    kind: "insert",
    label: isSure ? t`Insert into equipoise.yaml` : t`Insert ${inSentence(title)}`,
    primary: isSure,
    choice: advice.choice,
    evidence: advice.evidence,
  };
  const actions = run ? [{ ...run, primary: !isSure }, insert] : [insert];
  return {
    tone: "plain",
    say,
    why: advice.why,
    actions: isSure ? actions.toReversed() : actions,
    spoken: joined(say),
  };
}

/** "Balanced softmax, τ 1 helps: 71.8 % balanced accuracy, +14.9 points over cross-entropy (95 % interval +9.1 to +20.7)." */
export function measuredSentence(advice: MeasuredAdvice): readonly Phrase[] {
  const { verdict, gain, metric, baseline } = advice;
  const base = inSentence(losses[baseline.loss].title);
  const candidates = titledCandidates(advice);
  const chosen = candidates.find(({ isChosen }) => isChosen);
  const title = chosen?.title ?? "";
  const name = metricTitles[metric].name;
  if (verdict === "nothing-helps" || !gain)
    return [
      strong(t`Nothing tried helps.`),
      text(
        ` ${t`${title} has ${percentNumber(chosen?.score)} % ${name}; nothing is ahead beyond the noise.`}`,
      ),
    ];
  const points = formatPoints(gain.mean);
  const between = t`95 % interval ${intervalWords(gain)}`;
  if (verdict === "leads")
    return [
      strong(t`${title} leads within the noise.`),
      text(` ${t`${points} points of ${name} over ${base} (${between}).`}`),
    ];
  return [
    strong(t`${title} helps: ${percentNumber(chosen?.score)} % ${name}, ${points} points`),
    text(` ${t`over ${base} (${between}), measured on validation data.`}`),
  ];
}
