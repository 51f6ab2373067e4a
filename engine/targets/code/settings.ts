/** What the code generators of all languages share: how parameters are read and how the heading reads. */

import { imbalanceFactor } from "#engine/statistics/classStatistics.ts";
import { formatAmount, formatFactor } from "#engine/statistics/format.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses, samplers } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";

/** Reads the parameters of a loss, all of them with their values. */
export interface Settings {
  /** A literal of a floating-point number, which Python and JavaScript read the same way. */
  number(name: string): string;
  choice(name: string): string;
  flag(name: string): boolean;
}

/** Settings of a choice, those left out with their defaults. */
export function settingsOf({ loss, parameters }: LossChoice): Settings {
  const defaults = losses[loss].parameters.map(({ name, default: value }) => [name, value] as const);
  const all = { ...Object.fromEntries(defaults), ...parameters };
  return {
    number: (name) => floatLiteral(Number(all[name])),
    choice: (name) => String(all[name]),
    flag: (name) => all[name] === true,
  };
}

/** A number as a literal with a point or an exponent. */
export function floatLiteral(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace("e+", "e");
}

/** The dataset that code is made for: names and training samples of each class, in training order. */
export interface Counted {
  readonly classes: readonly string[];
  readonly counts: readonly number[];
}

/** Throws `loss/unsuitable` where no class has a sample, as most losses would divide by 0. */
export function checkCounts({ counts }: Counted): void {
  if (counts.some((count) => count > 0)) return;
  throw new EquipoiseError(
    "loss/unsuitable",
    "No class has a sample, so there are no counts to make code from.",
  );
}

/** Columns of the logits: one more than classes where the loss has objectness. */
export function columnsOf({ parameters }: LossChoice, { counts }: Counted): number {
  return parameters["objectness"] === true ? counts.length + 1 : counts.length;
}

/** The lines that tell what a piece of code is: title with this dataset, formula, source. */
export function headingOf(choice: LossChoice, data: Counted): readonly string[] {
  const { title, equation, source } = losses[choice.loss];
  return [`${title} for ${datasetText(data)}.`, "", equation, sourceText(source)];
}

/** The same for a sampler. */
export function samplerHeadingOf(sampler: keyof typeof samplers, data: Counted): readonly string[] {
  const { title, description, source } = samplers[sampler];
  return [`${title} sampling for ${datasetText(data)}.`, "", description, sourceText(source)];
}

/** Such as "10 classes, imbalance factor 100". */
export function datasetText({ counts }: Counted): string {
  return `${formatAmount(counts.length, "classes")}, imbalance factor ${formatFactor(imbalanceFactor(counts))}`;
}

const sourceText = (source: string): string => (source === "baseline" ? "The baseline." : source);

/** A bracketed list, on one line where it fits behind `before` and else wrapped. */
export function bracketed(items: readonly string[], before: string, indent = "    "): string {
  const width = 110;
  const short = `[${items.join(", ")}]`;
  if (short.length + before.length <= width) return short;
  const lines: string[] = [];
  let line = indent.slice(1);
  for (const item of items) {
    if (line.length + item.length + 2 > width && line.trim() !== "") {
      lines.push(line);
      line = indent.slice(1);
    }
    line += ` ${item},`;
  }
  return `[\n${[...lines, line].join("\n")}\n]`;
}
