/** Rows of files by number, for the viewer of manifests that no editor holds in memory. */

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { RowIndex } from "#engine/manifest/rows.ts";
import { t } from "#protocol/l10n.ts";
import { type RowsParams, type RowsResult, rowsRequest } from "#protocol/language.ts";
import { pathOf } from "../files.ts";
import { withProgress } from "../progress.ts";
import type { Feature } from "./feature.ts";

/** Rows that are answered at once at most. */
const mostRows = 500;
/** Indexes kept: those of the files looked at last. */
const mostIndexes = 4;

interface Indexed {
  readonly stamp: string;
  readonly found: Promise<RowIndex>;
}

export const rows: Feature = {
  capabilities: {},
  register(connection, house) {
    const indexes = new Map<string, Indexed>();

    async function indexOf(path: string, signal: AbortSignal): Promise<RowIndex> {
      const { size, mtimeMs } = await stat(path);
      const stamp = `${size}@${mtimeMs}`;
      const known = indexes.get(path);
      if (known?.stamp === stamp) return known.found;
      const found = withProgress(
        t`Numbering the rows of ${basename(path)}`,
        { connection, house, signal },
        (reporter) =>
          house.analyst.rows(path, {
            signal: reporter.signal,
            progress: (read, total) =>
              reporter.report(
                read / Math.max(1, total),
                t`${(read / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`,
              ),
          }),
      );
      indexes.delete(path);
      indexes.set(path, { stamp, found });
      for (const old of [...indexes.keys()].slice(0, -mostIndexes)) indexes.delete(old);
      found.catch(() => indexes.delete(path));
      return found;
    }

    connection.onRequest(
      rowsRequest,
      house.answer<RowsParams, RowsResult>(none(t`The rows could not be read.`), async (params, signal) => {
        const path = pathOf(params.uri);
        if (path === undefined) return none(t`This document is in no file.`);
        const index = await indexOf(path, signal).catch((problem: unknown) => {
          if (signal.aborted) throw problem;
          return none(reasonOf(problem));
        });
        if ("rows" in index) return index;
        const count = Math.max(0, Math.min(mostRows, Math.floor(params.count)));
        const { readRows } = await import("../manifestReading.ts");
        const found = await readRows(path, index, Math.floor(params.from), count);
        return { kind: index.kind, total: index.total, rows: found };
      }),
    );
  },
};

function none(problem: string): RowsResult {
  return { kind: "lines", total: 0, rows: [], problem };
}

function reasonOf(problem: unknown): string {
  const { name, code } = problem as { readonly name?: string; readonly code?: string };
  if (name === "AbortError") return t`Reading the rows was cancelled. Open the file again to go on.`;
  if (code === "ENOENT") return t`The file is gone.`;
  return t`The rows could not be read (${code ?? String(problem)}).`;
}
