/** The settings of the client, read and validated. The server reads its own. */

import * as vscode from "vscode";
import { type BackendId, backendIds } from "#protocol/backends.ts";

/** `equipoise.backend`; anything unknown counts as auto. */
export function backendChoice(): BackendId | "auto" {
  const value = vscode.workspace.getConfiguration("equipoise").get<string>("backend", "auto");
  return backendIds.find((id) => id === value) ?? "auto";
}

/** `equipoise.threads`: 0 lets the engine choose. */
export function threadCount(): number {
  const value = vscode.workspace.getConfiguration("equipoise").get<number>("threads", 0);
  return Number.isInteger(value) && value > 0 ? Math.min(value, 64) : 0;
}

/** `equipoise.engine.node`: the Node that training runs on; empty for the editor's own runtime. */
export function enginesNode(): string {
  return vscode.workspace.getConfiguration("equipoise").get<string>("engine.node", "").trim();
}
