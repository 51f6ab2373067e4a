/** Mounts the viewer of a manifest and connects it: messages in, questions out. */
import "../texts.ts";
import "./viewer.css";
import { t } from "#protocol/l10n.ts";
import type { FromViewer, ToViewer, ViewedFile } from "#protocol/viewer.ts";
import { el, named } from "../views/dom.ts";
import { factsLine, factsSections } from "./factsView.ts";
import { rowsView } from "./rowsView.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromViewer): void };

function mount(root: HTMLElement, send: (message: FromViewer) => void): void {
  const title = el("h1", {});
  const line = el("p", { role: "status" });
  const progress = el("progress", { max: 1, value: 0, "aria-label": "Reading", hidden: true });
  const button = (text: string, command: Extract<FromViewer, { kind: "command" }>["command"]): HTMLElement =>
    el("button", { type: "button", on: { click: () => send({ kind: "command", command }) } }, text);
  const actions = el(
    "div",
    { class: "actions" },
    button(t`Open Loss Lab`, "lab"),
    button(t`Show findings`, "problems"),
    button(t`Open as text`, "text"),
  );
  // Scrolls by itself, so it can be reached by keyboard.
  const facts = el("div", {
    class: "facts",
    tabindex: 0,
    role: "region",
    "aria-label": t`Counts and findings`,
  });
  const rows = rowsView((from, count) => send({ kind: "rows", from, count }));
  root.append(el("header", {}, title, line, actions, progress), facts, rows.root);

  function show(file: ViewedFile): void {
    title.replaceChildren(named(file.name));
    line.textContent = factsLine(file);
    if (file.analysis !== undefined) progress.hidden = true;
    facts.replaceChildren(...factsSections(file.analysis));
  }

  window.addEventListener("message", ({ data }: MessageEvent<ToViewer>) => {
    if (data.kind === "file") show(data.file);
    else if (data.kind === "rows") rows.take(data.from, data.result);
    else if (data.kind === "changed") rows.reset();
    else {
      progress.hidden = data.bytesRead >= data.bytesTotal;
      progress.value = data.bytesTotal > 0 ? data.bytesRead / data.bytesTotal : 0;
    }
  });
  send({ kind: "ready" });
  rows.reset();
}

const root = document.querySelector<HTMLElement>("#app");
if (root) {
  const editor = acquireVsCodeApi();
  mount(root, (message) => editor.postMessage(message));
}
