/** `equipoise inspect`: counts, statistics, findings and advice of one manifest. */
import { readFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { baselineText, parseBaseline, withoutAccepted } from "#engine/project/baseline.ts";
import { formatAmount, formatCount, formatFactor } from "#engine/statistics/format.ts";
import type { Analysis, Finding, FoundDataset, Severity, View } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses } from "#protocol/losses.ts";
import { analysePath, analysisHelp, analysisOptions, parseAnalysisOptions } from "../analysis.ts";
import { type Command, choice, type ExitCode, onlyPath, parseCommand } from "../command.ts";
import { writeOutput } from "../files.ts";
import { sarif } from "../sarif.ts";
import { type Style, sparkline, styled, type Terminal } from "../terminal.ts";
import { settingsText } from "./recommend.ts";

const severities = ["error", "warning", "information", "hint"] as const satisfies readonly Severity[];

export const inspect: Command = {
  name: "inspect",
  usage: "inspect PATH",
  summary:
    "Counts the classes of a manifest, or of the data set in a folder, and says what is wrong and which loss would help.",
  options: [
    "--json               print one JSON object",
    "--sarif              print the findings as SARIF 2.1.0",
    ...analysisHelp,
    "--baseline FILE      leave out the findings that this file accepts",
    "--write-baseline FILE  accept what is found from now on, beside what the file accepts already",
    "--fail-on SEVERITY   exit with 1 from this severity on: error (default), warning, information, hint, never",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand("inspect", args, {
      json: { type: "boolean" },
      sarif: { type: "boolean" },
      ...analysisOptions,
      baseline: { type: "string" },
      "write-baseline": { type: "string" },
      "fail-on": { type: "string" },
    });
    const path = onlyPath(positionals, inspect.usage);
    const failOn = choice("fail-on", values["fail-on"], [...severities, "never"]) ?? "error";
    const options = parseAnalysisOptions(values);
    const analysis = (await analysePath(path, options, surroundings)) ?? noManifest(path);
    const { terminal } = surroundings;
    const written = values["write-baseline"];
    if (written !== undefined) await writeBaseline(written, findingsAt(path, analysis));
    const findings = await notAccepted(findingsAt(path, analysis), values.baseline ?? written);
    if (values.sarif) terminal.print(JSON.stringify(sarif(findings), null, 2));
    else if (values.json) terminal.print(JSON.stringify(withFindings(analysis, findings), null, 2));
    else printAnalysis(terminal, path, { ...analysis, findings });
    return exitCode({ ...analysis, findings }, failOn);
  },
};

/** What is printed for a file that no reader recognises. */
function noManifest(path: string): Analysis {
  const finding: Finding = {
    code: "manifest/no-labels",
    severity: "error",
    message:
      "No labels found: looked for a path list, a table with a label column, JSON or JSON Lines with labels " +
      "(COCO, LVIS, Label Studio, lists of samples), CVAT, a label map, label arrays, counts.",
    file: basename(path),
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
  };
  return { format: "unknown", views: [], findings: [finding] };
}

/** The findings with absolute paths; an analysis names files relative to the folder of the manifest. */
function findingsAt(path: string, { findings }: Analysis): Finding[] {
  return findings.map((finding) => ({ ...finding, file: resolve(dirname(path), finding.file) }));
}

/** The findings that a baseline does not accept. Throws `settings/invalid` where the file is none. */
async function notAccepted(findings: Finding[], file: string | undefined): Promise<readonly Finding[]> {
  if (file === undefined) return findings;
  const path = resolve(file);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new EquipoiseError(
      "settings/invalid",
      `There is no baseline at ${file}. Write one with --write-baseline ${file}.`,
    );
  return withoutAccepted(findings, parseBaseline(path, text));
}

async function writeBaseline(file: string, findings: readonly Finding[]): Promise<void> {
  const path = resolve(file);
  const text = await readFile(path, "utf8").catch(() => undefined);
  const present = text === undefined ? undefined : parseBaseline(path, text);
  const added = withoutAccepted(findings, present);
  await writeOutput(file, baselineText(path, added, present));
}

/** The analysis as it is printed, with the findings that are left. */
function withFindings(analysis: Analysis, left: readonly Finding[]): Analysis {
  const kept = new Set(
    left.map(({ code, line, column, message }) => JSON.stringify([code, line, column, message])),
  );
  const isKept = ({ code, line, column, message }: Finding): boolean =>
    kept.has(JSON.stringify([code, line, column, message]));
  return { ...analysis, findings: analysis.findings.filter(isKept) };
}

