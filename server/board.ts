/** Which document says what about which file; a file's report is all that is said about it. */
import { createHash } from "node:crypto";
import type { Diagnostic } from "vscode-languageserver";
import type { Finding } from "#protocol/analysis.ts";
import type { House } from "./features/feature.ts";
import { keyOf, uriOf } from "./files.ts";
import { toDiagnostics } from "./toLsp.ts";

/** The diagnostics of a file. Equal ones have the same id, also after the server was started anew. */
export interface Report {
  readonly resultId: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Board {
  /** Replaces what one document says, about itself and about files beside it. Gives the keys of the files concerned. */
  post(owner: string, findings: readonly Finding[]): ReadonlySet<string>;
  report(key: string): Report;
  findings(key: string): readonly Finding[];
  /** The files that something is said about. */
  keys(): ReadonlySet<string>;
}

export function createBoard(house: House): Board {
  const sheets = new Map<string, ReadonlyMap<string, readonly Finding[]>>();
  const style = { ...house.client, related: house.client.relatedInformation, uriOf: house.uriOf };

  const findings = (key: string): readonly Finding[] =>
    [...sheets.values()].flatMap((sheet) => sheet.get(key) ?? []);

  return {
    post(owner, said) {
      const key = keyOf(owner);
      const before = sheets.get(key)?.keys() ?? [];
      const sheet = byFile(said);
      if (sheet.size === 0) sheets.delete(key);
      else sheets.set(key, sheet);
      return new Set([...before, ...sheet.keys()]);
    },
    findings,
    report(key) {
      const diagnostics = toDiagnostics(findings(key), style);
      const resultId = createHash("sha1")
        .update(JSON.stringify(diagnostics))
        .digest("base64url")
        .slice(0, 12);
      return { resultId, diagnostics };
    },
    keys: () => new Set([...sheets.values()].flatMap((sheet) => [...sheet.keys()])),
  };
}

function byFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const sheet = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(uriOf(finding.file));
    sheet.set(key, [...(sheet.get(key) ?? []), finding]);
  }
  return sheet;
}
