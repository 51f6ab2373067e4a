/** Returns what went wrong in words for a user: file system codes become sentences. */
import { t } from "#protocol/l10n.ts";
export function describeProblem(problem: unknown): string {
  const code = problem instanceof Error && "code" in problem ? String(problem.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: t`no such file`,
    EACCES: t`no permission`,
    EPERM: t`no permission`,
    EISDIR: t`it is a folder`,
    ENOTDIR: t`a part of its path is a file`,
    EEXIST: t`a part of its path is a file`,
    EMFILE: t`too many open files`,
    ENOSPC: t`the disk is full`,
    EDQUOT: t`the disk quota is used up`,
    EROFS: t`the disk is read-only`,
  };
  return known[code] ?? (problem instanceof Error ? problem.message : String(problem));
}

/** Whether something ended because it was asked to. */
export function isAbort(problem: unknown): boolean {
  return problem instanceof Error && problem.name === "AbortError";
}
