/** The tree of datasets: manifests, their views, head, middle and tail, classes. */

import { dirname } from "node:path/posix";
import * as vscode from "vscode";
import { formatAmount, formatCount, formatPercent } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import type { Analysis, ClassFrequency, View } from "#protocol/analysis.ts";
import { baseName, nameOf } from "../places.ts";
import type { Services } from "../services.ts";
import { imbalance, mainView, summary } from "../words.ts";

/** At most so many classes of a group are rows; a tree of thousands is of no use. */
const rowLimit = 500;

type Node =
  | { readonly kind: "manifest"; readonly uri: vscode.Uri; readonly factor: number | null }
  | { readonly kind: "view"; readonly view: View }
  | {
      readonly kind: "group";
      readonly name: string;
      readonly view: View;
      readonly classes: readonly number[];
    }
  | { readonly kind: "class"; readonly view: View; readonly frequency: ClassFrequency }
  | { readonly kind: "more"; readonly count: number };

/** Registers the tree and keeps it true until disposed. */
export function showDatasets({ language, analyses, log }: Services): vscode.Disposable {
  const changes = new vscode.EventEmitter<undefined>();
  const refresh = debounced(() => changes.fire(undefined));

  async function manifests(): Promise<Node[]> {
    try {
      const found = await language.manifests();
      return found.map(({ uri, imbalanceFactor }) => {
        const file = vscode.Uri.parse(uri);
        const known = analyses.get(file);
        const factor = known ? (mainView(known)?.imbalanceFactor ?? null) : imbalanceFactor;
        return { kind: "manifest", uri: file, factor };
      });
    } catch (problem) {
      log.error(`datasets: ${String(problem)}`);
      return [];
    }
  }

  async function children(node: Node | undefined): Promise<Node[]> {
    if (!node) return manifests();
    if (node.kind === "manifest")
      return viewsOf(analyses.get(node.uri) ?? (await language.analyse(node.uri)));
    if (node.kind === "view") return groupsOf(node.view);
    if (node.kind === "group") return classesOf(node.view, node.classes);
    return [];
  }

  const tree = vscode.window.createTreeView("equipoise.datasets", {
    treeDataProvider: { onDidChangeTreeData: changes.event, getChildren: children, getTreeItem: itemOf },
  });
  return vscode.Disposable.from(tree, changes, refresh, analyses.onChange(refresh.call));
}

function viewsOf(analysis: Analysis | undefined): Node[] {
  const views = analysis?.views ?? [];
  const [only] = views;
  if (views.length === 1 && only) return groupsOf(only);
  return views.map((view) => ({ kind: "view", view }));
}

function groupsOf(view: View): Node[] {
  const { head, middle, tail } = thirds(view.classes.map(({ count }) => count));
  const groups: readonly (readonly [string, readonly number[]])[] = [
    [vscode.l10n.t("head"), head],
    [vscode.l10n.t("middle"), middle],
    [vscode.l10n.t("tail"), tail],
  ];
  return groups
    .filter(([, classes]) => classes.length > 0)
    .map(([name, classes]) => ({ kind: "group", name, view, classes }));
}

function classesOf(view: View, classes: readonly number[]): Node[] {
  const shown = classes.slice(0, rowLimit).flatMap((index): Node[] => {
    const frequency = view.classes[index];
    return frequency ? [{ kind: "class", view, frequency }] : [];
  });
  const hidden = classes.length - shown.length;
  return hidden > 0 ? [...shown, { kind: "more", count: hidden }] : shown;
}

function itemOf(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case "manifest":
      return manifestItem(node.uri, node.factor);
    case "view": {
      const item = new vscode.TreeItem(node.view.name, vscode.TreeItemCollapsibleState.Collapsed);
      item.description = imbalance(node.view.imbalanceFactor);
      item.tooltip = summary(node.view);
      return item;
    }
    case "group": {
      const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Collapsed);
      const labels = node.classes.reduce((sum, index) => sum + (node.view.classes[index]?.count ?? 0), 0);
      const share = formatPercent(labels / Math.max(1, node.view.labels));
      item.description = vscode.l10n.t("{0}, {1}", formatAmount(node.classes.length, "classes"), share);
      return item;
    }
    case "class": {
      const { frequency, view } = node;
      const item = new vscode.TreeItem(frequency.name || vscode.l10n.t("class {0}", frequency.index));
      item.description = `${bar(frequency.count, view)} ${formatCount(frequency.count)}`;
      item.accessibilityInformation = {
        label: `${frequency.name}, ${formatAmount(frequency.count, view.basis)}`,
      };
      item.tooltip = vscode.l10n.t(
        "{0}, class {1}: {2}",
        frequency.name,
        frequency.index,
        formatAmount(frequency.count, view.basis),
      );
      return item;
    }
    case "more":
      return new vscode.TreeItem(vscode.l10n.t("{0} more", formatAmount(node.count, "classes")));
  }
}

/** Eight places, from empty to full on a log scale from 1 to the largest class: rare classes stay visible. */
function bar(count: number, view: View): string {
  const most = view.classes.reduce((largest, one) => Math.max(largest, one.count), 1);
  const share = count > 0 ? Math.log1p(count) / Math.log1p(most) : 0;
  const filled = count > 0 ? Math.max(1, Math.round(8 * share)) : 0;
  return "▬".repeat(filled) + "\u2007".repeat(8 - filled);
}

function manifestItem(uri: vscode.Uri, factor: number | null): vscode.TreeItem {
  const item = new vscode.TreeItem(baseName(uri), vscode.TreeItemCollapsibleState.Collapsed);
  const folder = dirname(nameOf(uri));
  item.id = uri.toString();
  item.resourceUri = uri;
  item.iconPath = new vscode.ThemeIcon("graph");
  item.description = folder === "." ? imbalance(factor) : `${imbalance(factor)}, ${folder}`;
  item.tooltip = `${nameOf(uri)}: ${imbalance(factor)}`;
  item.contextValue = "manifest";
  item.command = { title: vscode.l10n.t("Open Manifest"), command: "vscode.open", arguments: [uri] };
  return item;
}

/** Calls at most five times a second, however often it is asked to. */
export function debounced(action: () => void): vscode.Disposable & { readonly call: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    call() {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, 200);
    },
    dispose: () => clearTimeout(timer),
  };
}
