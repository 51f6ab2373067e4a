/** Mistakes of a data set, counted by kind, each kind one finding at its first place. */

import { basename } from "node:path";
import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { FindingCode, Place, Severity } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Observation, Span } from "./manifest.ts";

export interface MistakeKind {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Such as "3 boxes are empty or inverted". */
  tell(count: number): string;
  /** A sentence that stands last. */
  readonly advice?: string;
}

export class Mistakes {
  readonly #byKind = new Map<MistakeKind, { count: number; first: Span | undefined }>();

  note(kind: MistakeKind, span?: Span): void {
    const noted = this.#byKind.get(kind);
    if (noted) noted.count++;
    else this.#byKind.set(kind, { count: 1, first: span });
  }

  observations(): Observation[] {
    return [...this.#byKind].map(([kind, { count, first }]) => ({
      code: kind.code,
      severity: kind.severity,
      message: (place) => sentence(kind, count, first, place),
      ...(first ? { span: first } : {}),
    }));
  }
}

function sentence(kind: MistakeKind, count: number, first: Span | undefined, { line }: Place): string {
  const file = first?.file === undefined ? "" : t` in ${basename(first.file)},`;
  const where = first ? t`;${count === 1 ? "" : t` first`}${file} line ${fixed(line, 0)}` : "";
  return `${kind.tell(count)}${where}.${kind.advice ? ` ${kind.advice}` : ""}`;
}

export const repeatedBox: MistakeKind = {
  code: "sample/duplicate",
  severity: "warning",
  tell: (count) =>
    count === 1
      ? t`1 box stands twice in its image with the same label`
      : t`${formatCount(count)} boxes stand twice in their images with the same label`,
};
