/**
 * Detectron2 configurations in Python (LazyConfig): objects that are assigned to by attribute. There is no argument for
 * class weights in its heads; repeat-factor sampling is an object of the training loader.
 */

import { provenanceLine } from "#engine/project/provenance.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, withDefaults } from "#protocol/losses.ts";
import { classCountProblem } from "./classOrder.ts";
import { noKey, noSampler, nothingToInsert, repeatNote } from "./detectron2.ts";
import { basePaths } from "./openmmlab/bases.ts";
import { brokenPython, refusal, withComment } from "./pythonAnswer.ts";
import { isLazyConfig, isPython } from "./recognition.ts";
import { withImport } from "./scripts/edits.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import { type ParsedText, parsePython, source } from "./syntax/python.ts";
import { flagAt, numberAt, type Setting, settingAt, settingsOf } from "./syntax/pythonSettings.ts";
import { withStatement } from "./syntax/pythonStatement.ts";
import { pythonFloat } from "./syntax/pythonText.ts";
import type { Target, TargetAnswer, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";

const title = "Detectron2 0.6, LazyConfig";
const samplerPath = "dataloader.train.sampler";
/** Threshold of its LVIS configurations. */
const threshold = "0.001";

export const detectron2Lazy: Target = {
  id: "detectron2-lazy",
  title,
  grammar: "python",
  accepts: {
    losses: ["cross-entropy", "sigmoid-focal"],
    samplers: ["instance-balanced", "repeat-factor"],
    order: "contiguous id of the data set's metadata; background is the last logit of a region head",
  },
  recognises: (fileName, text) => isPython(fileName, text) && isLazyConfig(text),
  builtOn: basePaths,
  presentLoss(text) {
    const python = parsePython(text);
    const found = settingAt(settingsOf(python), samplerPath);
    return (
      found && {
        name: /\w*Sampler\b/.exec(source(python, found.value))?.[0] ?? "sampler",
        start: found.value.start,
        end: found.value.end,
      }
    );
  },
  insert(text, change) {
    const python = parsePython(text);
    if (!python.sound) return brokenPython;
    const statements = express(python, change);
    return "reason" in statements ? refusal(statements.reason) : answer(python, change, statements);
  },
};

interface Statement {
  readonly path: string;
  readonly value: string;
}

interface Statements {
  readonly all: readonly Statement[];
  /** Lines of imports that they need. */
  readonly imports: readonly string[];
  readonly remark: string;
  readonly notes: readonly string[];
}

function express(python: ParsedText, change: TargetChange): Statements | Reason {
  const { choice, provenance } = change;
  const settings = settingsOf(python);
  const dense = isDense([python.text, ...(change.inherited ?? [])]);
  const count = dense ? "model.num_classes" : "model.roi_heads.num_classes";
  const reason = classCountProblem("num_classes", numberAt(python, settings, count), provenance.classes);
  if (reason !== undefined) return { reason };
  const loss = lossStatements(python, settings, choice.loss, change, dense);
  if ("reason" in loss) return loss;
  if (choice.sampler === "instance-balanced") {
    if (loss.length === 0) return nothingToInsert(title);
    return { all: loss, imports: [], remark: "focal loss does not use them", notes: [] };
  }
  if (choice.sampler !== "repeat-factor") return noSampler(title);
  if (!/\bdataloader\b/.test(python.text)) {
    return {
      reason: t`This file has no dataloader, whose training sampler is to be set. Import one first; nothing was changed.`,
    };
  }
  const lazy = lazyCallOf(python.text);
  return {
    all: [{ path: samplerPath, value: samplerText(lazy.name) }, ...loss],
    imports: [
      ...lazy.imports,
      ...(imports(python.text, "RepeatFactorTrainingSampler")
        ? []
        : ["from detectron2.data.samplers import RepeatFactorTrainingSampler"]),
    ],
    remark: `repeat threshold ${threshold} of the images`,
    notes: [repeatNote()],
  };
}

function lossStatements(
  python: ParsedText,
  settings: readonly Setting[],
  loss: LossId,
  { choice }: TargetChange,
  dense: boolean,
): readonly Statement[] | Reason {
  if (loss === "cross-entropy" && !dense) {
    const head = "model.roi_heads.box_predictor";
    if (flagAt(python, settings, `${head}.use_fed_loss`) === true) {
      return {
        reason: t`This file trains with the federated loss, which needs its sigmoid. Take use_fed_loss out first; nothing was changed.`,
      };
    }
    const sigmoid = `${head}.use_sigmoid_ce`;
    return settingAt(settings, sigmoid) === undefined ? [] : [{ path: sigmoid, value: "False" }];
  }
  if (loss === "sigmoid-focal" && dense) {
    const parameters = withDefaults(loss, choice.parameters);
    return [
      { path: "model.focal_loss_gamma", value: pythonFloat(parameters["gamma"]) },
      { path: "model.focal_loss_alpha", value: pythonFloat(parameters["alpha"]) },
    ];
  }
  return noKey(title, loss, dense);
}

/** Whether the model is one that judges every place, by the file or the nearest base that says. */
function isDense(texts: readonly string[]): boolean {
  for (const text of texts) {
    if (/\bRetinaNet\b|models?[./]retinanet|\bFCOS\b|models?[./]fcos/i.test(text)) return true;
    if (/ROIHeads\b|\broi_heads\b|models?[./]\w*rcnn/i.test(text)) return false;
  }
  return false;
}

/** The name that the file calls LazyCall by, and the import that it needs where it has none. */
function lazyCallOf(text: string): { readonly name: string; readonly imports: readonly string[] } {
  const alias =
    /^from[ \t]+detectron2\.config(?:\.lazy)?[ \t]+import\b[^#\n]*\bLazyCall(?:[ \t]+as[ \t]+(\w+))?/m.exec(
      text,
    );
  if (alias) return { name: alias[1] ?? "LazyCall", imports: [] };
  return { name: "L", imports: ["from detectron2.config import LazyCall as L"] };
}

function imports(text: string, name: string): boolean {
  return new RegExp(`^from[ \\t][^\\n]*\\bimport\\b(?:[^\\n(]*|[ \\t]*\\([^)]*)\\b${name}\\b`, "m").test(
    text,
  );
}

function samplerText(lazy: string): string {
  return [
    `${lazy}(RepeatFactorTrainingSampler)(`,
    `    repeat_factors=${lazy}(RepeatFactorTrainingSampler.repeat_factors_from_category_frequency)(`,
    `        dataset_dicts="\${dataloader.train.dataset}", repeat_thresh=${threshold}`,
    "    )",
    ")",
  ].join("\n");
}

function answer(
  python: ParsedText,
  change: TargetChange,
  { all, imports, remark, notes }: Statements,
): TargetAnswer {
  const { text } = python;
  const [first] = all;
  let changed = text;
  for (const { path, value } of all) changed = withStatement(changed, path, value);
  for (const line of imports) changed = withImport(parsePython(changed), line, changed);
  const start = first && settingAt(settingsOf(parsePython(changed)), first.path)?.start;
  const line = provenanceLine(change.provenance, remark);
  const commented = withComment(changed, start ?? 0, line, changed !== text);
  return { kind: "edit", text: commented, edits: lineEdits(text, commented), notes };
}
