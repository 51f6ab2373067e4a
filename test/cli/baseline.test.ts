import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { equipoise } from "./fakeTerminal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-baseline-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const list = (cats: number, dogs: number): string =>
  [...Array(cats).keys()].map((i) => `cat/${i}.jpg 0\n`).join("") +
  [...Array(dogs).keys()].map((i) => `dog/${i}.jpg 1\n`).join("");

describe("inspect --baseline", () => {
  const inspect = (...more: string[]): ReturnType<typeof equipoise> =>
    equipoise("inspect", join(folder, "train.txt"), "--fail-on", "information", ...more);

  it("fails only for what the baseline does not accept", async () => {
    const baseline = join(folder, "equipoise-baseline.json");
    writeFileSync(join(folder, "train.txt"), list(100, 2));
    expect((await inspect()).code).toBe(1);
    expect((await inspect("--write-baseline", baseline)).code).toBe(0);
    const written = readFileSync(baseline, "utf8");
    expect((await inspect("--write-baseline", baseline)).code).toBe(0);
    expect(readFileSync(baseline, "utf8")).toBe(written);
    writeFileSync(join(folder, "train.txt"), list(110, 3));
    const accepted = await inspect("--baseline", baseline, "--json");
    expect(accepted.code).toBe(0);
    expect(JSON.parse(accepted.out).findings).toEqual([]);
    writeFileSync(join(folder, "train.txt"), `${list(110, 3)}cat/1.jpg\n`);
    const worse = await inspect("--baseline", baseline);
    expect(worse.code).toBe(1);
    expect(worse.out).toContain("label/unreadable");
    expect(worse.out).not.toContain("imbalance/high");
  });

  it("names the next step where the file is missing or something else", async () => {
    writeFileSync(join(folder, "train.txt"), list(100, 2));
    const missing = await inspect("--baseline", join(folder, "none.json"));
    expect(missing.code).toBe(2);
    expect(missing.errors).toContain("--write-baseline");
    writeFileSync(join(folder, "other.json"), "{}");
    expect((await inspect("--baseline", join(folder, "other.json"))).errors).toContain("is no baseline");
  });

  it("follows the rules for single files in equipoise.yaml", async () => {
    writeFileSync(join(folder, "train.txt"), list(100, 2));
    writeFileSync(
      join(folder, "equipoise.yaml"),
      "files:\n  '*.txt': { imbalance/high: off, class/few: off }\n",
    );
    expect((await inspect()).code).toBe(0);
  });
});
