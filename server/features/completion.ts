/** Keys, loss ids, parameters, samplers and paths of an equipoise.yaml, each with its documentation. */

import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  type Position,
  type Range,
} from "vscode-languageserver";
import { type ChoiceField, type Field, fieldAt, fieldsOf, isLossId } from "#engine/project/schema.ts";
import { scalarText } from "#engine/project/yamlDocument.ts";
import { weightRatio } from "#engine/statistics/classWeights.ts";
import { formatAmount, formatPercent, formatRatio } from "#engine/statistics/format.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses } from "#protocol/losses.ts";
import { pathOf } from "../files.ts";
import { lossHover } from "../hovers/lossHover.ts";
import { textOf } from "../hovers/projectHover.ts";
import { entryAt, type OutlineEntry, outlineOf } from "../projectOutline.ts";
import { isProjectFile } from "../projects.ts";
import { projectView } from "../projectView.ts";
import { countsOf, occurring } from "../viewFacts.ts";
import type { Feature } from "./feature.ts";

export const completion: Feature = {
  capabilities: { completionProvider: { triggerCharacters: [":", " ", "/"] } },
  register(connection, house) {
    connection.onCompletion(
      house.answer(null, async ({ textDocument: { uri }, position }, signal) => {
        const document = house.open.get(uri);
        if (!document || !isProjectFile(uri)) return null;
        const text = document.getText();
        const place = placeAt(text, position);
        const path = pathOf(uri);
        if (place?.kind === "value" && fieldOf(text, place)?.kind === "path" && path !== undefined) {
          return pathsFrom(dirname(path), place);
        }
        const view = await projectView(uri, house, signal);
        return completionsAt(text, position, view);
      }),
    );
  },
};

/** Where in the file something is typed: a new key of a mapping, or the value of a key. */
type TypingPlace =
  | { readonly kind: "key"; readonly parent: readonly string[]; readonly range: Range }
  | {
      readonly kind: "value";
      readonly path: readonly string[];
      readonly typed: string;
      readonly range: Range;
    };

/** What can be typed at a position; the view, where it is known, adds what a value does to the dataset. */
export function completionsAt(text: string, position: Position, view?: View): CompletionItem[] {
  const place = placeAt(text, position);
  if (!place) return [];
  const outline = outlineOf(text);
  const loss = lossIn(outline);
  if (place.kind === "value") return valuesFor(fieldAt(place.path, loss), place, view);
  const parent = fieldAt(place.parent, loss);
  if (!parent) return [];
  const present = keysBelow(outline, place.parent, position.line);
  if (parent.kind === "mapping")
    return parent.keys === "classes" ? classItems(view, present, place.range) : [];
  return Object.entries(fieldsOf(parent, loss))
    .filter(([key]) => !present.has(key))
    .map(([key, field], index) => keyItem(key, field, index, place.range));
}

