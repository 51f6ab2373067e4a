/** Mounts the panel and connects it: messages in, intents out, one drawing per frame. */
import "./texts.ts";
import "./base.css";
import "./panel.css";
import "./comparisons.css";
import { t } from "#protocol/l10n.ts";
import type { FromPanel, ToPanel } from "#protocol/panel.ts";
import { warmUp } from "./charts/warmUp.ts";
import { type Choices, chosen, initialChoices, restored, stored } from "./choices.ts";
import type { Room } from "./model/classes.ts";
import { panelModel } from "./model/panelModel.ts";
import { initialState, reduce, withoutNotice } from "./state.ts";
import { onThemeChange, readTheme } from "./theme.ts";
import { panelView } from "./views/panelView.ts";

interface Editor {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): Editor;

// The panel's padding is 16 pixels on both sides; the container queries of panel.css leave it out.
const narrow = 832;
const tiny = 432;

function mount(root: HTMLElement, editor: Editor): void {
  let state = initialState;
  let choices = initialChoices;
  let pointed: number | undefined;
  let theme = readTheme();
  let waiting = false;

  const view = panelView({
    send: (message) => editor.postMessage(message),
    choose(change) {
      choices = chosen(choices, change);
      keep();
      redraw();
    },
    point(choice) {
      if (choice === pointed) return;
      pointed = choice;
      redraw();
    },
    closeNotice() {
      state = withoutNotice(state);
      redraw();
    },
  });

  // Updates that come faster than the screen is drawn are drawn together.
  function redraw(): void {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      try {
        view.show(panelModel(state, choices, pointed, roomOf(root.clientWidth)), theme);
      } catch (problem) {
        report(t`The panel cannot draw this: ${String(problem)} Reopen Loss Lab.`);
      }
    });
  }
  // Said once: drawing the message may fail in the same way.
  function report(text: string): void {
    if (state.notice?.text === text) return;
    state = reduce(state, { kind: "problem", message: text });
    redraw();
  }
  function keep(): void {
    const manifest = state.snapshot?.dataset?.manifest;
    if (manifest !== undefined) editor.setState(stored(manifest, choices));
  }
  function receive(message: ToPanel): void {
    const before = state.snapshot;
    state = reduce(state, message);
    const now = state.snapshot;
    if (now?.dataset?.manifest !== before?.dataset?.manifest) {
      choices = restored(editor.getState(), now?.dataset?.manifest);
    } else if (before?.experiment && now?.experiment && now.experiment.id !== before.experiment.id) {
      choices = forNewExperiment(choices);
    }
    redraw();
  }

  root.append(view.element);
  window.addEventListener("message", ({ data }: MessageEvent<ToPanel>) => {
    try {
      receive(data);
    } catch (problem) {
      report(t`The panel cannot show a message: ${String(problem)} Reopen Loss Lab.`);
    }
  });
  onThemeChange(() => {
    theme = readTheme();
    redraw();
  });
  new ResizeObserver(redraw).observe(root);
  redraw();
  editor.postMessage({ kind: "ready" });
  // The answer takes longer than this.
  setTimeout(() => warmUp(root, theme));
}

function roomOf(width: number): Room {
  if (width <= tiny) return "tiny";
  return width <= narrow ? "narrow" : "wide";
}

/** The choices that outlive a comparison: what is drawn, not what was about its losses and steps. */
function forNewExperiment(choices: Choices): Choices {
  return chosen(choices, {
    step: undefined,
    hidden: [],
    swapped: undefined,
    edits: {},
    sorting: undefined,
    adjusting: undefined,
  });
}

const root = document.getElementById("app");
if (root) mount(root, acquireVsCodeApi());
