/** The one comment line that says which counts a loss was chosen for. */
import { losses } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { countsTrace, fnv } from "./countsTrace.ts";
import type { TextRange } from "./finding.ts";

/** A class as the hash sees it. */
export interface CountedName {
  readonly name: string;
  readonly count: number;
}

/** What an inserted loss was made from. */
export interface Provenance {
  /** The manifest as the project file names it. */
  readonly manifest: string;
  /** In training order. */
  readonly classes: readonly CountedName[];
  /** ISO date, such as "2026-11-21". */
  readonly date: string;
  /** What was measured for it, such as "measured 71.8 % balanced accuracy"; one line. */
  readonly evidence?: string;
}

/** A provenance comment found in a text. */
export interface ProvenanceComment {
  readonly range: TextRange;
  readonly manifest: string;
  readonly hash: string;
  /** What it remembers of the counts; empty in comments of versions before 0.2. */
  readonly trace: string;
  /** Everything but the date and what is remembered of the counts, which alone are no reason to rewrite it. */
  readonly statement: string;
}

const pattern =
  /(?:#|\/\/)[ \t]*(Equipoise: counts of (.+?) \(([0-9a-f]{8})(?:: ([^)\r\n]*))?\)(?:, [^\r\n]*?)??)(?:, (\d{4}-\d\d-\d\d))?[ \t]*(?=\r?\n|$)/;

/** The comment without its `# `: manifest, hash and memory of the counts, what the weights are scaled to, date. */
export function provenanceText(provenance: Provenance, choice: LossChoice): string {
  return worded(provenance, remarkOf(provenance, choice)).text;
}

/** A comment with a remark of its own after the hash: its text, and its statement. */
export function provenanceLine(provenance: Provenance, remark: string): ProvenanceLine {
  return worded(provenance, `, ${plain(remark)}`);
}

export type ProvenanceLine = Pick<ProvenanceComment, "statement"> & { readonly text: string };

/** The comment without its date and its memory of the counts. */
export function provenanceStatement(provenance: Provenance, choice: LossChoice): string {
  return worded(provenance, remarkOf(provenance, choice)).statement;
}

function remarkOf({ evidence }: Provenance, { loss }: LossChoice): string {
  const weighted = losses[loss].parameters.some(({ name }) => name === "beta");
  const measured = evidence === undefined ? "" : `, ${plain(evidence)}`;
  return `${weighted ? ", weights scaled to mean 1" : ""}${measured}`;
}

function worded({ manifest, classes, date }: Provenance, rest: string): ProvenanceLine {
  const counts = `Equipoise: counts of ${plain(manifest)}`;
  return {
    text: `${counts} ${countsText(classes)}${rest}, ${date}`,
    statement: `${counts} (${countsHash(classes)})${rest}`,
  };
}

/** A line break in a path or name would end the comment. */
function plain(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}

/** The provenance comment of a text that starts its search at an offset; undefined where there is none. */
export function findProvenance(text: string, from = 0): ProvenanceComment | undefined {
  const match = pattern.exec(text.slice(from));
  if (!match) return undefined;
  const [whole, written = "", manifest = "", hash = "", trace = ""] = match;
  const statement = trace === "" ? written : written.replace(`: ${trace})`, ")");
  const start = from + match.index;
  return { range: { start, end: start + whole.trimEnd().length }, manifest, hash, trace, statement };
}

/** Eight hex digits that change when a name, a count or the order changes. */
export function countsHash(classes: readonly CountedName[]): string {
  return fnv(classes.map(({ name, count }) => `${name}\t${count}\n`).join(""))
    .toString(16)
    .padStart(8, "0");
}

/** The hash with what is remembered of the counts, as it stands in a comment: "(1a2b3c4d: 5000 200 10)". */
export function countsText(classes: readonly CountedName[]): string {
  return `(${countsHash(classes)}: ${countsTrace(classes)})`;
}
