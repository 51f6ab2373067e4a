/** Every trap, and how a file is looked through for them. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LineCounter } from "yaml";
import { type ProjectFinding, placeOf } from "#engine/project/project.ts";
import type { CountedName } from "#engine/project/provenance.ts";
import type { FindingCode } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { installedFor, type Places } from "../installed.ts";
import { isYaml } from "../recognition.ts";
import { parsePython } from "../syntax/python.ts";
import { settingsOf } from "../syntax/pythonSettings.ts";
import { loadGrammar, parseText } from "../syntax/treeSitter.ts";
import type { Target } from "../target.ts";
import { targetOf } from "../targets.ts";
import { ofYolov5 } from "../ultralytics.ts";
import { opened } from "../yamlAnswer.ts";
import { alphaNoEffect } from "./alphaNoEffect.ts";
import { backgroundWeight } from "./backgroundWeight.ts";
import { classCount } from "./classCount.ts";
import { classOrder } from "./classOrder.ts";
import { classWeightMissing } from "./classWeightMissing.ts";
import { clsPw } from "./clsPw.ts";
import { computeLoss } from "./computeLoss.ts";
import { doubleCorrection } from "./doubleCorrection.ts";
import { eqlV2Classes } from "./eqlV2Classes.ts";
import { eqlV2Distributed } from "./eqlV2Distributed.ts";
import { fedLossMetadata } from "./fedLossMetadata.ts";
import { fedLossSigmoid } from "./fedLossSigmoid.ts";
import { focalSoftmax } from "./focalSoftmax.ts";
import { frameworkVersion } from "./frameworkVersion.ts";
import { gradientCollector } from "./gradientCollector.ts";
import { lossName } from "./lossName.ts";
import { missingWeights } from "./missingWeights.ts";
import { numberExpected } from "./numberExpected.ts";
import { paddleWeight } from "./paddleWeight.ts";
import { posAndNeg } from "./posAndNeg.ts";
import { processGroup } from "./processGroup.ts";
import { pyramidLevels } from "./pyramidLevels.ts";
import { regionLoss } from "./regionLoss.ts";
import { samplesPerClass } from "./samplesPerClass.ts";
import { sampleWeight } from "./sampleWeight.ts";
import { seesawClasses } from "./seesawClasses.ts";
import { sigmoidWeights } from "./sigmoidWeights.ts";
import { staleCounts } from "./staleCounts.ts";
import type { Trap, TrapFinding, TrapInput } from "./trap.ts";
import { unusedSetting } from "./unusedSetting.ts";
import { weightCount } from "./weightCount.ts";
import { weightedSampler } from "./weightedSampler.ts";
import { weightOrder } from "./weightOrder.ts";
import { zeroCount } from "./zeroCount.ts";

export const traps: readonly Trap[] = [
  backgroundWeight,
  sigmoidWeights,
  weightCount,
  weightOrder,
  classCount,
  classOrder,
  numberExpected,
  seesawClasses,
  eqlV2Classes,
  eqlV2Distributed,
  processGroup,
  regionLoss,
  focalSoftmax,
  unusedSetting,
  lossName,
  samplesPerClass,
  alphaNoEffect,
  classWeightMissing,
  sampleWeight,
  fedLossSigmoid,
  fedLossMetadata,
  weightedSampler,
  clsPw,
  paddleWeight,
  gradientCollector,
  pyramidLevels,
  posAndNeg,
  computeLoss,
  frameworkVersion,
  zeroCount,
  doubleCorrection,
  staleCounts,
  missingWeights,
];

/** What the data behind a configuration say. */
export interface TrapContext {
  readonly classes?: readonly CountedName[];
  readonly manifest?: string;
  /** Where the framework is looked for that training will use. */
  readonly places?: Places;
}

/** A finding with the edit that mends it, where there is one. */
export interface ConfigFinding extends ProjectFinding {
  readonly fix?: TrapFinding["fix"];
}

/** Whether a file is looked through for traps: a target's, or one of those that are only checked. */
export function isTrapFile(path: string, text: string): boolean {
  return kindOf(path, text) !== undefined;
}

/** Everything that a configuration sets and that does not do what it says, by the order of the traps. */
export async function findTraps(
  path: string,
  text: string,
  context: TrapContext = {},
): Promise<ConfigFinding[]> {
  const kind = kindOf(path, text);
  if (!kind) return [];
  const input = await inputOf(path, text, kind.target, context);
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  return traps
    .filter(({ targets }) => targets.includes(kind.id))
    .flatMap((trap) => trap.run(input).map((found) => asFinding(trap.code, found, lines)));
}

function asFinding(
  code: FindingCode,
  { start, end, severity, message, fix }: TrapFinding,
  lines: LineCounter,
): ConfigFinding {
  return { code, severity, message, ...placeOf(lines, { start, end }), ...(fix && { fix }) };
}

interface Kind {
  /** Of the target, or a name of its own for files that are only checked. */
  readonly id: string;
  readonly target: Target | undefined;
}

function kindOf(path: string, text: string): Kind | undefined {
  const target = targetOf(path, text);
  if (target) return target.id === "equipoise" ? undefined : { id: target.id, target };
  if (!isYaml(path, text)) return undefined;
  if (ofYolov5.test(text) && /^cls_pw\s*:/m.test(text)) return { id: "yolov5", target: undefined };
  if (/^names\s*:/m.test(text) && /^train\s*:/m.test(text)) return { id: "yolo-data", target: undefined };
  if (/^Loss:/m.test(text) && /^Arch:/m.test(text)) return { id: "paddleclas", target: undefined };
  return undefined;
}

async function inputOf(
  path: string,
  text: string,
  target: Target | undefined,
  { places, ...context }: TrapContext,
): Promise<TrapInput> {
  const exists = (name: string): boolean => existsAbove(path, name);
  const installed = target?.packages && (await installedFor(target.packages, path, places));
  const base = { path, text, target, exists, ...context, ...(installed && { installed }) };
  if (target?.grammar) await loadGrammar(target.grammar);
  if (target?.grammar === "python") {
    const python = parsePython(text);
    return python.sound ? { ...base, python, settings: settingsOf(python) } : base;
  }
  if (target?.grammar === "javascript") {
    const javascript = parseText("javascript", text);
    return javascript.sound ? { ...base, javascript } : base;
  }
  const yaml = opened(text);
  return yaml instanceof EquipoiseError ? base : { ...base, yaml };
}

/** Whether a path exists from the folder of a file or one above it. */
function existsAbove(path: string, name: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, name))) return true;
    if (dirname(folder) === folder) return false;
  }
}
