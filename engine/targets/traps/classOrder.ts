import { formatClass, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { isClassList } from "../openmmlab/openmmlab.ts";
import { resolved, stringsOf } from "../syntax/python.ts";
import { openmmlab } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** A class list with the classes of the manifest in another order, so that weights go to the wrong ones. */
export const classOrder: Trap = {
  code: "trap/class-order",
  targets: openmmlab,
  run({ python, settings = [], classes }) {
    if (!python || !classes) return [];
    const known = new Set(classes.map(({ name }) => name));
    return settings.flatMap(({ path, value }) => {
      const names = isClassList(path) ? stringsOf(python, resolved(python, value)) : undefined;
      // Other classes are another matter; the same ones in another order are a mistake.
      if (!names || names.length !== classes.length || !names.every((name) => known.has(name))) return [];
      const index = names.findIndex((name, i) => name !== classes[i]?.name);
      const own = names[index];
      const other = classes[index];
      if (own === undefined || !other) return [];
      const message = t`Class ${formatCount(index)} is ${formatClass(own)} here and ${formatClass(other.name)} in the manifest. Lists by class follow the order here.`;
      return [at(value, "warning", message)];
    });
  },
};
