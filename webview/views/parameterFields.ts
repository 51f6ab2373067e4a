/** Number fields for the parameters of a loss, each with its range. */
import { t } from "#protocol/l10n.ts";
import { losses, type Parameter } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { el } from "./dom.ts";

/** Fields of the numeric parameters; `change` gets the choice with a valid new value. */
export function parameterFields(
  choice: LossChoice,
  row: number,
  change: (changed: LossChoice) => void,
): HTMLElement[] {
  const { title, parameters } = losses[choice.loss];
  return parameters
    .filter(({ kind }) => kind === "number")
    .map((parameter) => {
      const value = String(choice.parameters[parameter.name] ?? parameter.default);
      const field = el("input", {
        type: "text",
        inputmode: "decimal",
        value,
        class: value.length > 3 ? "long" : "short",
        "aria-label": t`${parameter.symbol} of ${title}`,
        title: parameter.description,
        "data-focus": `parameter ${row} ${parameter.name}`,
      });
      field.addEventListener("change", () => {
        const problem = rangeProblem(parameter, field.value);
        field.setAttribute("aria-invalid", String(problem !== undefined));
        field.title = problem ?? parameter.description;
        if (problem !== undefined) return;
        change({ ...choice, parameters: { ...choice.parameters, [parameter.name]: Number(field.value) } });
      });
      return el("label", {}, parameter.symbol, field);
    });
}

/** What is wrong with a value as typed; undefined where it lies in the parameter's range. */
export function rangeProblem(
  { symbol, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Parameter,
  typed: string,
): string | undefined {
  const value = Number(typed.trim() === "" ? Number.NaN : typed);
  const low = minimum ?? Number.NEGATIVE_INFINITY;
  const high = maximum ?? Number.POSITIVE_INFINITY;
  const above = exclusiveMinimum ? value > low : value >= low;
  const below = exclusiveMaximum ? value < high : value <= high;
  if (Number.isFinite(value) && above && below) return undefined;
  const from = minimum === undefined ? "" : ` ${exclusiveMinimum ? "above" : "from"} ${minimum}`;
  const to = maximum === undefined ? "" : ` ${exclusiveMaximum ? t`to below` : "to"} ${maximum}`;
  return t`${symbol} is a number${from}${to}.`;
}
