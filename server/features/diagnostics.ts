/** Findings as diagnostics: for open manifests, for files that were asked for, and for equipoise.yaml. */

import {
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticReport,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceDiagnosticReport,
} from "vscode-languageserver";
import type { Finding } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { createBoard } from "../board.ts";
import { createDelivery } from "../delivery.ts";
import { keyOf } from "../files.ts";
import { createSpeakers } from "../speakers.ts";
import { manifestsIn } from "../workspaceManifests.ts";
import type { Feature } from "./feature.ts";

export const diagnostics: Feature = {
  capabilities: ({ pullDiagnostics, diagnosticRefresh }) =>
    pullDiagnostics
      ? {
          diagnosticProvider: {
            identifier: "equipoise",
            // Where we can say ourselves that others have changed, the client need not look after each keystroke.
            interFileDependencies: !diagnosticRefresh,
            workspaceDiagnostics: true,
          },
        }
      : {},
  register(connection, house) {
    const board = createBoard(house);
    const delivery = createDelivery(connection, house, board);
    const post = (owner: string, findings: readonly Finding[]): void =>
      delivery.tell(board.post(owner, findings));
    const speakers = createSpeakers(house, post);
    const guarded = (work: Promise<void>): void => void work.catch(house.log);
    house.news.started.add(speakers.reading);
    house.news.finished.add((known) =>
      guarded(
        speakers
          .manifest(known)
          .then(() => speakers.projectsOf(known))
          .then(speakers.configs),
      ),
    );
    house.news.project.add((uri, file) => guarded(speakers.project(uri, file).then(speakers.all)));
    house.news.accepted.add(() => guarded(speakers.all()));
    house.news.settings.add(() => guarded(speakers.all()));
    house.news.disk.add((path) => guarded(speakers.disk(path)));
    house.news.gone.add(speakers.gone);
    // Opening is a change too. What is typed is looked at when the typing ends.
    house.open.onDidChangeContent(({ document: { uri } }) =>
      guarded(house.settled(uri, new AbortController().signal).then(() => speakers.config(uri))),
    );
    house.open.onDidClose(({ document: { uri } }) => guarded(speakers.config(uri)));
    house.open.onDidOpen(({ document }) => delivery.moved(document.uri));
    house.open.onDidClose(({ document }) => delivery.moved(document.uri));
    if (!house.client.pullDiagnostics) return;

    connection.languages.diagnostics.on(
      house.answer<{ textDocument: { uri: string }; previousResultId?: string }, Answer>(
        noAnswer,
        async ({ textDocument: { uri }, previousResultId }, signal) => {
          await house.settled(uri, signal);
          await speakers.ask(uri, signal);
          const report = board.report(keyOf(uri));
          delivery.answered(uri, report);
          const { resultId, diagnostics } = report;
          if (resultId === previousResultId) return { kind: "unchanged", resultId };
          return { kind: "full", resultId, items: [...diagnostics] };
        },
      ),
    );
    connection.languages.diagnostics.onWorkspace(
      house.answer<{ previousResultIds: readonly { uri: string; value: string }[] }, WorkspaceAnswer>(
        noAnswer,
        async ({ previousResultIds }, signal) => {
          if (house.settings().scope === "workspace") {
            await manifestsIn(house, signal);
            await speakers.all();
          }
          return delivery.workspace(previousResultIds, signal);
        },
      ),
    );
  },
};

type Answer = DocumentDiagnosticReport | ResponseError<DiagnosticServerCancellationData>;
type WorkspaceAnswer = WorkspaceDiagnosticReport | ResponseError<DiagnosticServerCancellationData>;

/** Leaves the client what it has: an empty report would say that nothing is wrong. */
const noAnswer = new ResponseError<DiagnosticServerCancellationData>(
  LSPErrorCodes.ServerCancelled,
  t`The question was overtaken.`,
  {
    retriggerRequest: false,
  },
);
