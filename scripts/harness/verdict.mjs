// What the outcomes of a suite come to, over its two tries.

/** Counts outcomes: what passed and failed, the files whose tests failed, and what passed in the other files. */
export function verdictOf(outcomes) {
  const failures = outcomes.filter(({ state }) => state !== "passed");
  const failedFiles = [...new Set(failures.map(({ file }) => file))];
  const passed = outcomes.length - failures.length;
  const elsewhere = outcomes.filter(({ file }) => !failedFiles.includes(file)).length;
  return { passed, failed: failures.length, failedFiles, elsewhere };
}

/** The verdict where the failed files ran again, alone: they count as the second try has them, the others as the first. */
export function afterSecondTry(first, second) {
  return { passed: first.elsewhere + second.passed, failed: second.failed };
}
