/** Measured advice: losses tried on a manifest's training data, one manifest at a time; answers are kept in `.equipoise`. */
import * as vscode from "vscode";
import { EquipoiseError } from "#protocol/errors.ts";
import type { Measurement } from "#protocol/panel.ts";
import type { Training } from "./training.ts";

export interface Measuring extends vscode.Disposable {
  of(manifest: vscode.Uri): Measurement | undefined;
  /** As `of`, with what was measured before this session; asked once for each manifest. */
  recall(manifest: vscode.Uri): Promise<void>;
  /** Answers when there is advice or the user has stopped it; throws what the engine throws. */
  start(manifest: vscode.Uri, seconds: number): Promise<void>;
  stop(): Promise<void>;
  /** What was measured is no longer true of the manifest. */
  forget(manifest: vscode.Uri): void;
  /** Fires with the manifest whose measurement is another now. */
  readonly onChange: vscode.Event<vscode.Uri>;
}

export function createMeasuring(training: Training): Measuring {
  const changes = new vscode.EventEmitter<vscode.Uri>();
  const known = new Map<string, Measurement>();
  const recalled = new Set<string>();
  let present: vscode.Uri | undefined;

  function set(manifest: vscode.Uri, measurement: Measurement | undefined): void {
    if (measurement) known.set(manifest.toString(), measurement);
    else known.delete(manifest.toString());
    changes.fire(manifest);
  }

  const hearing = training.onMeasuring((progress) => {
    const running = present && known.get(present.toString());
    if (present && running?.kind === "running") set(present, { ...running, progress });
  });

  return {
    of: (manifest) => known.get(manifest.toString()),
    async recall(manifest) {
      const key = manifest.toString();
      if (recalled.has(key)) return;
      recalled.add(key);
      const advice = await training.measured(manifest);
      if (advice && !known.has(key)) known.set(key, { kind: "done", advice });
    },
    async start(manifest, seconds) {
      if (present) throw new EquipoiseError("run/busy", vscode.l10n.t("Losses are being tried already."));
      const before = known.get(manifest.toString());
      present = manifest;
      set(manifest, { kind: "running", seconds, progress: { message: "", share: 0 } });
      try {
        const advice = await training.measure(manifest, seconds);
        set(manifest, { kind: "done", advice });
      } catch (problem) {
        set(manifest, before);
        if (!(problem instanceof EquipoiseError && problem.code === "run/stopped")) throw problem;
      } finally {
        present = undefined;
      }
    },
    async stop() {
      if (present) await training.stopMeasuring();
    },
    forget(manifest) {
      if (known.get(manifest.toString())?.kind === "done") set(manifest, undefined);
    },
    onChange: changes.event,
    dispose() {
      hearing.dispose();
      changes.dispose();
    },
  };
}
