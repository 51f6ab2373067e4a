/** One line about what just happened: a problem, or an edit that was made. */
import { t } from "#protocol/l10n.ts";
import { el, setText } from "./dom.ts";
import type { Actions, View } from "./view.ts";

export function noticeView({ closeNotice }: Actions): View {
  const words = el("span", {});
  const close = el(
    "button",
    { type: "button", class: "remove", "aria-label": t`Close`, title: t`Close`, on: { click: closeNotice } },
    "×",
  );
  const element = el("div", { class: "notice", role: "status" }, words, close);
  return {
    element,
    show({ state: { notice } }) {
      element.hidden = !notice;
      element.className = notice?.kind === "problem" ? "notice warning" : "notice";
      setText(words, notice?.text ?? "");
    },
  };
}
