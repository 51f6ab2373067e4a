/** What a trap is: a setting that a framework accepts and that does not do what it says, or a number that cannot be right. */
import type { CountedName } from "#engine/project/provenance.ts";
import type { YamlDocument } from "#engine/project/yamlDocument.ts";
import type { FindingCode, Severity } from "#protocol/analysis.ts";
import type { Installed } from "../installed.ts";
import type { ParsedText, SyntaxNode } from "../syntax/python.ts";
import type { Setting } from "../syntax/pythonSettings.ts";
import type { Target } from "../target.ts";

/** A configuration as traps look at it; what does not apply to its language is undefined. */
export interface TrapInput {
  readonly path: string;
  readonly text: string;
  /** Whose configuration it is; undefined for files that are only checked. */
  readonly target: Target | undefined;
  /** Absent too where the text has a syntax error. */
  readonly python?: ParsedText;
  readonly settings?: readonly Setting[];
  readonly javascript?: ParsedText;
  readonly yaml?: YamlDocument;
  /** The classes of the manifest behind it, in training order. */
  readonly classes?: readonly CountedName[];
  /** That manifest, as a comment in the file would name it. */
  readonly manifest?: string;
  /** The framework that training will use, where that is known. */
  readonly installed?: Installed;
  /** Whether a path that the file names exists, tried from its folder and those above. */
  exists?(path: string): boolean;
}

export interface TrapFinding {
  /** Range in the text, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly severity: Severity;
  readonly message: string;
  /** The one right edit, where there is one. */
  readonly fix?: {
    readonly title: string;
    readonly start: number;
    readonly end: number;
    readonly newText: string;
  };
}

export interface Trap {
  readonly code: FindingCode;
  /** Ids of the targets whose files it looks at. */
  readonly targets: readonly string[];
  run(input: TrapInput): readonly TrapFinding[];
}

/** A finding at a node. */
export function at(
  node: Pick<SyntaxNode, "start" | "end">,
  severity: Severity,
  message: string,
  fix?: TrapFinding["fix"],
): TrapFinding {
  return { start: node.start, end: node.end, severity, message, ...(fix && { fix }) };
}

/** The fix that puts a text in the place of a node. */
export function instead(
  title: string,
  { start, end }: Pick<SyntaxNode, "start" | "end">,
  newText: string,
): NonNullable<TrapFinding["fix"]> {
  return { title, start, end, newText };
}

/** The fix that adds a text at an offset. */
export function added(title: string, offset: number, newText: string): NonNullable<TrapFinding["fix"]> {
  return { title, start: offset, end: offset, newText };
}
