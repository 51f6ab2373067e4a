/** What the editor says about a key or value of an equipoise.yaml. */

import { type Field, fieldAt } from "#engine/project/schema.ts";
import type { Measured } from "#engine/runs/measured.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Project } from "#protocol/project.ts";
import { priorClass } from "../settingAt.ts";
import { viewSummary } from "../viewSummary.ts";
import { escapeMarkdown } from "../words.ts";
import { classHover } from "./classHover.ts";
import { lossHover, samplerHover } from "./lossHover.ts";
import { parameterHover } from "./parameterHover.ts";

/** A setting that something is asked about. */
export interface SettingQuestion {
  /** Keys from the top, joined by a full stop: `loss.beta`. */
  readonly setting: string;
  readonly project: Project;
  /** The dataset that the settings are for, where it is known. */
  readonly view: View | undefined;
  /** What training has measured on it, where it has. */
  readonly measured?: Measured | undefined;
}

/** Markdown about a setting: what it is, this dataset's numbers, its range and source. */
export function projectHover({ setting, project, view, measured }: SettingQuestion): string | undefined {
  const { loss, sampler } = project;
  if (loss && (setting === "loss" || setting === "loss.id")) {
    const { id, ...parameters } = loss;
    return lossHover(id, parameters, view, measured);
  }
  const [first, second] = setting.split(".");
  if (loss && first === "loss" && second !== undefined) {
    return parameterHover({ loss: loss.id, parameter: second, value: loss[second], view });
  }
  if (setting === "sampler" && sampler) return samplerHover(sampler, view);
  const prior = priorClass(setting);
  const named = view?.classes.find(({ name }) => name === prior);
  if (view && named) return classHover(view, named.index, 0.9999, measured);
  const ofFile = /^files\..+\.([a-z]+\/[a-z-]+)$/s.exec(setting)?.[1];
  if (ofFile !== undefined) return projectHover({ setting: `rules.${ofFile}`, project, view });
  const field = fieldAt(setting.split("."), loss?.id);
  if (!field) return undefined;
  const facts = setting === "manifest" && view ? ["", `${viewSummary(view)}.`] : [];
  return [`**${escapeMarkdown(setting)}**: ${textOf(field)}`, ...facts].join("\n");
}

/** What a field is for, what it takes and what holds where it is absent, in Markdown. */
export function textOf(field: Field): string {
  return [field.description, valuesOf(field), defaultOf(field)].filter(Boolean).join(" ");
}

function valuesOf(field: Field): string {
  if (field.kind === "choice") return t`One of ${field.choices.join(", ")}.`;
  if (field.kind === "choice-or-object") return t`One of ${field.choice.choices.join(", ")}, or a mapping.`;
  if (field.kind !== "number") return "";
  const unit = field.integer ? t`A whole number` : t`A number`;
  const low =
    field.minimum === undefined
      ? ""
      : field.exclusiveMinimum
        ? t`above ${field.minimum}`
        : t`from ${field.minimum}`;
  const high =
    field.maximum === undefined
      ? ""
      : field.exclusiveMaximum
        ? t`below ${field.maximum}`
        : t`to ${field.maximum}`;
  return `${[unit, low, high].filter(Boolean).join(" ")}.`;
}

function defaultOf(field: Field): string {
  const source = field.kind === "choice-or-object" ? field.choice : field;
  const fallback = "default" in source ? source.default : undefined;
  return fallback === undefined ? "" : t`Without it: ${fallback}.`;
}
