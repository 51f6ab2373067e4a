/** Which findings are shown, and how serious they are: rules, remarks in the file, accepted findings. */
import { dirname, relative, sep } from "node:path";
import type { Finding } from "#protocol/analysis.ts";
import type { Project, Rules } from "#protocol/project.ts";

/** Findings with the severities that the rules give them, those turned off left out. */
export function applyRules<T extends Pick<Finding, "code" | "severity">>(
  findings: readonly T[],
  rules: Rules,
): readonly T[] {
  return findings.flatMap((finding) => {
    const level = rules[finding.code];
    if (level === undefined) return [finding];
    return level === "off" ? [] : [{ ...finding, severity: level }];
  });
}

/** What a project file says about the findings of a file; both paths are absolute. */
export function rulesFor(project: Project | undefined, projectPath: string, file: string): Rules {
  if (!project) return {};
  const name = relativeName(dirname(projectPath), file);
  const own = Object.entries(project.files ?? {}).filter(([pattern]) => matches(pattern, name));
  return Object.assign({}, project.rules, ...own.map(([, rules]) => rules));
}

/** A path relative to a folder, with `/` as separator. */
export function relativeName(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}

/** Whether a relative path fits a pattern in which `*` is any part of a name and `**` any folders. */
export function matches(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern.replace(/^\.\//, "") === name;
  const source = pattern
    .replace(/^\.\//, "")
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => wildcards[part] ?? part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${source.join("")}$`, "s").test(name);
}

const wildcards: Readonly<Record<string, string>> = { "**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*" };

const remark = /#\s*equipoise-ignore\b(?::?\s*([^#]*))?/;

/**
 * Leaves out what a comment takes back: `# equipoise-ignore class/few` on the line of a finding or alone on the line
 * before it; without a code every finding there.
 */
export function withoutIgnored<T extends Pick<Finding, "code" | "line">>(
  findings: readonly T[],
  text: string,
): readonly T[] {
  if (!text.includes("equipoise-ignore")) return findings;
  const lines = text.split(/\r?\n/);
  const ignores = (line: string | undefined, code: string): boolean => {
    const found = line === undefined ? null : remark.exec(line);
    if (!found) return false;
    const codes = (found[1] ?? "").split(/[\s,]+/).filter((word) => word.includes("/"));
    return codes.length === 0 || codes.includes(code);
  };
  return findings.filter(({ code, line }) => {
    const above = lines[line - 2];
    return !ignores(lines[line - 1], code) && !(above?.trimStart().startsWith("#") && ignores(above, code));
  });
}
