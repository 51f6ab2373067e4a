/** Labelled samples for training. */

import { basename } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { ManifestSource, Observation } from "./manifest.ts";
import { openManifest } from "./readManifest.ts";
import type { LabelledSamples } from "./sampleCollector.ts";

export type { LabelledSamples } from "./sampleCollector.ts";

/**
 * Samples with their classes, in the order of the file; classes as `readManifest` has them. Lines without a usable
 * label are left out. Throws `data/unreadable` where the file cannot be read or holds no such samples.
 */
export async function readLabelledSamples(
  source: ManifestSource,
  signal?: AbortSignal,
): Promise<LabelledSamples> {
  const name = basename(source.path);
  const opened = await openManifest(source, {
    asked: true,
    duplicates: false,
    ...(signal ? { signal } : {}),
  });
  if (opened === undefined) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${name} is not a label manifest. Name a list or table with labels.`,
    );
  }
  if ("observations" in opened) {
    throw new EquipoiseError("data/unreadable", told(opened.observations[0]) ?? t`${name} cannot be read.`);
  }
  const { candidates, input, failure } = opened;
  let samples: LabelledSamples | undefined;
  for (const { reader } of candidates) {
    samples = await reader.samples?.(input);
    if (samples && samples.labels.length > 0) break;
  }
  const failed = failure();
  if (failed) throw new EquipoiseError("data/unreadable", told(failed) ?? name);
  if (!samples || samples.labels.length === 0) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${name} has no samples with labels. Name a list of "path label" lines or a table with a label column.`,
    );
  }
  return samples;
}

function told(observation: Observation | undefined): string | undefined {
  const message = observation?.message;
  return typeof message === "function" ? message({ line: 1, column: 1, endLine: 1, endColumn: 1 }) : message;
}
