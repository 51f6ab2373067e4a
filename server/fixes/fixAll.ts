/** Makes every safe change in a document at once: those that are the single answer to a finding, and stay in the file. */

import { type CodeAction, CodeActionKind, type TextEdit, type WorkspaceEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parseProject } from "#engine/project/parse.ts";
import { minimalEdits } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import type { House } from "../features/feature.ts";
import { keyOf } from "../files.ts";
import { manifestOf, type ProjectFile } from "../projects.ts";
import { isFindingCode } from "../settings.ts";
import { findingsOfProject } from "../shownFindings.ts";
import { toDiagnostics } from "../toLsp.ts";
import type { Fix } from "./fix.ts";
import { projectEdit } from "./projectEdits.ts";

/** The kind by which editors ask for it, also on save. */
export const fixAllKind: string = `${CodeActionKind.SourceFixAll}.equipoise`;

/** One change can bring up the next, as a corrected loss has its parameters checked. */
const mostRounds = 20;

/** The one action that mends an equipoise.yaml; undefined where there is nothing to mend. */
export async function fixAll(
  file: ProjectFile,
  fixes: readonly Fix[],
  house: House,
  signal: AbortSignal,
): Promise<CodeAction | undefined> {
  let text = file.text;
  for (let round = 0; round < mostRounds; round++) {
    signal.throwIfAborted();
    const next = await mended({ ...file, text, ...parseProject(text) }, fixes, house, signal);
    if (next === text) break;
    text = next;
  }
  const edits = minimalEdits(file.text, [{ start: 0, end: file.text.length, newText: text }]);
  const edit = text === file.text ? undefined : projectEdit(file, { text, edits }, house);
  return edit && { title: t`Mend everything that has one answer`, kind: fixAllKind, edit };
}

async function mended(
  file: ProjectFile,
  fixes: readonly Fix[],
  real: House,
  signal: AbortSignal,
): Promise<string> {
  const house = withFile(real, file);
  const path = manifestOf(file);
  const manifest =
    path === undefined ? undefined : await house.documents.known(house.uriOf(path), { signal });
  const findings = await findingsOfProject(file, house);
  const diagnostics = toDiagnostics(findings, { related: false });
  const chosen: TextEdit[] = [];
  for (const diagnostic of diagnostics) {
    const { code } = diagnostic;
    if (!isFindingCode(code)) continue;
    const question = { uri: file.uri, code, diagnostic, manifest, project: file, house };
    for (const fix of fixes) {
      if (fix.codes && !fix.codes.includes(code)) continue;
      const preferred = (await fix.actions(question)).find(({ isPreferred }) => isPreferred);
      const edits = preferred?.edit && editsWithin(preferred.edit, file.uri);
      if (edits?.every((edit) => chosen.every((other) => isApart(edit, other)))) chosen.push(...edits);
    }
  }
  return TextDocument.applyEdits(TextDocument.create(file.uri, "", 0, file.text), chosen);
}

/** The house as it would be with another text in the file. */
function withFile(house: House, file: ProjectFile): House {
  const instead = (found: ProjectFile | undefined): ProjectFile | undefined =>
    found?.path === file.path ? file : found;
  const { projects } = house;
  return {
    ...house,
    projects: {
      ...projects,
      read: async (path) => instead(await projects.read(path)),
      readUri: async (uri) => instead(await projects.readUri(uri)),
      of: async (manifest) => instead(await projects.of(manifest)),
      async target(manifest) {
        const target = await projects.target(manifest);
        return target.path === file.path ? { path: file.path, present: file } : target;
      },
    },
  };
}

/** The edits of a change that stays in one document; undefined where it reaches beyond. */
function editsWithin({ changes, documentChanges }: WorkspaceEdit, uri: string): TextEdit[] | undefined {
  const all = [
    ...Object.entries(changes ?? {}),
    ...(documentChanges ?? []).map((change) =>
      "textDocument" in change ? ([change.textDocument.uri, change.edits] as const) : (["", []] as const),
    ),
  ];
  const [first, ...others] = all;
  if (!first || others.length > 0 || keyOf(first[0]) !== keyOf(uri)) return undefined;
  return first[1].filter((edit): edit is TextEdit => "newText" in edit);
}

function isApart({ range: a }: TextEdit, { range: b }: TextEdit): boolean {
  const before = (x: typeof a, y: typeof a): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return before(a, b) || before(b, a);
}
