export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly failedFiles: readonly string[];
  /** What passed in files without a failed test. */
  readonly elsewhere: number;
}

export function verdictOf(outcomes: readonly { readonly file: string; readonly state: string }[]): Verdict;
export function afterSecondTry(first: Verdict, second: Verdict): Pick<Verdict, "passed" | "failed">;
