import { describe, expect, it } from "vitest";
import { parseProject } from "#engine/project/parse.ts";
import { matches, rulesFor, withoutIgnored } from "#engine/project/rules.ts";

describe("rules for single files", () => {
  it("stand above those of the project, later ones above earlier ones", () => {
    const { project, findings } = parseProject(
      'rules: { class/few: hint }\nfiles:\n  "data/*.txt": { class/few: off }\n  data/b.txt:\n    class/few: error\n',
    );
    expect(findings).toEqual([]);
    const levelOf = (file: string): unknown => rulesFor(project, "/w/equipoise.yaml", file)["class/few"];
    expect([levelOf("/w/a.txt"), levelOf("/w/data/a.txt"), levelOf("/w/data/b.txt")]).toEqual([
      "hint",
      "off",
      "error",
    ]);
  });

  it("know * as part of a name and ** as folders, and everything else as it is written", () => {
    expect(matches("a/*.txt", "a/b.txt")).toBe(true);
    expect(matches("a/*.txt", "a/b/c.txt")).toBe(false);
    expect(matches("**/*.json", "c.json")).toBe(true);
    expect(matches("**/*.json", "a/b/c.json")).toBe(true);
    expect(matches("./a+(1).txt", "a+(1).txt")).toBe(true);
    expect(matches("a.txt", "abtxt")).toBe(false);
    expect(matches("[*", "[x")).toBe(true);
  });

  it("have their mistakes told where they stand", () => {
    const { findings } = parseProject("files:\n  a.txt:\n    class/fwe: off\n    class/few: never\n");
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ["config/unknown-key", 3],
      ["config/out-of-range", 4],
    ]);
  });
});

describe("a remark in the file", () => {
  const at = (line: number): { code: "class/few" | "class/empty"; line: number } => ({
    code: "class/few",
    line,
  });

  it("takes back the findings of its line, or of the next where it stands alone", () => {
    const text = "a: 1 # equipoise-ignore class/few\n# equipoise-ignore\nb: 2\nc: 3\n";
    expect(withoutIgnored([at(1), at(3), at(4)], text)).toEqual([at(4)]);
  });

  it("takes back only the codes that it names", () => {
    const text = "a: 1 # equipoise-ignore class/empty, label/unreadable\nb: 2\n";
    expect(withoutIgnored([at(1), { code: "class/empty", line: 1 }, at(2)], text)).toEqual([at(1), at(2)]);
  });
});
