/** Sweeps on Ray from this window: sent and followed, their logs, their end. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import type { FollowedRay } from "#protocol/sweepRequests.ts";
import { engineRuntime } from "./engineRuntime.ts";
import { callRay, noteIn, progressIn, type RayEnd, type RayProgress } from "./rayProcess.ts";

/** Key in the editor's secret storage, which keeps it out of settings, files and their backups. */
export const tokenKey = "equipoise.rayToken";
/** Lines of logs that a page shows. */
const mostLines = 2000;

export interface RaySweeps {
  /**
   * Sends what is left of a sweep, finds jobs that are there, and shows how far it is until it has ended or this end is closed;
   * its jobs go on then.
   */
  follow(file: vscode.Uri, address: string): Promise<void>;
  /** What this window sees of the jobs; undefined where it follows no jobs of the file. */
  followed(file: vscode.Uri): FollowedRay | undefined;
  /** What the jobs of a sweep print, the end of it. */
  logs(file: vscode.Uri, address: string): Promise<string>;
  /** Ends the jobs of a sweep; returns what became of it. */
  stop(file: vscode.Uri, address: string): Promise<string>;
}

/** @param changed is called when runs have come. */
export function createRaySweeps(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  changed: () => void,
): RaySweeps {
  const followed = new Map<string, FollowedRay>();

  async function call(
    args: readonly string[],
    hear: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<RayEnd> {
    const script = context.asAbsolutePath("dist/cli.cjs");
    const token = await context.secrets.get(tokenKey);
    return callRay({ program: await engineRuntime(), script, args, token }, hear, signal);
  }

  /** Everything that a short command prints; throws what it complains about where it does not end well. */
  async function printed(args: readonly string[]): Promise<string> {
    const lines: string[] = [];
    const { code, message } = await call(args, (line) => {
      if (lines.push(line) > 2 * mostLines) lines.splice(0, mostLines);
    });
    if (code !== 0) throw new EquipoiseError("cluster/refused", message);
    return [...lines.slice(-mostLines), ...(lines.length === 0 ? [message] : [])].join("\n");
  }

  /** Returns whether this end was closed before the sweep's. */
  async function follow(file: vscode.Uri, address: string, title: string): Promise<boolean> {
    const closing = new AbortController();
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const end = await vscode.window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => closing.abort());
      let shown = 0;
      const show = (now: RayProgress): void => {
        const { ended, trials, running, waiting } = now;
        followed.set(file.fsPath, { running, waiting });
        const message = vscode.l10n.t("{0} of {1} trials, {2} jobs running", ended, trials, running);
        progress.report({ message, increment: (100 * (ended - shown)) / trials });
        if (ended > shown) changed();
        shown = ended;
      };
      const hear = (line: string): void => {
        const [note, now] = [noteIn(line), progressIn(line)];
        if (note !== undefined) log.info(`${title}: ${note}`);
        if (now) show(now);
      };
      return call([file.fsPath, "--address", address, "--json"], hear, closing.signal);
    });
    changed();
    if (closing.signal.aborted) return true;
    if (end.code === 0)
      void vscode.window.showInformationMessage(vscode.l10n.t("{0}: every trial has ended.", title));
    else if (end.code === sweepExitCodes.tryAgain)
      void vscode.window.showWarningMessage(vscode.l10n.t("{0}: {1}", title, end.message));
    else throw new EquipoiseError("cluster/refused", `${title}: ${end.message}`);
    return false;
  }

  async function offerStop(file: vscode.Uri, address: string, title: string): Promise<void> {
    const end = vscode.l10n.t("Stop the Jobs");
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t("{0}: the jobs go on in the cluster. The same command finds them again.", title),
      end,
    );
    if (answer === end) await stop(file, address);
  }

  const stop = (file: vscode.Uri, address: string): Promise<string> =>
    printed(["stop", file.fsPath, "--address", address]);

  return {
    async follow(file, address) {
      if (followed.has(file.fsPath)) return;
      followed.set(file.fsPath, { running: 0, waiting: 0 });
      const title = vscode.l10n.t("{0} on Ray", basename(file.fsPath));
      const isClosed = await follow(file, address, title).finally(() => followed.delete(file.fsPath));
      if (isClosed) await offerStop(file, address, title);
    },
    followed: (file) => followed.get(file.fsPath),
    logs: (file, address) => printed(["logs", file.fsPath, "--address", address]),
    stop,
  };
}
