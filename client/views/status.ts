/** The status item: imbalance of the manifest in front, progress of training and of reading. */

import * as vscode from "vscode";
import { formatCount, formatFactor } from "#engine/statistics/format.ts";
import { commands, type ReadingProgress } from "#protocol/language.ts";
import type { RunState } from "#protocol/training.ts";
import { baseName, fileInFront } from "../places.ts";
import type { Services } from "../services.ts";
import { backendChoice } from "../settings.ts";
import type { Watched } from "../training.ts";
import { imbalance, mainView, summary } from "../words.ts";
import { debounced } from "./datasets.ts";

/** Shows the status item and keeps it true until disposed. */
export function showStatus({ language, analyses, training, lab }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("equipoise.status", vscode.StatusBarAlignment.Left, 50);
  item.name = "Equipoise";
  let reading: ReadingProgress | undefined;
  let memory: number | undefined;

  /** The server's memory, for the tooltip; asked for when there is something new to show, not on a clock. */
  const measure = debounced(() => {
    language.status().then(
      (status) => {
        memory = status?.memory;
        update();
      },
      () => {},
    );
  });

  function update(): void {
    const text = trainingText(training.current()) ?? readingText(reading) ?? manifestText();
    if (!text) {
      item.hide();
      return;
    }
    item.text = text.label;
    item.tooltip = tooltip(text.tooltip);
    item.command = {
      title: vscode.l10n.t("Open Loss Lab"),
      command: commands.openLab,
      arguments: text.arguments,
    };
    item.show();
  }

  function tooltip(text: string): vscode.MarkdownString {
    const backend = training.current()?.backend;
    const lines = [
      text,
      vscode.l10n.t("Backend: {0}", backend ?? vscode.l10n.t("{0}, not started", backendChoice())),
      ...(memory === undefined
        ? []
        : [vscode.l10n.t("Memory of the language server: {0} MB", (memory / 2 ** 20).toFixed(0))]),
    ];
    const shown = new vscode.MarkdownString();
    for (const line of lines) shown.appendText(line).appendMarkdown("  \n");
    return shown;
  }

  function manifestText(): StatusText | undefined {
    const file = fileInFront() ?? lab.manifest();
    const analysis = file && analyses.get(file);
    if (!file || !analysis) return undefined;
    const name = baseName(file);
    const view = mainView(analysis);
    const broken = analysis.findings.find(({ code }) => code.startsWith("manifest/"));
    if (!view || (broken && view.labels === 0)) {
      const tooltip = `${name}: ${broken?.message ?? vscode.l10n.t("no labels could be read")}`;
      return {
        label: `$(warning) ${vscode.l10n.t("Imbalance: read error")}`,
        tooltip,
        arguments: [file.toString()],
      };
    }
    const label = imbalance(view.imbalanceFactor);
    return {
      label: `$(graph) ${label.charAt(0).toUpperCase()}${label.slice(1)}`,
      tooltip: vscode.l10n.t("{0}: {1}. Open Loss Lab.", name, summary(view)),
      arguments: [file.toString()],
    };
  }

  const listening = [
    language.onReading((progress) => {
      reading = progress.read < progress.total ? progress : undefined;
      update();
    }),
    analyses.onChange((file) => {
      if (reading?.uri === file.toString()) reading = undefined;
      measure.call();
      update();
    }),
    training.onStart(update),
    training.onUpdate(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.tabGroups.onDidChangeTabs(update),
    measure,
    item,
  ];
  update();
  return vscode.Disposable.from(...listening);
}

interface StatusText {
  readonly label: string;
  readonly tooltip: string;
  readonly arguments: string[];
}

function trainingText(watched: Watched | undefined): StatusText | undefined {
  if (!watched) return undefined;
  const { state, runs, plan } = watched;
  if (state.kind !== "running" && state.kind !== "preparing") return undefined;
  const done = [...runs.values()].filter(isOver).length;
  const left = state.kind === "running" ? secondsText(state.secondsLeft) : "";
  return {
    label: `$(sync~spin) ${vscode.l10n.t("Losses {0}/{1}", done, runs.size)}`,
    tooltip: vscode.l10n.t("{0} of {1} runs done{2}. Open Loss Lab.", done, runs.size, left),
    arguments: [vscode.Uri.file(plan.manifest).toString()],
  };
}

function isOver(state: RunState): boolean {
  return state.kind !== "waiting" && state.kind !== "running";
}

function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  return seconds < 90
    ? vscode.l10n.t(", about {0} s left", Math.ceil(seconds))
    : vscode.l10n.t(", about {0} minutes left", Math.round(seconds / 60));
}

function readingText(progress: ReadingProgress | undefined): StatusText | undefined {
  if (!progress) return undefined;
  const share = Math.floor((100 * progress.read) / Math.max(1, progress.total));
  return {
    label: `$(sync~spin) ${vscode.l10n.t("Reading {0} %", share)}`,
    tooltip: readingDetail(baseName(vscode.Uri.parse(progress.uri)), progress.soFar),
    arguments: [progress.uri],
  };
}

function readingDetail(name: string, soFar: ReadingProgress["soFar"]): string {
  if (!soFar) return vscode.l10n.t("{0}: reading.", name);
  return vscode.l10n.t(
    "{0}: reading. So far {1} labels of {2} classes, imbalance factor {3}.",
    name,
    formatCount(soFar.labels),
    formatCount(soFar.classes),
    formatFactor(soFar.imbalance),
  );
}
