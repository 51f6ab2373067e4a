/** The part of a sweep's page about its jobs on Ray. */
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { FollowedRay, FromSweepPage, SweepRay } from "#protocol/sweepRequests.ts";
import { button, el } from "../views/dom.ts";

/** How jobs stand and what can be done with them; `isOpen`: trials are left. */
export function rayParts(
  { address, open, ended, trouble }: SweepRay,
  followed: FollowedRay | undefined,
  isOpen: boolean,
  trusted: boolean,
  send: (message: FromSweepPage) => void,
): HTMLElement[] {
  const isLeft = open > 0 || isOpen;
  const act = (kind: "ray" | "ray-logs" | "ray-stop", text: string): HTMLElement =>
    button(text, "second", () => send({ kind, address }), { disabled: !trusted, "data-focus": kind });
  return [
    el("h2", {}, t`On Ray`),
    el("p", {}, stand(address, open, ended, followed)),
    ...(trouble === undefined ? [] : [el("p", { class: "muted" }, t`The cluster said last: ${trouble}`)]),
    el(
      "div",
      { class: "actions" },
      ...(isLeft && !followed ? [act("ray", open > 0 ? t`Collect results` : t`Go on with Ray`)] : []),
      act("ray-logs", t`Show logs`),
      ...(open > 0 || followed ? [act("ray-stop", t`Stop jobs`)] : []),
    ),
  ];
}

function stand(address: string, open: number, ended: number, followed: FollowedRay | undefined): string {
  if (followed)
    return t`${address}: ${formatCount(followed.running)} jobs running, ${formatCount(followed.waiting)} waiting, ${formatCount(ended)} ended. This window collects their results.`;
  return open > 0
    ? t`${address}: ${formatCount(open)} jobs were sent and not seen to end, ${formatCount(ended)} ended. No window here collects their results.`
    : t`${address}: ${formatCount(ended)} jobs, all of them ended.`;
}
