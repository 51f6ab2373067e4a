/** Findings to diagnostics and places to ranges. */

import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Range,
} from "vscode-languageserver";
import { formatCount } from "#engine/statistics/format.ts";
import type { Finding, FindingCode, Place, Severity } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { uriOf } from "./files.ts";

/** What diagnostics may carry for this client, and where its documentation lies. */
export interface DiagnosticStyle {
  /** Address of docs/findings.md; without it a code has no link. */
  readonly documentation?: string;
  readonly related: boolean;
  /** The URI by which the client knows a file; editors escape paths in their own ways. */
  readonly uriOf?: (path: string) => string;
}

/** Diagnostics of one file at most; the last one then counts the rest. */
export const mostDiagnostics = 20;

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** The range of a place: lines and columns from 0 instead of 1. */
export function toRange(place: Place): Range {
  return {
    start: { line: place.line - 1, character: place.column - 1 },
    end: { line: place.endLine - 1, character: place.endColumn - 1 },
  };
}

/** Diagnostics of a file, at most {@link mostDiagnostics}, worst first. */
export function toDiagnostics(findings: readonly Finding[], style: DiagnosticStyle): Diagnostic[] {
  return calm(findings).map((finding) => toDiagnostic(finding, style));
}

function toDiagnostic(finding: Finding, style: DiagnosticStyle): Diagnostic {
  const related = style.related ? (finding.related ?? []).map(toRelated(style)) : [];
  return {
    range: toRange(finding),
    severity: severities[finding.severity],
    source: "Equipoise",
    code: finding.code,
    message: finding.message,
    ...(style.documentation && {
      codeDescription: { href: `${style.documentation}#${anchorOf(finding.code)}` },
    }),
    ...(related.length > 0 && { relatedInformation: related }),
  };
}

function toRelated(style: DiagnosticStyle) {
  return (
    place: Place & { readonly file: string; readonly message: string },
  ): DiagnosticRelatedInformation => ({
    location: { uri: (style.uriOf ?? uriOf)(place.file), range: toRange(place) },
    message: place.message,
  });
}

/** The heading of a code in docs/findings.md as Markdown viewers address it. */
export function anchorOf(code: FindingCode): string {
  return code.replace("/", "");
}

const order: readonly Severity[] = ["error", "warning", "information", "hint"];

/** The worst findings first; where there are too many, the last one kept says how many more there are. */
function calm(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const last = sorted[mostDiagnostics - 1];
  if (sorted.length <= mostDiagnostics || !last) return sorted;
  const rest = sorted.length - mostDiagnostics + 1;
  const summary = { ...last, message: t`${formatCount(rest)} further findings. Show all in the panel.` };
  return [...sorted.slice(0, mostDiagnostics - 1), summary];
}
