/** Analyses a path for the command line: with the project file beside it, and with progress. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { analyseFile } from "#engine/analysisCache.ts";
import { formatCount } from "#engine/statistics/format.ts";
import type { Analysis, Basis, Objective } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { Project } from "#protocol/project.ts";
import { choice, type Surroundings } from "./command.ts";
import { bar, statusLine } from "./terminal.ts";

export interface AnalysisOptions {
  readonly basis?: Basis;
  readonly objective?: Objective;
}

/** What every command that analyses takes. */
export const analysisOptions = { basis: { type: "string" }, objective: { type: "string" } } as const;

export const analysisHelp: readonly string[] = [
  "--basis BASIS        count images, instances or pixels",
  "--objective NAME     balanced (default) or natural: what the test distribution is",
];

/** Throws `settings/invalid` for another basis or objective. */
export function parseAnalysisOptions(values: {
  readonly basis?: string | undefined;
  readonly objective?: string | undefined;
}): AnalysisOptions {
  const basis = choice("basis", values.basis, ["images", "instances", "pixels"]);
  const objective = choice("objective", values.objective, ["balanced", "natural"]);
  return { ...(basis ? { basis } : {}), ...(objective ? { objective } : {}) };
}

/** The analysis, or undefined where the file is no manifest. Throws `settings/invalid` for a basis that it does not have. */
export async function analysePath(
  path: string,
  options: AnalysisOptions,
  surroundings: Surroundings,
): Promise<Analysis | undefined> {
  const analysis = await analysed(path, options, surroundings);
  requireBasis(path, options.basis, analysis);
  return analysis;
}

/** Throws `settings/invalid` where nothing of a manifest can be counted as asked. */
function requireBasis(path: string, basis: Basis | undefined, analysis: Analysis | undefined): void {
  const known = new Set(analysis?.views.flatMap(({ bases }) => bases));
  if (basis === undefined || known.size === 0 || known.has(basis)) return;
  const ways = [...known].join(" or ");
  throw new EquipoiseError("settings/invalid", `--basis ${basis}: ${basename(path)} counts ${ways}.`);
}

async function analysed(
  path: string,
  options: AnalysisOptions,
  { terminal, signal }: Surroundings,
): Promise<Analysis | undefined> {
  const project = await projectBeside(path);
  const line = statusLine(terminal, process.stderr);
  try {
    return await analyseFile(resolve(path), {
      ...options,
      asked: true,
      ...(project ? { project } : {}),
      signal,
      ...(terminal.interactive && {
        progress: (read, total, unit) => {
          const share = total > 0 ? read / total : 0;
          const amount =
            unit === "files"
              ? `${formatCount(read)} of ${formatCount(total)} files`
              : `${(read / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
          line.show(`Reading ${basename(path)}  ${bar(terminal, share, 28)}  ${amount}`);
        },
      }),
    });
  } finally {
    line.clear();
  }
}

/** Where the loss is written: the nearest equipoise.yaml at or above the manifest, else one beside it. */
export async function projectFile(path: string): Promise<{ readonly file: string; readonly text?: string }> {
  const start = await folderOf(path);
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, "equipoise.yaml");
    // A look first: an error for each folder above takes ten times as long.
    const text = existsSync(file) ? await readFile(file, "utf8").catch(() => undefined) : undefined;
    if (text !== undefined) return { file, text };
    if (dirname(folder) === folder) return { file: join(start, "equipoise.yaml") };
  }
}

/** The folder that a path is, or else lies in. */
async function folderOf(path: string): Promise<string> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return folder ? resolve(path) : dirname(resolve(path));
}

async function projectBeside(path: string): Promise<Project | undefined> {
  const { file, text } = await projectFile(path);
  if (text === undefined) return undefined;
  // The YAML library is loaded where there is something for it.
  const { parseProject, rulesFor } = await import("#engine/project/project.ts");
  const { project } = parseProject(text);
  return project && { ...project, rules: rulesFor(project, file, resolve(path)) };
}
