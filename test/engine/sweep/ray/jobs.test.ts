import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { entrypoint, indexText, indicesOf, jobId } from "#engine/sweep/ray/jobs.ts";

it("writes indices as ranges and reads them again", () => {
  for (const [indices, text] of [
    [[0, 1, 2], "0-2"],
    [[3], "3"],
    [[1, 2, 5, 7, 8], "1-2,5,7-8"],
  ] as const) {
    expect(indexText(indices)).toBe(text);
    expect(indicesOf(text)).toEqual(indices);
  }
});

it("gives a job an id that follows from its trials, and stays short", () => {
  expect(jobId("sweep-0123456789ab", "0-24", 1)).toBe("sweep-0123456789ab-0-24-try1");
  const many = indexText(Array.from({ length: 200 }, (_, i) => 2 * i));
  expect(jobId("sweep-0123456789ab", many, 2)).toMatch(/^sweep-0123456789ab-[\d_]+_[0-9a-f]{12}-try2$/);
  expect(jobId("sweep-0123456789ab", many, 2).length).toBeLessThan(80);
  expect(jobId("sweep-0123456789ab", many, 2)).not.toBe(jobId("sweep-0123456789ab", `${many},401`, 2));
});

it("quotes what a shell would read otherwise", () => {
  const entry = { node: "node", program: "/a b/it's/cli.cjs", sweep: "$HOME/x.sweep.json", isShared: false };
  const command = entrypoint(entry, "0-3");
  const words = execFileSync("sh", ["-c", `${command.replace(/^exec node/, `printf '%s\\n'`)}`], {
    encoding: "utf8",
  });
  expect(words.trim().split("\n")).toEqual([
    "/a b/it's/cli.cjs",
    "train",
    "--sweep",
    "$HOME/x.sweep.json",
    "--index",
    "0-3",
    "--frames",
  ]);
  expect(entrypoint({ ...entry, isShared: true }, "3")).not.toContain("--frames");
});
