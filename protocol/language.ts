/** Requests beyond the Language Server Protocol, and the commands that its answers carry. */
import type { Analysis, Basis, CountsSoFar, Finding } from "./analysis.ts";
import type { SamplerCodeId } from "./losses.ts";
import type { LossChoice } from "./training.ts";

export const analyseRequest = "equipoise/analyse";
export interface AnalyseParams {
  readonly uri: string;
  readonly basis?: Basis;
  /** Whether a person named this file as a manifest; then weaker evidence is enough, and what is wrong with it is told. */
  readonly asked?: boolean;
}
/** Null where the file is no manifest. */
export type AnalyseResult = Analysis | null;

/** Files of the workspace that are manifests. */
export const manifestsRequest = "equipoise/manifests";
export type ManifestsResult = readonly { readonly uri: string; readonly imbalanceFactor: number | null }[];

/** The edit that writes a loss into a configuration, as an LSP WorkspaceEdit; null where nothing would change. */
export const insertLossRequest = "equipoise/insertLoss";
export interface InsertLossParams {
  readonly manifest: string;
  readonly choice: LossChoice;
  /** What was measured for it, one line; stands in the comment beside it. */
  readonly evidence?: string;
}

/** The frameworks that losses are written for as source code. */
export const codeTargetIds = ["pytorch", "keras", "tensorflowjs"] as const;
export type CodeTargetId = (typeof codeTargetIds)[number];
export const codeTargetTitles: Readonly<Record<CodeTargetId, string>> = {
  pytorch: "PyTorch",
  keras: "Keras",
  tensorflowjs: "TensorFlow.js",
};

/** The loss as source code for a framework, with this dataset's counts. */
export const lossCodeRequest = "equipoise/lossCode";
export interface LossCodeParams {
  readonly manifest: string;
  readonly choice: LossChoice;
  readonly target: CodeTargetId;
}

/** The sampler as source code for a framework, with this dataset's counts. */
export const samplerCodeRequest = "equipoise/samplerCode";
export interface SamplerCodeParams {
  readonly manifest: string;
  readonly sampler: SamplerCodeId;
  readonly target: CodeTargetId;
}

/** The edit of a training script that records gradient ratios, or puts a loss in the place of its criterion. */
export const scriptEditRequest = "equipoise/scriptEdit";
export interface ScriptEditParams {
  readonly manifest: string;
  /** URI of the script. */
  readonly script: string;
  /** The script as it is in the editor. */
  readonly text: string;
  readonly act: { readonly kind: "record" } | { readonly kind: "insert"; readonly choice: LossChoice };
}
export interface ScriptEdit {
  /** Replacements between UTF-16 offsets; none where the script has it already. */
  readonly edits: readonly { readonly start: number; readonly end: number; readonly newText: string }[];
  /** What the script imports, to be written beside it. */
  readonly file: { readonly name: string; readonly content: string };
  /** Name of a file that would have been written, were it not changed by hand. */
  readonly kept?: string;
}

/** From client to server: the Python environment that the user selected. */
export const environmentNotification = "equipoise/environment";

export interface SelectedEnvironment {
  /** Its folder, or its interpreter; absent where none is selected any more. */
  readonly path?: string;
}

/** Sent while a large file, or a data set of many files, is read. */
export const readingNotification = "equipoise/reading";
export interface ReadingProgress {
  readonly uri: string;
  /** Bytes, or files where `unit` says so. */
  readonly read: number;
  readonly total: number;
  readonly unit?: "files";
  /** What was counted up to here, where the reader tells it before the end. */
  readonly soFar?: CountsSoFar;
}

/** Told by the server after each analysis of a manifest, for status item and views. */
export const analysedNotification = "equipoise/analysed";
export interface Analysed {
  readonly uri: string;
  readonly analysis: Analysis | null;
}

/** Rows of a file on disk by number, however large it is: for the viewer of manifests. */
export const rowsRequest = "equipoise/rows";
export interface RowsParams {
  readonly uri: string;
  /** From 0. */
  readonly from: number;
  readonly count: number;
}
export interface RowsResult {
  /** Lines, or the elements of the arrays in a JSON document. */
  readonly kind: "lines" | "elements";
  readonly total: number;
  readonly rows: readonly { readonly row: number; readonly text: string; readonly cut: boolean }[];
  /** Why there are none, as a sentence. */
  readonly problem?: string;
}

/** What the server knows of itself, for whoever reports a problem. */
export const statusRequest = "equipoise/status";
export interface ServerStatus {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** Bytes. */
  readonly memory: number;
  readonly seconds: number;
  /** Documents that are open, and files of which something is known. */
  readonly open: number;
  readonly known: number;
  /** How diagnostics reach this client. */
  readonly diagnostics: "pulled" | "pushed";
}

/** What the findings of a workspace are, for whoever explains or accepts them all. */
export const findingsRequest = "equipoise/findings";
export type FindingsResult = readonly Finding[];

/** The edit that accepts every present finding in a baseline, as an LSP WorkspaceEdit; null where there is none. */
export const acceptRequest = "equipoise/acceptFindings";

/** Commands that lenses, hovers and code actions call; the client registers them. Arguments are plain strings and data. */
export const commands = {
  openLab: "equipoise.openLossLab",
  compareLosses: "equipoise.compareLosses",
  stopTraining: "equipoise.stopTraining",
  insertLoss: "equipoise.insertLoss",
  copyAsPyTorch: "equipoise.copyAsPyTorch",
  copyAsKeras: "equipoise.copyAsKeras",
  copyAsTensorFlowJs: "equipoise.copyAsTensorFlowJs",
  copySampler: "equipoise.copySampler",
  insertLossHere: "equipoise.insertLossHere",
  recordGradientRatios: "equipoise.recordGradientRatios",
  chooseManifest: "equipoise.chooseManifest",
  switchBasis: "equipoise.switchBasis",
  showDocumentation: "equipoise.showDocumentation",
  showLog: "equipoise.showLog",
  setUpTensorflow: "equipoise.setUpTensorflow",
  runSweepOnRay: "equipoise.runSweepOnRay",
  setRayToken: "equipoise.setRayToken",
  setUpWebgpu: "equipoise.setUpWebgpu",
  openViewer: "equipoise.openViewer",
  planSweep: "equipoise.planSweep",
  acceptFindings: "equipoise.acceptFindings",
  explainFindings: "equipoise.explainFindings",
  restartServer: "equipoise.restartServer",
  restartEngine: "equipoise.restartEngine",
  showDebugInfo: "equipoise.showDebugInfo",
  revealRuns: "equipoise.revealRuns",
  deleteRuns: "equipoise.deleteRuns",
} as const;
