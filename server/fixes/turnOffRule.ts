/** Takes a finding back: on its line, for its file, in the project, or as one that is accepted. */

import { basename, dirname } from "node:path";
import { type CodeAction, CodeActionKind } from "vscode-languageserver";
import { baselineText, parseBaseline } from "#engine/project/baseline.ts";
import { setSetting } from "#engine/project/edit.ts";
import { relativeName } from "#engine/project/rules.ts";
import { minimalEdits } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { keyOf, pathOf } from "../files.ts";
import { findingsOfManifest, findingsOfProject } from "../shownFindings.ts";
import { toRange } from "../toLsp.ts";
import type { Fix, FixQuestion } from "./fix.ts";
import { asWorkspaceEdit, nameOf } from "./projectEdits.ts";

/** Files in which a comment can stand beside what it is about. */
const withComments = /\.(ya?ml|py)$/i;

export const turnOffRule: Fix = {
  id: "turn-off-rule",
  async actions(question) {
    // What makes the file unreadable cannot be written about in it.
    if (question.code === "config/syntax") return [];
    return [...onLine(question), ...(await inProject(question)), ...(await accepted(question))];
  },
};

function onLine({ uri, code, diagnostic, house }: FixQuestion): CodeAction[] {
  const document = house.open.get(uri);
  if (!document || !withComments.test(uri)) return [];
  const { line } = diagnostic.range.start;
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const end = { line, character: text.replace(/\s+$/, "").length };
  const edits = [{ range: { start: end, end }, newText: ` # equipoise-ignore ${code}` }];
  const edit = house.client.documentChanges
    ? { documentChanges: [{ textDocument: { uri, version: document.version }, edits }] }
    : { changes: { [uri]: edits } };
  return [
    { title: t`Ignore ${code} on this line`, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit },
  ];
}

async function inProject({ uri, code, diagnostic, project, house }: FixQuestion): Promise<CodeAction[]> {
  const file = pathOf(uri);
  if (file === undefined) return [];
  const { path, present } = project
    ? { path: project.path, present: project }
    : await house.projects.target(file);
  const action = (title: string, keys: readonly [string, ...string[]]): CodeAction[] => {
    const change = setSetting(present?.text ?? "", keys, "off");
    const edit = asWorkspaceEdit(path, present?.text, change, house);
    return edit ? [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit }] : [];
  };
  const name = relativeName(dirname(path), file);
  return [
    ...(path === file ? [] : action(t`Turn off ${code} for this file`, ["files", name, code])),
    ...action(t`Turn off ${code} in ${nameOf(path, house)}`, ["rules", code]),
  ];
}

async function accepted({
  uri,
  code,
  diagnostic,
  manifest,
  project,
  house,
}: FixQuestion): Promise<CodeAction[]> {
  const file = pathOf(uri);
  if (file === undefined) return [];
  const own = project && keyOf(uri) === keyOf(project.uri);
  const findings = own
    ? await findingsOfProject(project, house)
    : manifest
      ? await findingsOfManifest(manifest, house)
      : [];
  const { start } = diagnostic.range;
  const finding = findings.find((one) => {
    const range = toRange(one).start;
    return one.code === code && range.line === start.line && range.character === start.character;
  });
  if (!finding) return [];
  const { path, text } = await house.projects.baselineTarget(file);
  const after = baselineText(path, [finding], text === undefined ? undefined : parseBaseline(path, text));
  const edits = minimalEdits(text ?? "", [{ start: 0, end: text?.length ?? 0, newText: after }]);
  const edit = asWorkspaceEdit(path, text, { text: after, edits }, house);
  const title = t`Accept this finding in ${basename(path)}`;
  return edit ? [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit }] : [];
}
