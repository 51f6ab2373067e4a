/** What a Python configuration sets, by dotted path: `model.roi_head.bbox_head.0.loss_cls`. */
import {
  assignment,
  callOf,
  elements,
  entriesOf,
  flagValue,
  numberValue,
  type ParsedText,
  resolved,
  type SyntaxNode,
  source,
  statements,
  stringValue,
  walk,
} from "./python.ts";

/** A value at its path. */
export interface Setting {
  /** Keys joined by dots, positions in lists as numbers. */
  readonly path: string;
  /** The value as it is written at this place. */
  readonly value: SyntaxNode;
  /** Where the entry or statement starts. */
  readonly start: number;
  /** Merged into what is inherited, instead of standing in its place. */
  readonly merged: boolean;
}

/** Every setting of the top level, in order; a later one of the same path is the one in force. */
export function settingsOf(python: ParsedText): Setting[] {
  const inherits = inheritsText(python);
  const found: Setting[] = [];
  for (const statement of statements(python)) {
    const assigned = assignment(python, statement);
    const path = assigned && pathOf(assigned.name);
    if (assigned && path !== undefined) {
      // In text style an assignment to a name is merged into what the bases say of it.
      const merged = inherits && !path.includes(".");
      expand(python, { path, value: assigned.value, start: statement.start, merged }, found);
    }
    const call = callOf(python, statement);
    const [first] = call?.positional ?? [];
    const target = call && /^(.+)\.(merge|update)$/.exec(call.name);
    const onto = target?.[1] === undefined ? undefined : pathOf(target[1]);
    if (first && onto !== undefined)
      expand(
        python,
        { path: onto, value: first, start: statement.start, merged: target?.[2] === "merge" },
        found,
      );
  }
  return found;
}

/** Whether the file is of the text style, which starts from `_base_`. */
export function inheritsText(python: ParsedText): boolean {
  return statements(python).some((each) => assignment(python, each)?.name === "_base_");
}

/** Whether the file is of the newer style, which starts from `with read_base()`. */
export function readsBase(python: ParsedText): boolean {
  return walk(python.root).some((node) => callOf(python, node)?.name === "read_base");
}

/** The setting in force at a path; undefined where the file does not have it. */
export function settingAt(settings: readonly Setting[], path: string): Setting | undefined {
  return settings.findLast((each) => each.path === path);
}

/** The number in force at a path, also by a name that the file assigns; undefined for anything else. */
export function numberAt(python: ParsedText, settings: readonly Setting[], path: string): number | undefined {
  const setting = settingAt(settings, path);
  return setting && numberValue(python, resolved(python, setting.value));
}

/** The string in force at a path, or the name of a class there, as in `type=CrossEntropyLoss`. */
export function wordAt(python: ParsedText, settings: readonly Setting[], path: string): string | undefined {
  const setting = settingAt(settings, path);
  if (!setting) return undefined;
  const value = resolved(python, setting.value);
  const text = stringValue(python, value);
  if (text !== undefined) return text.split(".").at(-1);
  const isName = value.kind === "identifier" || value.kind === "attribute";
  return isName ? source(python, value).split(".").at(-1) : undefined;
}

export function flagAt(python: ParsedText, settings: readonly Setting[], path: string): boolean | undefined {
  const setting = settingAt(settings, path);
  return setting && flagValue(python, resolved(python, setting.value));
}

function expand(python: ParsedText, setting: Setting, found: Setting[]): void {
  const open = [setting];
  for (let next = open.pop(); next; next = open.pop()) {
    found.push(next);
    const { path, value, merged } = next;
    const entries = entriesOf(python, value);
    const replaces = entries?.some(
      (each) => each.key === "_delete_" && flagValue(python, each.value) === true,
    );
    const below = entries
      ? entries.map(({ key, start, value: inner }) => ({
          path: `${path}.${key}`,
          value: inner,
          start,
          merged: merged && !replaces,
        }))
      : (elements(value) ?? []).map((each, index) => ({
          path: `${path}.${index}`,
          value: each,
          start: each.start,
          // A list stands in the place of the inherited list.
          merged: false,
        }));
    open.push(...below.reverse());
  }
}

/** `model["head"].loss` as `model.head.loss`; undefined for what is no plain path. */
function pathOf(name: string): string | undefined {
  const dotted = name.replace(
    /\[\s*(?:(['"])(\w+)\1|(\d+))\s*\]/g,
    (_, __, key, index) => `.${key ?? index}`,
  );
  return /^[A-Za-z_]\w*(?:\.\w+)*$/.test(dotted) ? dotted : undefined;
}
