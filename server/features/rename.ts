/** Gives a class another name: in its manifest, where the format allows that safely, and in the settings about it. */

import { readFile } from "node:fs/promises";
import {
  LSPErrorCodes,
  type Range,
  ResponseError,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { scalarText } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { type ClassAt, classAt } from "../classAt.ts";
import { renameEdits } from "../classMentions.ts";
import { manifestOf } from "../projects.ts";
import { toRange } from "../toLsp.ts";
import type { Feature, House } from "./feature.ts";

/** Bytes above which a manifest is not changed by an edit of the editor. */
const largest = 50 * 2 ** 20;

export const rename: Feature = {
  capabilities: { renameProvider: { prepareProvider: true } },
  register(connection, house) {
    connection.onPrepareRename(
      house.answer<Place, { range: Range; placeholder: string } | null>(
        null,
        async ({ textDocument: { uri }, position }, signal) => {
          const at = await classAt(uri, position, house, signal);
          if (!at) return null;
          // The name is asked for; what is under the cursor may be a number.
          return { range: { start: position, end: position }, placeholder: at.found.name };
        },
      ),
    );
    connection.onRenameRequest(
      house.answer<Place & { newName: string }, WorkspaceEdit | ResponseError<void> | null>(
        null,
        async ({ textDocument: { uri }, position, newName }, signal) => {
          const at = await classAt(uri, position, house, signal);
          return at ? renamed(at, newName, house) : null;
        },
      ),
    );
  },
};

interface Place {
  readonly textDocument: { readonly uri: string };
  readonly position: Range["start"];
}

async function renamed(
  { found, view, manifest }: ClassAt,
  newName: string,
  house: House,
): Promise<WorkspaceEdit | ResponseError<void>> {
  if (newName.trim() === "") return refusal(t`A class needs a name.`);
  if (view.classes.some(({ name, index }) => name === newName && index !== found.index))
    return refusal(t`There is a class ${newName} already: with one name the two could not be told apart.`);
  const text = house.open.get(manifest.uri)?.getText() ?? (await textOf(manifest.path));
  if (text === undefined)
    return refusal(t`The manifest is too large to be changed in the editor. Use a script.`);
  const places = await house.documents.classPlaces(manifest.uri);
  const format = manifest.analysis?.format ?? "";
  const edits = renameEdits({ text, format, view, places, found }, newName);
  if ("refused" in edits) return refusal(edits.refused);
  const prior = await priorEdits(manifest.path, found.name, newName, house);
  return workspaceEdit([[manifest.uri, edits], ...prior], house);
}

/** The key below `objective.prior` in the settings that are about the manifest. */
async function priorEdits(
  manifest: string,
  name: string,
  newName: string,
  house: House,
): Promise<[string, TextEdit[]][]> {
  const file = await house.projects.of(manifest);
  const place =
    file && manifestOf(file) === manifest ? file.places.get(`objective.prior.${name}`)?.key : undefined;
  return file && place ? [[file.uri, [{ range: toRange(place), newText: scalarText(newName) }]]] : [];
}

function workspaceEdit(
  files: readonly (readonly [string, readonly TextEdit[]])[],
  house: House,
): WorkspaceEdit {
  const all = files.map(([uri, edits]): [string, TextEdit[]] => [uri, [...edits]]);
  if (!house.client.documentChanges) return { changes: Object.fromEntries(all) };
  return {
    documentChanges: all.map(([uri, edits]) => ({
      textDocument: { uri, version: house.open.get(uri)?.version ?? null },
      edits,
    })),
  };
}

function refusal(message: string): ResponseError<void> {
  return new ResponseError<void>(LSPErrorCodes.RequestFailed, message);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length > largest || bytes[0] === 0x1f ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  }
}
