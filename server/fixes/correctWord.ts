/** Replaces a mistyped key, loss or choice of an equipoise.yaml by the nearest known word. */

import { CodeActionKind } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Field, fieldAt, fieldsOf, isLossId } from "#engine/project/schema.ts";
import { nearest } from "#engine/project/suggest.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, lossIds } from "#protocol/losses.ts";
import { entryAt, type OutlineEntry, outlineOf } from "../projectOutline.ts";
import { workspaceEdit } from "./fileEdit.ts";
import type { Fix } from "./fix.ts";

export const correctWord: Fix = {
  id: "correct-word",
  codes: ["config/unknown-key", "config/unknown-parameter", "config/unknown-loss", "config/out-of-range"],
  actions({ diagnostic, project, house }) {
    if (!project) return [];
    const { uri, text } = project;
    const document = TextDocument.create(uri, "", 0, text);
    const start = document.offsetAt(diagnostic.range.start);
    const end = document.offsetAt(diagnostic.range.end);
    const word = text.slice(start, end).replace(/^["']|["']$/g, "");
    const entry = outlineOf(text).find(({ line }) => line === diagnostic.range.start.line);
    const newText = entry && nearest(word, knownWords(entry, diagnostic.range.start.character, text));
    if (newText === undefined || newText === word) return [];
    const after = text.slice(0, start) + newText + text.slice(end);
    const version = house.open.get(uri)?.version;
    const change = { uri, before: text, after, edits: [{ start, end, newText }] };
    const edit = workspaceEdit({ ...change, ...(version !== undefined && { version }) }, house.client);
    if (!edit) return [];
    const title = t`Change to ${newText}`;
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: true, edit }];
  },
};

/** The words that could stand at a place: keys of the mapping, or choices of the key's field. */
function knownWords(entry: OutlineEntry, character: number, text: string): readonly string[] {
  const loss = lossOf(text);
  if (character > entry.key.start.character) return choicesOf(entry.path, loss);
  const parent = fieldAt(entry.path.slice(0, -1), loss);
  return parent ? Object.keys(fieldsOf(parent, loss)) : [];
}

function choicesOf(path: readonly string[], loss: LossId | undefined): readonly string[] {
  if (path.join(".") === "loss.id") return lossIds;
  const field: Field | undefined = fieldAt(path, loss);
  if (field?.kind === "choice") return field.choices;
  return field?.kind === "choice-or-object" ? field.choice.choices : [];
}

function lossOf(text: string): LossId | undefined {
  const id = entryAt(outlineOf(text), "loss", "id")?.value;
  return id !== undefined && isLossId(id) ? id : undefined;
}
