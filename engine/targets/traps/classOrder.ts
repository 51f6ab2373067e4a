import type { CountedName } from "#engine/project/provenance.ts";
import { formatClass, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { isClassList } from "../openmmlab/openmmlab.ts";
import { classesInScript, classesInYaml, isOtherOrder, type StatedClasses } from "../statedClasses.ts";
import { resolved, stringsOf } from "../syntax/python.ts";
import { openmmlab } from "./mmLosses.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** A class list with the classes of the manifest in another order, so that weights go to the wrong ones. */
export const classOrder: Trap = {
  code: "trap/class-order",
  targets: [
    ...openmmlab,
    "pytorch",
    "keras",
    "hugging-face",
    "tensorflow-js",
    "lightning",
    "balanced-meta-softmax",
    "timm",
  ],
  run(input) {
    const { classes } = input;
    // Other classes are another matter; the same ones in another order are a mistake.
    return classes ? statedIn(input).flatMap((stated) => findingOf(stated, classes)) : [];
  },
};

function statedIn({ python, javascript, yaml, settings = [], target }: TrapInput): StatedClasses[] {
  if (yaml) return classesInYaml(yaml);
  const script = python ?? javascript;
  if (!script) return [];
  if (!python || !openmmlab.some((id) => id === target?.id)) return classesInScript(script);
  return settings.flatMap(({ path, value }) => {
    const names = isClassList(path) ? stringsOf(python, resolved(python, value)) : undefined;
    return names ? [{ names, start: value.start, end: value.end }] : [];
  });
}

function findingOf(stated: StatedClasses, classes: readonly CountedName[]): TrapFinding[] {
  if (!isOtherOrder(stated.names, classes)) return [];
  const index = stated.names.findIndex((name, i) => name !== classes[i]?.name);
  const own = stated.names[index];
  const other = classes[index];
  if (own === undefined || !other) return [];
  const message = t`Class ${formatCount(index)} is ${formatClass(own)} here and ${formatClass(other.name)} in the manifest. Lists by class follow the order here.`;
  return [at(stated, "warning", message)];
}
