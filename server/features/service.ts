/** What commands ask of the server as a whole: how it is, what all findings are, and that they be accepted. */
import type { WorkspaceEdit } from "vscode-languageserver";
import { baselineText, parseBaseline } from "#engine/project/baseline.ts";
import { minimalEdits } from "#engine/project/textEdits.ts";
import type { Finding } from "#protocol/analysis.ts";
import {
  acceptRequest,
  type FindingsResult,
  findingsRequest,
  type ServerStatus,
  statusRequest,
} from "#protocol/language.ts";
import { asWorkspaceEdit } from "../fixes/projectEdits.ts";
import { findingsOfManifest, findingsOfProject } from "../shownFindings.ts";
import type { Feature, House } from "./feature.ts";

export const service: Feature = {
  capabilities: {},
  register(connection, house) {
    connection.onRequest(
      statusRequest,
      house.answer<unknown, ServerStatus | null>(null, () => ({
        version: house.version,
        node: process.version,
        pid: process.pid,
        memory: process.memoryUsage().rss,
        seconds: Math.round(process.uptime()),
        open: house.open.all().length,
        known: house.documents.uris().length,
        diagnostics: house.client.pullDiagnostics ? "pulled" : "pushed",
      })),
    );
    connection.onRequest(
      findingsRequest,
      house.answer<unknown, FindingsResult>([], () => allFindings(house)),
    );
    connection.onRequest(
      acceptRequest,
      house.answer<unknown, WorkspaceEdit | null>(null, () => acceptance(house)),
    );
  },
};

/** The findings of all that is known: manifests, and the settings in force for them. */
async function allFindings(house: House): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const projects = new Set<string>();
  for (const uri of house.documents.uris()) {
    const known = house.documents.latest(uri);
    if (!known?.analysis) continue;
    found.push(...(await findingsOfManifest(known, house)));
    const file = await house.projects.of(known.path);
    if (!file || projects.has(file.path)) continue;
    projects.add(file.path);
    found.push(...(await findingsOfProject(file, house)));
  }
  return found;
}

/** One edit for the baselines of all workspace folders. */
async function acceptance(house: House): Promise<WorkspaceEdit | null> {
  const targets = new Map<string, { text: string | undefined; findings: Finding[] }>();
  for (const finding of await allFindings(house)) {
    const { path, text } = await house.projects.baselineTarget(finding.file);
    const target = targets.get(path) ?? { text, findings: [] };
    target.findings.push(finding);
    targets.set(path, target);
  }
  const changes: WorkspaceEdit[] = [...targets].flatMap(([path, { text, findings }]) => {
    const after = baselineText(path, findings, text === undefined ? undefined : parseBaseline(path, text));
    const edits = minimalEdits(text ?? "", [{ start: 0, end: text?.length ?? 0, newText: after }]);
    return asWorkspaceEdit(path, text, { text: after, edits }, house) ?? [];
  });
  if (changes.length === 0) return null;
  if (!house.client.documentChanges)
    return { changes: Object.assign({}, ...changes.map(({ changes: plain }) => plain)) };
  return { documentChanges: changes.flatMap(({ documentChanges }) => documentChanges ?? []) };
}
