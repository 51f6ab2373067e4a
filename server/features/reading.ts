/** Progress of long scans, with a way to end them; and the news of each finished analysis. */

import { basename } from "node:path";
import type { Connection } from "vscode-languageserver";
import { formatCount, formatFactor } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import {
  type Analysed,
  analysedNotification,
  type ReadingProgress,
  readingNotification,
} from "#protocol/language.ts";
import type { Scan } from "../documents.ts";
import { pathOf } from "../files.ts";
import { longFile, patience } from "../progress.ts";
import type { Feature, House } from "./feature.ts";

/** Milliseconds between two reports. */
const pace = 100;

export const reading: Feature = {
  capabilities: {},
  register(connection, house) {
    house.news.started.add((scan) => void accompany(scan, connection, house).catch(house.log));
    const told = new Set<string>();
    house.news.finished.add(({ uri, analysis }) => {
      // Ordinary files are not worth a message, unless they were manifests before.
      if (!analysis && !told.has(uri)) return;
      if (analysis) told.add(uri);
      else told.delete(uri);
      const news: Analysed = { uri, analysis: analysis ?? null };
      void connection.sendNotification(analysedNotification, news).catch(house.log);
    });
    house.news.gone.add((uri) => told.delete(uri));
  },
};

async function accompany(scan: Scan, connection: Connection, house: House): Promise<void> {
  let latest: ReadingProgress = { uri: scan.uri, read: 0, total: 0 };
  let worthTelling: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    worthTelling = resolve;
  });
  scan.watch((read, total, unit, soFar) => {
    latest = { uri: scan.uri, read, total, ...(unit === "files" && { unit }), ...(soFar && { soFar }) };
    // What is counted in a file that takes longer is told as soon as there is something to tell.
    if (soFar && total >= longFile) worthTelling();
  });
  if (await endsWithin(scan, patience, told)) return;
  const reporter = house.client.workDoneProgress
    ? await connection.window.createWorkDoneProgress()
    : undefined;
  reporter?.begin(t`Reading ${basename(pathOf(scan.uri) ?? scan.uri)}`, 0, undefined, true);
  const cancelling = reporter?.token.onCancellationRequested(() => scan.cancel());
  try {
    for (;;) {
      reporter?.report(percentOf(latest), amountOf(latest));
      await connection.sendNotification(readingNotification, latest);
      if (await endsWithin(scan, pace)) break;
    }
    const done = { ...latest, read: latest.total };
    await connection.sendNotification(readingNotification, done);
  } finally {
    cancelling?.dispose();
    reporter?.done();
  }
}

/** False after that time, or as soon as there is something to tell. */
function endsWithin(scan: Scan, milliseconds: number, told?: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    void told?.then(() => {
      clearTimeout(timer);
      resolve(false);
    });
    const end = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    scan.done.then(end, end);
  });
}

function percentOf({ read, total }: ReadingProgress): number {
  return total > 0 ? Math.min(100, Math.floor((100 * read) / total)) : 0;
}

function amountOf({ read, total, unit, soFar }: ReadingProgress): string {
  if (unit === "files") return t`${formatCount(read)} of ${formatCount(total)} files`;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  if (soFar)
    return t`${megabytes(read)} of ${megabytes(total)} MB; so far ${formatCount(soFar.classes)} classes, imbalance factor ${formatFactor(soFar.imbalance)}`;
  return t`${megabytes(read)} of ${megabytes(total)} MB`;
}
