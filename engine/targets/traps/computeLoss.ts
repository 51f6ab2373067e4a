import { t } from "#protocol/l10n.ts";
import { child, source, walk } from "../syntax/python.ts";
import { added, at, type Trap } from "./trap.ts";

/** An override of `compute_loss` without the argument that the Trainer passes by name. */
export const computeLoss: Trap = {
  code: "trap/compute-loss",
  targets: ["hugging-face"],
  run({ python }) {
    if (!python) return [];
    return walk(python.root).flatMap((node) => {
      const name = node.kind === "function_definition" ? child(node, "name") : undefined;
      const parameters = name && child(node, "parameters");
      if (!name || !parameters || source(python, name) !== "compute_loss") return [];
      const listed = source(python, parameters);
      const names = /\bself\b[\s\S]*\breturn_outputs\b/.test(listed);
      if (!names || /\bnum_items_in_batch\b|\*\*/.test(listed)) return [];
      const last = parameters.children.findLast(({ kind }) => kind !== "comment");
      const message = t`Present versions of Transformers call compute_loss with num_items_in_batch, which this override does not take.`;
      const fix = last && added(t`Add num_items_in_batch=None`, last.end, ", num_items_in_batch=None");
      return [at(parameters, "warning", message, fix)];
    });
  },
};
