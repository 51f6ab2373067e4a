/** The tree of runs: experiments by dataset, losses with their accuracy, seeds. */

import * as vscode from "vscode";
import { formatCount, formatPercent } from "#engine/statistics/format.ts";
import { commands } from "#protocol/language.ts";
import { lossTitles } from "#protocol/titles.ts";
import type { ExperimentSnapshot, LossChoice, RunSnapshot, RunState } from "#protocol/training.ts";
import { nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import type { Training } from "../training.ts";
import { debounced } from "./datasets.ts";

type Node =
  | { readonly kind: "dataset"; readonly uri: vscode.Uri; readonly experiment: ExperimentSnapshot }
  | {
      readonly kind: "loss";
      readonly uri: vscode.Uri;
      readonly choice: LossChoice;
      readonly index: number;
      readonly experiment: ExperimentSnapshot;
    }
  | { readonly kind: "seed"; readonly run: RunSnapshot };

const stateIcons: Readonly<Record<RunState["kind"], string>> = {
  waiting: "clock",
  running: "sync~spin",
  finished: "pass",
  stopped: "debug-pause",
  failed: "error",
};

/** The shapes of the panel's charts, in the order of the losses. */
const shapes = ["circle-outline", "circle-filled", "triangle-up", "debug-breakpoint-log", "primitive-square"];

/** Registers the tree and keeps it true until disposed. */
export function showRuns({ language, training, log, runsChanged }: Services): vscode.Disposable {
  const changes = new vscode.EventEmitter<undefined>();
  const refresh = debounced(() => changes.fire(undefined));

  /** Asks the engine only where runs can be: starting its process costs more than reading a folder. */
  async function datasets(): Promise<Node[]> {
    if (!vscode.workspace.isTrusted || !(await anyRuns(training.current() !== undefined))) return [];
    try {
      const nodes: Node[] = [];
      for (const { uri } of await language.manifests()) {
        const file = vscode.Uri.parse(uri);
        const experiment = await training.latest(file);
        if (experiment) nodes.push({ kind: "dataset", uri: file, experiment });
      }
      return nodes;
    } catch (problem) {
      log.error(`runs: ${String(problem)}`);
      return [];
    }
  }

  const tree = vscode.window.createTreeView("equipoise.runs", {
    treeDataProvider: {
      onDidChangeTreeData: changes.event,
      getChildren: (node: Node | undefined) => (node ? childrenOf(node) : datasets()),
      getTreeItem: itemOf,
    },
  });
  return vscode.Disposable.from(
    tree,
    changes,
    refresh,
    training.onStart(() => {
      tellMenus(training);
      refresh.call();
    }),
    training.onUpdate(({ runs, state }) => {
      tellMenus(training);
      // Only what a row shows: a run that ended, or the whole.
      const ended = runs.filter(({ state: run }) => run.kind !== "running" && run.kind !== "waiting").length;
      if (ended > 0 || state.kind !== "running") refresh.call();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh.call),
    runsChanged.event(refresh.call),
  );
}

/** The menus show Stop Training while there is something to stop. */
function tellMenus(training: Training): void {
  void vscode.commands.executeCommand("setContext", "equipoise.training", training.isRunning());
}

async function anyRuns(ofThisSession: boolean): Promise<boolean> {
  if (ofThisSession) return true;
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = await Promise.all(
    folders.map(({ uri }) =>
      vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, ".equipoise", "runs")).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

function childrenOf(node: Node): Node[] {
  if (node.kind === "dataset") {
    const { uri, experiment } = node;
    return experiment.plan.losses.map((choice, index) => ({ kind: "loss", uri, choice, index, experiment }));
  }
  if (node.kind === "loss") {
    return node.experiment.runs
      .filter(({ choice }) => choice === node.index)
      .map((run) => ({ kind: "seed", run }));
  }
  return [];
}

function itemOf(node: Node): vscode.TreeItem {
  if (node.kind === "dataset") return datasetItem(node.uri, node.experiment);
  if (node.kind === "loss") return lossItem(node.index, node.experiment);
  const item = new vscode.TreeItem(vscode.l10n.t("seed {0}", node.run.seed));
  item.description = stateText(node.run.state);
  item.iconPath = new vscode.ThemeIcon(stateIcons[node.run.state.kind]);
  if (node.run.state.kind === "failed") item.tooltip = node.run.state.message;
  return item;
}

function datasetItem(uri: vscode.Uri, experiment: ExperimentSnapshot): vscode.TreeItem {
  const item = new vscode.TreeItem(nameOf(uri), vscode.TreeItemCollapsibleState.Expanded);
  const all = experiment.runs.length;
  const done = experiment.runs.filter(({ state }) => state.kind === "finished").length;
  const words = {
    finished: vscode.l10n.t("{0} runs", all),
    stopped: vscode.l10n.t("stopped, {0} of {1}", done, all),
    failed: vscode.l10n.t("failed, {0} of {1}", done, all),
  };
  const { kind } = experiment.state;
  item.description =
    kind === "running" || kind === "preparing" || kind === "elsewhere"
      ? vscode.l10n.t("{0} of {1} runs", done, all)
      : words[kind];
  item.contextValue = "experiment";
  item.command = {
    title: vscode.l10n.t("Open Loss Lab"),
    command: commands.openLab,
    arguments: [uri.toString()],
  };
  return item;
}

function lossItem(index: number, experiment: ExperimentSnapshot): vscode.TreeItem {
  const title = lossTitles(experiment.plan.losses)[index] ?? "";
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  const result = experiment.comparison?.results.find((one) => one.choice === index);
  item.description = result ? formatPercent(result.balancedAccuracy) : "";
  item.tooltip = result
    ? experiment.plan.isMultiLabel
      ? vscode.l10n.t("{0} mean average precision", formatPercent(result.balancedAccuracy))
      : vscode.l10n.t("{0} balanced accuracy", formatPercent(result.balancedAccuracy))
    : title;
  item.iconPath = new vscode.ThemeIcon(shapes[index % shapes.length] ?? "circle-outline");
  item.contextValue = "loss";
  return item;
}

function stateText(state: RunState): string {
  if (state.kind === "finished") return formatPercent(state.result.balancedAccuracy, 2);
  if (state.kind === "running") return vscode.l10n.t("epoch {0}", state.epoch);
  if (state.kind === "waiting") return vscode.l10n.t("waiting");
  return state.kind === "failed"
    ? vscode.l10n.t("failed at step {0}", formatCount(state.step))
    : vscode.l10n.t("stopped at step {0}", formatCount(state.step));
}
