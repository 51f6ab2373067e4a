/** What the targets of OpenMMLab have in common: the class list, the order, the way to an answer. */
import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { classCountProblem, classListProblem, orderRemark } from "../classOrder.ts";
import { brokenPython, pythonAnswer, refusal } from "../pythonAnswer.ts";
import {
  elements,
  entriesOf,
  type ParsedText,
  parsePython,
  resolved,
  type SyntaxNode,
  source,
  stringsOf,
  stringValue,
} from "../syntax/python.ts";
import { numberAt, type Setting, settingAt, settingsOf } from "../syntax/pythonSettings.ts";
import type { PythonSetting } from "../syntax/pythonText.ts";
import type { PresentLoss, TargetAnswer, TargetChange } from "../target.ts";
import type { Reason } from "../weights.ts";
import { balancingSampler, samplerPart } from "./sampler.ts";

export interface LossExpression {
  readonly settings: readonly PythonSetting[];
  /** For the comment. */
  readonly remark: string;
  readonly notes: readonly string[];
  /** Whether it corrects for class counts, so that a balancing sampler beside it corrects twice. */
  readonly corrects: boolean;
}

export interface Situation {
  readonly python: ParsedText;
  readonly settings: readonly Setting[];
  readonly change: TargetChange;
}

export interface Toolkit {
  readonly title: string;
  readonly classAware: boolean;
  /** Paths of the losses to set, with what to write there; several for lists of heads. */
  place(situation: Situation): { readonly paths: readonly string[]; readonly loss: LossExpression } | Reason;
  /** Keys of the present loss whose values stay. */
  readonly kept: readonly string[];
}

/** The answer of a toolbox: checks the text and its class list, then writes loss and sampler. */
export function insertInto(text: string, change: TargetChange, toolkit: Toolkit): TargetAnswer {
  const python = parsePython(text);
  if (!python.sound) return brokenPython;
  const settings = settingsOf(python);
  const { classes } = change.provenance;
  const order = classListProblem(classNames(python, settings), classes);
  if (order !== undefined) return refusal(order);
  const placed = toolkit.place({ python, settings, change });
  if ("reason" in placed) return refusal(placed.reason);
  const sampler = samplerPart(change.choice, python, settings, toolkit);
  if ("reason" in sampler) return refusal(sampler.reason);
  const { loss, paths } = placed;
  const active = sampler.dicts.length === 0 ? balancingSampler(python, settings) : undefined;
  const inherited = (change.inherited ?? []).map(parsePython);
  const dicts = paths.map((path) => {
    const known = isInOwnList(settings, path) ? [python] : [python, ...inherited];
    return { path, settings: withKept(loss.settings, path, toolkit.kept, known) };
  });
  return pythonAnswer(text, change.provenance, {
    dicts: [...dicts, ...sampler.dicts],
    remark: `${loss.remark}, ${orderRemark(classes)}`,
    notes: [
      ...loss.notes,
      ...sampler.notes,
      ...(active && loss.corrects
        ? [t`${active} balances the classes already; with this loss they are corrected twice. Keep one.`]
        : []),
    ],
  });
}

/** The settings with what stays of the present loss: of the file, else of the nearest base that has it. */
function withKept(
  settings: readonly PythonSetting[],
  path: string,
  kept: readonly string[],
  texts: readonly ParsedText[],
): readonly PythonSetting[] {
  const old = new Map<string, string>();
  for (const python of texts) {
    const found = settingsOf(python);
    for (const key of kept) {
      const setting = settingAt(found, `${path}.${key}`);
      // A name of another file means nothing here.
      const value = setting && resolved(python, setting.value);
      if (value && value.kind !== "identifier" && !old.has(key)) old.set(key, source(python, value));
    }
  }
  const own = settings.map(([key, value]): PythonSetting => [key, old.get(key) ?? value]);
  const more = [...old].filter(([key]) => !settings.some(([each]) => each === key));
  return [...own, ...more];
}

/** Why the classes of a head, as the file or the nearest base states them, do not fit; undefined where they do. */
export function headCountProblem({ python, settings, change }: Situation, head: string): string | undefined {
  const { classes } = change.provenance;
  const path = `${head}.num_classes`;
  const own = numberAt(python, settings, path);
  if (own !== undefined) return classCountProblem("num_classes", own, classes);
  if (isInOwnList(settings, head)) {
    return t`${head} states no num_classes, and its list stands in the place of the inherited one. Write num_classes=${String(classes.length)} into it first; nothing was changed.`;
  }
  for (const text of change.inherited ?? []) {
    const base = parsePython(text);
    const inherited = numberAt(base, settingsOf(base), path);
    if (inherited === undefined) continue;
    if (inherited === classes.length) return undefined;
    return t`${path} is ${formatCount(inherited)} in a file that this one inherits from, the manifest has ${formatAmount(classes.length, "classes")}. Set it here first; nothing was changed.`;
  }
  return undefined;
}

/** Whether a list of the file is on the way to a path: it stands in the place of the inherited one, which says nothing then. */
function isInOwnList(settings: readonly Setting[], path: string): boolean {
  const keys = path.split(".");
  return keys.some((key, at) => /^\d+$/.test(key) && settingAt(settings, keys.slice(0, at).join(".")));
}

/** The class list that the file states in `metainfo` or `classes`; undefined where it states none. */
export function classNames(python: ParsedText, settings: readonly Setting[]): string[] | undefined {
  const found = settings.findLast(({ path }) => isClassList(path));
  return found && stringsOf(python, resolved(python, found.value));
}

/** Whether a path is one where class lists stand. */
export function isClassList(path: string): boolean {
  return /^(?:(?:.*\.)?metainfo\.classes|classes|class_name|class_names|train_dataloader\..*dataset\.classes)$/.test(
    path,
  );
}

/** A loss as a person looks at it: its name, place and list of weights. */
export function describeLoss(python: ParsedText, value: SyntaxNode): PresentLoss {
  const entries = entriesOf(python, value) ?? [];
  const entry = (key: string): SyntaxNode | undefined => entries.find((each) => each.key === key)?.value;
  const type = entry("type");
  const weights = entry("class_weight");
  const count = weights && elements(resolved(python, weights))?.length;
  return {
    name: type ? (stringValue(python, type) ?? source(python, type)) : "the inherited loss, changed",
    start: value.start,
    end: value.end,
    ...(count === undefined ? {} : { classWeights: count }),
  };
}

/** What a toolbox answers for a loss that it does not have. */
export function unavailable(title: string, loss: string, has: string): Reason {
  return {
    reason: t`${title} has no ${loss}; it has ${has}. Copy the loss as PyTorch and register it, or insert one of these.`,
  };
}

/** Why the counts of this manifest make no weights for pixels. */
export function notPixels(title: string, basis: string): string {
  return t`Class weights of ${title} follow pixels, but this manifest counts ${basis}. Choose the basis pixels, or a manifest that has them; nothing was changed.`;
}
