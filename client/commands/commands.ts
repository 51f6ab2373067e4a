/** The list of commands, and how they are registered. */

import * as vscode from "vscode";
import { describeError } from "#protocol/dialogue.ts";
import type { Services } from "../services.ts";
import { chooseManifest } from "./chooseManifest.ts";
import type { Command } from "./command.ts";
import { compareLosses } from "./compareLosses.ts";
import { copyAsKeras, copyAsPyTorch, copyAsTensorFlowJs } from "./copyAsCode.ts";
import { copySampler } from "./copySampler.ts";
import { insertLossHere, recordGradientRatios } from "./editScript.ts";
import { acceptFindings, explainFindings } from "./findings.ts";
import { insertLoss } from "./insertLoss.ts";
import { openLossLab } from "./openLossLab.ts";
import { planSweep } from "./planSweep.ts";
import { runSweepOnRay, setRayToken } from "./ray.ts";
import { deleteRuns, revealRuns } from "./runs.ts";
import { restartEngine, restartServer, showDebugInfo } from "./service.ts";
import { setUpTensorflow } from "./setUpTensorflow.ts";
import { setUpWebgpu } from "./setUpWebgpu.ts";
import { showDocumentation } from "./showDocumentation.ts";
import { showLog } from "./showLog.ts";
import { stopTraining } from "./stopTraining.ts";
import { switchBasis } from "./switchBasis.ts";
import { openViewer } from "./viewer.ts";

const all: readonly Command[] = [
  openLossLab,
  compareLosses,
  stopTraining,
  insertLoss,
  copyAsPyTorch,
  copyAsKeras,
  copyAsTensorFlowJs,
  copySampler,
  insertLossHere,
  recordGradientRatios,
  chooseManifest,
  switchBasis,
  showDocumentation,
  showLog,
  setUpTensorflow,
  setUpWebgpu,
  runSweepOnRay,
  setRayToken,
  openViewer,
  planSweep,
  explainFindings,
  acceptFindings,
  restartServer,
  restartEngine,
  showDebugInfo,
  revealRuns,
  deleteRuns,
];

/** Registers every command. What goes wrong in one is told with a way to the log. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...all.map(({ id, run }) =>
      vscode.commands.registerCommand(id, async (...parameters: unknown[]) => {
        try {
          return await run(services, ...parameters);
        } catch (problem) {
          services.log.error(`${id}: ${problem instanceof Error ? problem.stack : String(problem)}`);
          tellProblem(services, describeError(problem).message);
          return undefined;
        }
      }),
    ),
  );
}

/** Shows an error with a way to the log, without waiting for an answer. */
export function tellProblem({ log }: Pick<Services, "log">, message: string): void {
  vscode.window.showErrorMessage(message, vscode.l10n.t("Show Log")).then(
    (answer) => {
      if (answer) log.show();
    },
    () => {},
  );
}