function exitCode(analysis: Analysis, failOn: Severity | "never"): ExitCode {
  if (analysis.views.length === 0) return 2;
  if (failOn === "never") return 0;
  const limit = severities.indexOf(failOn);
  return analysis.findings.some(({ severity }) => severities.indexOf(severity) <= limit) ? 1 : 0;
}

const severityStyles: Readonly<Record<Severity, Style>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "faint",
};

/** The data sets of a folder, where there are several or it is not plain which it is. */
function foundLines({ found = [] }: Analysis): string[] {
  const [used, ...others] = found;
  if (!used) return [];
  const shown = others.slice(0, mostListed).map((each) => `not read: ${foundText(each)}`);
  const more = others.length - shown.length;
  return [`read ${foundText(used)}`, ...shown, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])];
}

const mostListed = 8;

function foundText({ files, format, why }: FoundDataset): string {
  return `${files.join(", ")}: ${format}, ${why}`;
}

function printAnalysis(terminal: Terminal, path: string, analysis: Analysis): void {
  for (const line of foundLines(analysis)) terminal.print(styled(terminal, "faint", line));
  for (const view of analysis.views) {
    const split = view.split ? `, ${view.split}` : "";
    const name = styled(terminal, "bold", analysis.views.length > 1 ? `${path}: ${view.name}` : path);
    terminal.print(`${name}  ${analysis.format}${split}, counted by ${view.basis}`);
    for (const line of doubts(analysis)) terminal.print(`  ${styled(terminal, "faint", line)}`);
    for (const line of viewLines(terminal, view)) terminal.print(`  ${line}`);
  }
  if (analysis.views.length === 0) terminal.print(styled(terminal, "bold", path));
  for (const { code, severity, message, line, file } of analysis.findings) {
    const place = line > 1 ? `  ${relative(process.cwd(), file) || file}:${line}` : "";
    terminal.print(`  ${styled(terminal, severityStyles[severity], severity)} ${code}  ${message}${place}`);
  }
  const { recommendation } = analysis;
  if (recommendation) {
    const title = styled(terminal, "bold", losses[recommendation.loss].title) + settingsText(recommendation);
    terminal.print(`  advice  ${title}; equipoise recommend says why`);
  }
}

/** What the file was taken for where that is a guess, and what else it could be where a second reader is as sure. */
function doubts({ recognition = [] }: Analysis): string[] {
  const [used, ...others] = recognition;
  const rivals = others.filter(
    ({ evidence, format }) => evidence === used?.evidence && format !== used.format,
  );
  if (!used) return [];
  const taken = `read as ${used.format}, as ${used.why}`;
  const also = rivals.map(({ format, why }) => `${format} (${why})`).join(", ");
  if (rivals.length > 0) return [`${taken}; it could be ${also} too`];
  return used.evidence === "likely" ? [taken] : [];
}

function viewLines(terminal: Terminal, view: View): string[] {
  const counts = Float64Array.from(view.classes, ({ count }) => count);
  const sorted = [
    ...counts
      .filter((count) => count > 0)
      .sort()
      .reverse(),
  ];
  const [most = 0] = sorted;
  const least = sorted.at(-1) ?? 0;
  const labels = `${formatCount(view.labels)} ${view.basis}`;
  const several = view.basis === "images" ? "" : `, ${labels}`;
  const amount = view.labels === view.samples ? labels : `${formatCount(view.samples)} images${several}`;
  const factor =
    view.imbalanceFactor === null ? "no label" : `imbalance factor ${formatFactor(view.imbalanceFactor)}`;
  const { many, medium, few, empty } = view.groups;
  const lines = [
    `${amount}, ${formatAmount(view.classes.length, "classes")}, ${factor}, ` +
      `Gini ${view.gini.toFixed(3)}, entropy ${view.normalisedEntropy.toFixed(3)} of 1`,
    `many ${many}, medium ${medium}, few ${few}${empty > 0 ? `, empty ${empty}` : ""}`,
  ];
  if (view.frequencyGroups) {
    const { frequent, common, rare } = view.frequencyGroups;
    lines.push(`frequent ${frequent}, common ${common}, rare ${rare}`);
  }
  if (sorted.length > 1) {
    const scale = `log scale, ${formatCount(most)} to ${formatCount(least)}`;
    lines.push(`head ${sparkline(terminal, sorted, least, most)} tail   ${styled(terminal, "faint", scale)}`);
  }
  return lines;
}
