/** The page of a sweep: how far it is, what is best, what failed, and the text for a scheduler. */
import { fixed, formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { isAhead } from "#protocol/sweep.ts";
import type { FromSweepPage, SweepLook, ToSweepPage } from "#protocol/sweepRequests.ts";
import { metricTitles } from "#protocol/titles.ts";
import { button, el, fill, named } from "../views/dom.ts";
import { rayParts } from "./rayView.ts";
import { groupTable, standingTable } from "./tables.ts";

export interface SweepView {
  readonly root: HTMLElement;
  take(message: ToSweepPage): void;
}

type Send = (message: FromSweepPage) => void;

export function sweepView(send: Send): SweepView {
  const header = el("header", {});
  const notice = el("p", { class: "notice", role: "alert", hidden: true });
  const results = el("section", { "aria-label": t`Results` });
  const rayHead = el("div", {});
  const rayText = el("pre", { tabindex: 0, "aria-label": t`Logs of the jobs on Ray`, hidden: true });
  const ray = el("section", { "aria-label": t`Ray`, hidden: true }, rayHead, rayText);
  const failures = el("section", { "aria-label": t`Failures` });
  const job = el("section", { "aria-label": t`Text for a scheduler` });
  const logs = new Map<number, string>();
  let shown: Extract<ToSweepPage, { kind: "look" }> | undefined;
  let isWhole = false;

  function draw(): void {
    if (!shown) return;
    const { name, look, trusted, followed } = shown;
    fill(header, ...head(name, look, trusted, followed !== undefined, send));
    ray.hidden = look.ray === undefined;
    if (look.ray) fill(rayHead, ...rayParts(look.ray, followed, isOpen(look), trusted, send));
    fill(
      results,
      ...resultParts(look, isWhole, trusted, send, () => {
        isWhole = true;
        draw();
      }),
    );
    fill(failures, ...failureParts(look, logs, send));
    notice.hidden = look.problem === undefined;
    if (look.problem !== undefined) notice.textContent = look.problem;
  }

  return {
    root: el("div", { class: "sweep" }, header, notice, ray, results, failures, job),
    take(message) {
      if (message.kind === "look") {
        shown = message;
        draw();
      } else if (message.kind === "log") {
        logs.set(message.index, message.text);
        draw();
      } else if (message.kind === "ray") {
        rayText.hidden = false;
        rayText.textContent = message.text;
        rayText.scrollTop = rayText.scrollHeight;
      } else if (message.kind === "job") showJob(job, message.text, send);
      else {
        notice.hidden = false;
        notice.textContent = message.message;
      }
    },
  };
}

/** Whether trials are left. */
function isOpen({ status }: SweepLook): boolean {
  return status.finished + status.failed.length < status.trials;
}

function head(name: string, look: SweepLook, trusted: boolean, isOnRay: boolean, send: Send): HTMLElement[] {
  const { id, seeds, titles, backend, decidedOn, status, pool, verdict } = look;
  const { trials, finished, failed, running, secondsLeft } = status;
  const ended = finished + failed.length;
  const left = pool?.secondsLeft ?? secondsLeft;
  const parts = [
    t`${formatCount(finished)} of ${formatCount(trials)} trials finished`,
    ...(failed.length > 0 ? [t`${formatCount(failed.length)} failed`] : []),
    ...(running.length > 0 ? [t`${formatCount(running.length)} running`] : []),
    ...(isOpen(look) && left !== undefined ? [t`about ${clock(left)} left`] : []),
  ];
  return [
    el("h1", {}, named(name)),
    el(
      "p",
      { class: "muted" },
      t`${id}: ${formatCount(titles.length)} configurations, ${formatAmount(seeds, "seeds")} each, on ${backend}. Decided on ${decidedOn}.`,
    ),
    el("p", { class: "state", role: "status" }, parts.join(", ")),
    el("progress", { max: Math.max(1, trials), value: ended, "aria-label": t`Trials that have ended` }),
    ...(verdict === undefined ? [] : [el("p", { class: "verdict" }, verdict)]),
    el("div", { class: "actions" }, ...actions(look, trusted, isOnRay, send)),
  ];
}

function actions(look: SweepLook, trusted: boolean, isOnRay: boolean, send: Send): HTMLElement[] {
  const isLeft = isOpen(look);
  const verdict = look.ranking.leader?.verdict;
  const run = look.pool
    ? [button(t`Stop`, "second", () => send({ kind: "stop" }))]
    : isLeft
      ? [button(t`Run here`, "primary", () => send({ kind: "run" }), { disabled: !trusted })]
      : [];
  const style = isAhead(verdict) && !isLeft ? "primary" : "second";
  const text = isAhead(verdict) ? t`Insert winner` : t`Insert baseline`;
  const insert =
    verdict === undefined || verdict === "too-few-seeds"
      ? []
      : [button(text, style, () => send({ kind: "insert" }), { disabled: !trusted })];
  return [
    ...run,
    ...insert,
    ...(isLeft && !look.pool && !isOnRay
      ? [button(t`Run on Ray`, "second", () => send({ kind: "ray" }), { disabled: !trusted })]
      : []),
    button(t`Kubernetes job`, "second", () => send({ kind: "job", scheduler: "kubernetes" })),
    button(t`Slurm script`, "second", () => send({ kind: "job", scheduler: "slurm" })),
    button(t`Open as text`, "second", () => send({ kind: "text" })),
  ];
}

function resultParts(
  look: SweepLook,
  isWhole: boolean,
  trusted: boolean,
  send: Send,
  showAll: () => void,
): HTMLElement[] {
  const { standings, metric } = look.ranking;
  if (standings.length === 0) return [el("p", { class: "muted" }, t`No results yet.`)];
  const rest = standings.length - usualRows;
  const insert = (configuration: number): void => send({ kind: "insert", configuration });
  return [
    el("h2", {}, t`${metricTitles[metric].title} by configuration, %, with 95 % intervals`),
    standingTable(look, isWhole ? standings.length : usualRows, trusted ? insert : undefined),
    ...(rest > 0 && !isWhole ? [button(t`Show ${formatCount(rest)} more`, "link", showAll)] : []),
    el("h2", {}, t`Best recall by group of classes, %`),
    groupTable(look),
  ];
}

/** More are shown when asked for: ten thousand rows would be read by nobody. */
const usualRows = 25;
const mostFailures = 50;

function failureParts({ status }: SweepLook, logs: ReadonlyMap<number, string>, send: Send): HTMLElement[] {
  const { failed, running } = status;
  const items = failed.slice(0, mostFailures).map(({ index, message }) => {
    const log = logs.get(index);
    return el(
      "li",
      {},
      el("p", {}, t`Trial ${index}: ${message}`),
      log === undefined
        ? button(t`Show log`, "link", () => send({ kind: "log", index }), { "data-focus": `log ${index}` })
        : el("pre", { tabindex: 0 }, log),
    );
  });
  const under = running.map(({ index, by, steps }) =>
    el("li", {}, steps === "" ? t`Trial ${index}: begun by ${by}` : t`Trial ${index}: ${steps} steps, ${by}`),
  );
  return [
    ...(under.length > 0 ? [el("h2", {}, t`Running`), el("ul", {}, ...under.slice(0, mostFailures))] : []),
    ...(items.length > 0 ? [el("h2", {}, t`Failed`), el("ul", {}, ...items)] : []),
    ...(failed.length > mostFailures
      ? [el("p", { class: "muted" }, t`and ${formatCount(failed.length - mostFailures)} more`)]
      : []),
  ];
}

function showJob(place: HTMLElement, text: string, send: Send): void {
  fill(
    place,
    el("h2", {}, t`Read it, change what is yours, and apply it`),
    button(t`Copy`, "second", () => send({ kind: "copy", text })),
    el("pre", { tabindex: 0 }, text),
  );
  place.scrollIntoView({ block: "nearest" });
}

function clock(seconds: number): string {
  if (seconds >= 5400) return t`${fixed(seconds / 3600, 1)} h`;
  return seconds >= 90 ? t`${fixed(seconds / 60, 0)} min` : t`${fixed(seconds, 0)} s`;
}
