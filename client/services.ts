/** What commands, views and the panel share. */
import type * as vscode from "vscode";
import type { Engine } from "./engineProcess.ts";
import type { GeneratedTexts } from "./generatedText.ts";
import type { KnownAnalyses } from "./knownAnalyses.ts";
import type { LanguageService } from "./languageClient.ts";
import type { Measuring } from "./measuring.ts";
import type { LossLab } from "./panel.ts";
import type { RaySweeps } from "./raySweeps.ts";
import type { Training } from "./training.ts";

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly language: LanguageService;
  readonly analyses: KnownAnalyses;
  readonly training: Training;
  readonly measuring: Measuring;
  readonly lab: LossLab;
  readonly engine: Engine;
  readonly texts: GeneratedTexts;
  readonly raySweeps: RaySweeps;
  /** Runs on disk came or went by our own hand. */
  readonly runsChanged: vscode.EventEmitter<void>;
}
