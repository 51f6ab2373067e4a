import { describe, expect, it } from "vitest";
import { afterSecondTry, verdictOf } from "../../scripts/harness/verdict.mjs";

const outcomes = (file: string, states: string) =>
  [...states].map((letter) => ({ file, state: letter === "p" ? "passed" : "failed" }));

describe("The verdict on the suite in VS Code", () => {
  const first = verdictOf([...outcomes("calm.test", "ppp"), ...outcomes("crowded.test", "pffp")]);

  it("counts what passed and names the files that failed", () => {
    expect(first).toEqual({ passed: 5, failed: 2, failedFiles: ["crowded.test"], elsewhere: 3 });
  });

  it("takes the failed files from their second try and the others from the first", () => {
    const mended = verdictOf(outcomes("crowded.test", "pppp"));
    const better = verdictOf(outcomes("crowded.test", "pppf"));
    expect(afterSecondTry(first, mended)).toEqual({ passed: 7, failed: 0 });
    expect(afterSecondTry(first, better)).toEqual({ passed: 6, failed: 1 });
  });
});
