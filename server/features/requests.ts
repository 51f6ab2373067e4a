/** The requests of `protocol/language.ts`: analysis on demand, manifests of the workspace, loss as edit and as code. */

import { basename } from "node:path";
import { LSPErrorCodes, ResponseError, type WorkspaceEdit } from "vscode-languageserver";
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import {
  type AnalyseParams,
  type AnalyseResult,
  analyseRequest,
  type InsertLossParams,
  insertLossRequest,
  type LossCodeParams,
  lossCodeRequest,
  type ManifestsResult,
  manifestsRequest,
  type SamplerCodeParams,
  samplerCodeRequest,
} from "#protocol/language.ts";
import { pathOf } from "../files.ts";
import { insertionFor } from "../fixes/projectEdits.ts";
import { withProgress } from "../progress.ts";
import { countsOf, mainView } from "../viewFacts.ts";
import { manifestsIn } from "../workspaceManifests.ts";
import type { Feature, House } from "./feature.ts";

export const requests: Feature = {
  capabilities: {},
  register(connection, house) {
    connection.onRequest(
      analyseRequest,
      house.answer<AnalyseParams, AnalyseResult>(null, async ({ uri, basis, asked }, signal) => {
        const options = { signal, again: true, keep: true, ...(basis && { basis }), ...(asked && { asked }) };
        const known = await house.documents.known(uri, options);
        return known?.analysis ?? null;
      }),
    );
    connection.onRequest(
      manifestsRequest,
      house.answer<unknown, ManifestsResult>([], (_, signal) =>
        withProgress(t`Looking for manifests`, { connection, house, signal }, (reporter) =>
          manifestsIn(house, reporter.signal, reporter.report),
        ),
      ),
    );
    connection.onRequest<WorkspaceEdit | null, void>(
      insertLossRequest,
      house.answer<InsertLossParams, WorkspaceEdit | null | Refusal>(null, (params) =>
        orReason(() => insertion(params, house)),
      ),
    );
    connection.onRequest<string | null, void>(
      lossCodeRequest,
      house.answer<LossCodeParams, string | null | Refusal>(null, (params) =>
        orReason(() => lossCode(params, house)),
      ),
    );
    connection.onRequest<string | null, void>(
      samplerCodeRequest,
      house.answer<SamplerCodeParams, string | null | Refusal>(null, (params) =>
        orReason(() => samplerCode(params, house)),
      ),
    );
  },
};

export type Refusal = ResponseError<void>;

async function insertion(
  { manifest, choice, evidence }: InsertLossParams,
  house: House,
): Promise<WorkspaceEdit | null> {
  const known = await house.documents.known(manifest);
  const inserted = known && (await insertionFor(known, choice, house, evidence));
  if (!inserted) throw unreadable(manifest);
  return inserted.edit ?? null;
}

async function lossCode({ manifest, choice, target }: LossCodeParams, house: House): Promise<string> {
  const { names, counts } = await classesOf(manifest, house);
  const { lossAsCode } = await import("#engine/targets/sources.ts");
  return lossAsCode(target, withFinalWeights(choice), names, counts);
}

async function samplerCode({ manifest, sampler, target }: SamplerCodeParams, house: House): Promise<string> {
  const { names, counts } = await classesOf(manifest, house);
  const { samplerAsCode } = await import("#engine/targets/sources.ts");
  return samplerAsCode(target, sampler, names, counts);
}

/** What training sees of a manifest. Throws `data/unreadable` where that cannot be read. */
async function classesOf(
  manifest: string,
  house: House,
): Promise<{ readonly names: readonly string[]; readonly counts: readonly number[] }> {
  const known = await house.documents.known(manifest);
  const view = mainView(known?.analysis);
  if (!view) throw unreadable(manifest);
  return { names: view.classes.map(({ name }) => name), counts: countsOf(view) };
}

export function unreadable(manifest: string): EquipoiseError {
  const name = basename(pathOf(manifest) ?? manifest);
  return new EquipoiseError("data/unreadable", t`${name} could not be read as a manifest. See its findings.`);
}

/** The answer, or the reason for none as the client shall show it: somebody pressed a button and waits. */
export async function orReason<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof EquipoiseError)) throw problem;
    return new ResponseError<void>(LSPErrorCodes.RequestFailed, problem.message);
  }
}
