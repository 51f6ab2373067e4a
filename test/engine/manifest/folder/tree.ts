/** Data sets on disk for tests, and what is told about them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type AnalysisOptions, analyse } from "#engine/analysis.ts";
import { fileSource } from "#engine/manifest/source.ts";
import type { Analysis, FindingCode } from "#protocol/analysis.ts";

/** A new folder with these files, removed when the test has finished. */
export function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "equipoise-folder-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** The analysis of a file or folder of the tree that a person named. */
export async function inspected(path: string, options: AnalysisOptions = {}): Promise<Analysis> {
  const analysis = await analyse(fileSource(path), { asked: true, ...options });
  if (!analysis) throw new Error(`${path} was not recognised`);
  return analysis;
}

/** Class names with counts, by view. */
export function countsByView({ views }: Analysis): Record<string, Record<string, number>> {
  return Object.fromEntries(
    views.map(({ name, classes }) => [
      name,
      Object.fromEntries(classes.map(({ name: called, count }) => [called, count])),
    ]),
  );
}

/** Findings with a code, as `file:line message`. */
export function told({ findings }: Analysis, code: FindingCode): string[] {
  return findings
    .filter((finding) => finding.code === code)
    .map(({ file, line, message }) => `${file}:${line} ${message}`);
}