function placeAt(text: string, position: Position): TypingPlace | undefined {
  const lines = text.split(/\r?\n/);
  const typed = (lines[position.line] ?? "").slice(0, position.character);
  const match = /^( *)([^\s:#][^:#]*)?(:\s*(.*))?$/.exec(typed);
  if (!match || typed.trimStart().startsWith("#")) return undefined;
  const [, spaces = "", key = "", colon, value = ""] = match;
  const parent = parentOf(outlineOf(text), position.line, spaces.length);
  const before = (length: number): Range => ({
    start: { line: position.line, character: position.character - length },
    end: position,
  });
  if (colon === undefined) return { kind: "key", parent, range: before(key.length) };
  if (!/^:\s/.test(colon)) return undefined;
  const typedValue = value.replace(/^["']/, "");
  return {
    kind: "value",
    path: [...parent, key.trim()],
    typed: typedValue,
    range: before(typedValue.length),
  };
}

function lossIn(outline: readonly OutlineEntry[]): LossId | undefined {
  const id = entryAt(outline, "loss", "id")?.value;
  return id !== undefined && isLossId(id) ? id : undefined;
}

/** The keys above a line with this indentation, from the top. */
function parentOf(outline: readonly OutlineEntry[], line: number, indent: number): readonly string[] {
  const above = outline.findLast((entry) => entry.line < line && entry.indent < indent);
  return above?.path ?? [];
}

function keysBelow(outline: readonly OutlineEntry[], parent: readonly string[], line: number): Set<string> {
  const keys = outline.filter(
    (entry) =>
      entry.line !== line &&
      entry.path.length === parent.length + 1 &&
      parent.every((key, i) => entry.path[i] === key),
  );
  return new Set(keys.map((entry) => entry.path.at(-1) ?? ""));
}

function fieldOf(text: string, place: { readonly path: readonly string[] }): Field | undefined {
  return fieldAt(place.path, lossIn(outlineOf(text)));
}

/** The classes of the dataset as keys, largest first, each with its share there. */
function classItems(view: View | undefined, present: ReadonlySet<string>, range: Range): CompletionItem[] {
  const classes = view ? occurring(view).filter(({ name }) => !present.has(name)) : [];
  return classes.slice(0, 500).map(({ name, count }, index) => ({
    label: name,
    kind: CompletionItemKind.Property,
    detail: `${formatAmount(count, view?.basis ?? "images")}, ${formatPercent(count / (view?.labels ?? count))}`,
    sortText: String(index).padStart(3, "0"),
    textEdit: { range, newText: `${scalarText(name)}: ` },
  }));
}

function keyItem(key: string, field: Field, index: number, range: Range): CompletionItem {
  const nested = field.kind === "object" || field.kind === "loss" || field.kind === "mapping";
  const newText = field.kind === "loss" ? `${key}:\n  id: $0` : nested ? `${key}:\n  $0` : `${key}: $0`;
  return {
    label: key,
    kind: CompletionItemKind.Property,
    documentation: { kind: "markdown", value: textOf(field) },
    sortText: String(index).padStart(3, "0"),
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: { range, newText },
  };
}

function valuesFor(
  field: Field | undefined,
  place: { readonly path: readonly string[]; readonly range: Range },
  view: View | undefined,
): CompletionItem[] {
  if (!field) return [];
  if (field.kind === "choice-or-object") return choiceItems(field.choice, place.range, view);
  if (field.kind === "choice") return choiceItems(field, place.range, view);
  if (field.kind === "flag")
    return ["true", "false"].map((label, i) => valueItem(label, i, place.range, field.description));
  if (field.kind !== "number") return [];
  if (place.path.join(".") === "loss.beta") return betaItems(field, place.range, view);
  return field.default === undefined ? [] : [valueItem(String(field.default), 0, place.range, textOf(field))];
}

function choiceItems(field: ChoiceField, range: Range, view: View | undefined): CompletionItem[] {
  return field.choices.map((choice, index) => {
    const text = isLossId(choice)
      ? lossHover(choice, {}, view)
      : (field.details?.[choice] ?? field.description);
    const item = valueItem(choice, index, range, text);
    return isLossId(choice) ? { ...item, detail: losses[choice].title } : item;
  });
}

function betaItems(field: Field, range: Range, view: View | undefined): CompletionItem[] {
  return [0.9, 0.99, 0.999, 0.9999].map((beta, index) => {
    const item = valueItem(String(beta), index, range, textOf(field));
    if (!view) return item;
    return {
      ...item,
      detail: t`rarest weighs ${formatRatio(weightRatio(countsOf(view), beta))} times the most frequent`,
    };
  });
}

function valueItem(label: string, index: number, range: Range, documentation: string): CompletionItem {
  return {
    label,
    kind: CompletionItemKind.Value,
    documentation: { kind: "markdown", value: documentation },
    sortText: String(index).padStart(3, "0"),
    textEdit: { range, newText: label },
  };
}

/** Files and folders beside what was typed of a path. */
async function pathsFrom(
  folder: string,
  place: { readonly typed: string; readonly range: Range },
): Promise<CompletionItem[]> {
  const typed = place.typed.slice(0, place.typed.lastIndexOf("/") + 1);
  const start = { ...place.range.start, character: place.range.start.character + typed.length };
  const range = { start, end: place.range.end };
  const found = await readdir(join(folder, typed), { withFileTypes: true }).catch(() => []);
  return found
    .filter(({ name }) => !name.startsWith("."))
    .slice(0, 500)
    .map((entry) => ({
      label: entry.name,
      kind: entry.isDirectory() ? CompletionItemKind.Folder : CompletionItemKind.File,
      textEdit: { range, newText: entry.isDirectory() ? `${entry.name}/` : entry.name },
    }));
}
