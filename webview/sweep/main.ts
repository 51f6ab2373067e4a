/** Mounts the page of a sweep and connects it: messages in, questions out. */
import "../texts.ts";
import "../base.css";
import "./sweep.css";
import type { FromSweepPage, ToSweepPage } from "#protocol/sweepRequests.ts";
import { sweepView } from "./sweepView.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromSweepPage): void };

const root = document.querySelector<HTMLElement>("#app");
if (root) {
  const editor = acquireVsCodeApi();
  const view = sweepView((message) => editor.postMessage(message));
  root.append(view.root);
  window.addEventListener("message", ({ data }: MessageEvent<ToSweepPage>) => view.take(data));
  editor.postMessage({ kind: "ready" });
}
