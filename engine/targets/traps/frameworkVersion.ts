import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { knowsClsPw, knowsDetectronKey, knowsEqlV2, knowsLossFunction, whichVersion } from "../ages.ts";
import { type Installed, isBefore } from "../installed.ts";
import { callsIn } from "../syntax/python.ts";
import { keyStart, nodeAt, type YamlPath } from "../syntax/yamlConfig.ts";
import { openmmlab, writtenLosses } from "./mmLosses.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** Keys that Detectron2 took up after its last release. */
const younger: readonly YamlPath[] = [
  ["DATALOADER", "REPEAT_SQRT"],
  ["MODEL", "ROI_BOX_HEAD", "USE_FED_LOSS"],
  ["MODEL", "ROI_BOX_HEAD", "USE_SIGMOID_CE"],
  ["MODEL", "ROI_BOX_HEAD", "FED_LOSS_NUM_CLASSES"],
  ["MODEL", "ROI_BOX_HEAD", "FED_LOSS_FREQ_WEIGHT_POWER"],
];

/** The version that the configurations of a toolbox belong to that look like ours. */
const ofConfigurations: Readonly<Record<string, string>> = {
  mmdetection: "3",
  mmpretrain: "1",
  mmsegmentation: "1",
  mmaction: "1",
};

/** A setting that the framework that is installed here does not know. */
export const frameworkVersion: Trap = {
  code: "trap/framework-version",
  targets: [...openmmlab, "ultralytics", "detectron2", "hugging-face"],
  run(input) {
    const { installed, target } = input;
    if (!installed) return [];
    if (target?.id === "ultralytics") return ultralytics(input, installed);
    if (target?.id === "detectron2") return detectron2(input, installed);
    if (target?.id === "hugging-face") return transformers(input, installed);
    return openMmLab(input, installed);
  },
};

function ultralytics({ yaml }: TrapInput, installed: Installed): TrapFinding[] {
  const start = yaml && keyStart(yaml, ["cls_pw"]);
  const place = yaml && extent(nodeAt(yaml, ["cls_pw"]));
  if (start === undefined || !place || knowsClsPw(installed) !== false) return [];
  const message = t`Ultralytics is ${whichVersion(installed)}, which has no cls_pw and stops at the unknown key. Take a newer release.`;
  return [at({ start, end: place.end }, "error", message)];
}

function detectron2({ yaml }: TrapInput, installed: Installed): TrapFinding[] {
  if (!yaml) return [];
  return younger.flatMap((path) => {
    const key = String(path.at(-1));
    const start = keyStart(yaml, path);
    const place = extent(nodeAt(yaml, path));
    if (start === undefined || !place || knowsDetectronKey(installed, key) !== false) return [];
    const message = t`Detectron2 is ${whichVersion(installed)}, whose defaults have no ${key}: it stops at the unknown key. The key came later under the same version; take a newer state of its sources.`;
    return [at({ start, end: place.end }, "error", message)];
  });
}

function transformers({ python }: TrapInput, installed: Installed): TrapFinding[] {
  if (!python) return [];
  const given = callsIn(python).flatMap(({ name, keywords }) =>
    /Trainer$/.test(name) ? (keywords.find(({ key }) => key === "compute_loss_func") ?? []) : [],
  );
  // Looked for last, as it reads a large file.
  if (given.length === 0 || knowsLossFunction(installed) !== false) return [];
  const message = t`Transformers is ${whichVersion(installed)}, whose Trainer takes no compute_loss_func. Override compute_loss, or take a newer release.`;
  return given.map((each) => at(each, "error", message));
}

function openMmLab(input: TrapInput, installed: Installed): TrapFinding[] {
  const { target, settings = [] } = input;
  const wanted = ofConfigurations[target?.id ?? ""];
  const [loader] = settings.filter(({ path }) => path === "train_dataloader" || path === "default_scope");
  if (wanted !== undefined && loader && isBefore(installed.version, wanted)) {
    const message = t`This is a configuration for version ${wanted}, installed is ${whichVersion(installed)}, which reads data = dict(...) instead.`;
    return [at({ start: loader.start, end: loader.value.end }, "error", message)];
  }
  // The other toolboxes count their versions by themselves.
  if (target?.id !== "mmdetection" || knowsEqlV2(installed) !== false) return [];
  const losses = writtenLosses(input).filter(({ type }) => type === "EQLV2Loss");
  const message = t`EQLV2Loss came with MMDetection 3.1; installed is ${whichVersion(installed)}.`;
  return losses.map(({ value }) => at(value, "error", message));
}
