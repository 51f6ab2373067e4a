/** Reads `equipoise.yaml`: settings, findings, and where each setting stands. */

import { type Document, LineCounter, parseDocument } from "yaml";
import { formatCount } from "#engine/statistics/format.ts";
import type { Place } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Project } from "#protocol/project.ts";
import { finding, type ProjectFinding, placeOf } from "./finding.ts";
import { unreadableReason } from "./limits.ts";
import { findProvenance, type ProvenanceComment } from "./provenance.ts";
import { projectField } from "./schema.ts";
import { readValue, type SettingPlace, type Walk } from "./validate.ts";

const mostFindings = 20;

export interface ParsedProject {
  /** The settings that could be read; absent where the file as a whole could not. */
  readonly project?: Project;
  readonly findings: readonly ProjectFinding[];
  /** Where settings stand, by path such as `loss.beta`. */
  readonly places: ReadonlyMap<string, SettingPlace>;
  /** Which counts the loss was chosen for, where the file says so. */
  readonly provenance?: ProvenanceComment & { readonly place: Place };
}

/** The settings of a project file, with findings for everything in it that is not understood. Never throws. */
export function parseProject(text: string): ParsedProject {
  const lines = new LineCounter();
  const places = new Map<string, SettingPlace>();
  const start = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const unreadable = unreadableReason(text);
  if (unreadable) return { findings: [finding("config/syntax", "error", start, unreadable)], places };
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
    // The library compares each key with all others; the walk notices repeated keys itself.
    uniqueKeys: false,
  });
  const findings = syntaxFindings(document, lines);
  const walk: Walk = { document, lines, findings, places, aliases: 0 };
  const project = document.contents ? readValue(walk, document.contents, projectField, []) : {};
  const comment = findProvenance(text);
  return {
    ...(project === undefined ? {} : { project: project as Project }),
    findings: few(findings),
    places,
    ...(comment ? { provenance: { ...comment, place: placeOf(lines, comment.range) } } : {}),
  };
}

function few(findings: readonly ProjectFinding[]): readonly ProjectFinding[] {
  const next = findings[mostFindings - 1];
  if (findings.length <= mostFindings || !next) return findings;
  const more = findings.length - mostFindings + 1;
  return [
    ...findings.slice(0, mostFindings - 1),
    { ...next, message: t`${formatCount(more)} further findings in this file.` },
  ];
}

function syntaxFindings(document: Document.Parsed, lines: LineCounter): ProjectFinding[] {
  return document.errors.map(({ message, pos: [start, end] }) => {
    const [first = ""] = message.split("\n");
    const place = placeOf(lines, { start, end: Math.max(end, start + 1) });
    return finding(
      "config/syntax",
      "error",
      place,
      t`Line ${place.line} is not valid YAML: ${plain(first)}.`,
    );
  });
}

function plain(message: string): string {
  return message.replace(/[.:\s]+$/, "").slice(0, 90);
}
