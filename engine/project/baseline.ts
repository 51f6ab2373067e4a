/** Findings that a project has accepted: they are shown no more, new ones are. */

import { dirname } from "node:path";
import type { Finding, FindingCode } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { relativeName } from "./rules.ts";

/** Lies beside equipoise.yaml, or at the top of the workspace. */
export const baselineName = "equipoise-baseline.json";

/** One accepted finding. Numbers may change and it stays the same; other classes make it another one. */
export interface Accepted {
  /** Relative to the folder of the baseline, `/` as separator. */
  readonly file: string;
  readonly code: FindingCode;
  /** The classes that it speaks about, else its text without numbers. */
  readonly about: string;
}

export interface Baseline {
  /** Absolute path of the baseline. */
  readonly path: string;
  readonly accepted: readonly Accepted[];
}

/** What a baseline holds. Throws `settings/invalid` for a text that is none. */
export function parseBaseline(path: string, text: string): Baseline {
  const document = parsed(text);
  if (document?.["format"] !== "equipoise-baseline" || document["version"] !== 1)
    throw new EquipoiseError(
      "settings/invalid",
      t`${path} is no baseline of this version. Write it anew with "equipoise inspect PATH --write-baseline FILE".`,
    );
  const accepted = Array.isArray(document["accepted"]) ? document["accepted"].filter(isAccepted) : [];
  return { path, accepted };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isAccepted(value: unknown): value is Accepted {
  return isRecord(value) && ["file", "code", "about"].every((name) => typeof value[name] === "string");
}

/** The findings that a baseline does not accept. Each entry accepts one finding; `file` of a finding is absolute. */
export function withoutAccepted(
  findings: readonly Finding[],
  baseline: Baseline | undefined,
): readonly Finding[] {
  if (!baseline) return findings;
  const left = new Map<string, number>();
  for (const one of baseline.accepted) left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + 1);
  return findings.filter((finding) => {
    const key = keyOf(acceptedOf(finding, baseline.path));
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** The text of a baseline that accepts these findings and, where it is given, what another one accepts. */
export function baselineText(path: string, findings: readonly Finding[], present?: Baseline): string {
  const added = findings.map((finding) => acceptedOf(finding, path));
  const accepted = [...(present?.accepted ?? []), ...added].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return `${JSON.stringify({ format: "equipoise-baseline", version: 1, accepted }, null, 2)}\n`;
}

function acceptedOf({ file, code, classes, message }: Finding, path: string): Accepted {
  const about = classes?.length ? classes.join(", ").slice(0, 400) : message.replace(/[\d.,]*\d/g, "#");
  return { file: relativeName(dirname(path), file), code, about };
}

function keyOf({ file, code, about }: Accepted): string {
  return JSON.stringify([file, code, about]);
}
