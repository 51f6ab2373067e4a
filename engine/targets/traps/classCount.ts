import { extent } from "#engine/project/yamlDocument.ts";
import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { numberValue, resolved } from "../syntax/python.ts";
import { nodeAt, type YamlPath, yamlNumber } from "../syntax/yamlConfig.ts";
import { upLossPath } from "../unitedPerception.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

const pythonPaths =
  /^model\.(?:(?:(?:roi_head\.)?bbox_head(?:\.\d+)?|head|decode_head(?:\.\d+)?|cls_head|roi_heads)\.)?num_classes$/;
const yamlPaths: Readonly<Record<string, readonly YamlPath[]>> = {
  detectron2: [
    ["MODEL", "ROI_HEADS", "NUM_CLASSES"],
    ["MODEL", "RETINANET", "NUM_CLASSES"],
  ],
  timm: [["num_classes"]],
  lightning: [["model", "init_args", "num_classes"]],
  "balanced-meta-softmax": [["training_opt", "num_classes"]],
  "united-perception": [["num_classes"]],
};

/** A number of classes that is not the manifest's. */
export const classCount: Trap = {
  code: "trap/class-count",
  targets: [
    "mmdetection",
    "mmpretrain",
    "mmsegmentation",
    "mmaction",
    "detectron2",
    "detectron2-lazy",
    "timm",
    "lightning",
    "balanced-meta-softmax",
    "united-perception",
  ],
  run(input) {
    const { classes, yaml, target } = input;
    if (!classes || classes.length === 0) return [];
    // Detection in United Perception counts background too.
    const more = target?.id === "united-perception" && yaml && upLossPath(yaml)?.includes("cfg") ? 1 : 0;
    const wanted = classes.length + more;
    const background = more === 1 ? t` and background` : "";
    return [...inPython(input), ...inYaml(input)].flatMap(({ number, place, name }) =>
      number === wanted
        ? []
        : [
            at(
              place,
              "warning",
              t`${name} is ${formatCount(number)}, the manifest has ${formatAmount(classes.length, "classes")}${background}.`,
            ),
          ],
    );
  },
};

interface Declared {
  readonly number: number;
  readonly name: string;
  readonly place: Pick<TrapFinding, "start" | "end">;
}

function inPython({ python, settings = [] }: TrapInput): Declared[] {
  if (!python) return [];
  return settings.flatMap(({ path, value }) => {
    const number = pythonPaths.test(path) ? numberValue(python, resolved(python, value)) : undefined;
    return number === undefined ? [] : [{ number, name: "num_classes", place: value }];
  });
}

function inYaml({ yaml, target }: TrapInput): Declared[] {
  if (!yaml) return [];
  return (yamlPaths[target?.id ?? ""] ?? []).flatMap((path) => {
    const number = yamlNumber(yaml, path);
    const place = extent(nodeAt(yaml, path));
    return number === undefined || !place ? [] : [{ number, name: String(path.at(-1)), place }];
  });
}
