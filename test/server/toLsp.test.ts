import { describe, expect, it } from "vitest";
import { DiagnosticSeverity } from "vscode-languageserver";
import { applyRules } from "#engine/project/rules.ts";
import type { Finding } from "#protocol/analysis.ts";
import { anchorOf, toDiagnostics } from "../../server/toLsp.ts";

const finding: Finding = {
  code: "class/few",
  severity: "information",
  message: "few",
  file: "/data/train.txt",
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
};
const style = { related: true, documentation: "file:///docs/findings.md" };

describe("a finding as a diagnostic", () => {
  it("counts lines and columns from 0", () => {
    expect(toDiagnostics([finding], style)[0]?.range).toEqual({
      start: { line: 2, character: 4 },
      end: { line: 2, character: 8 },
    });
  });

  it("links its code to the documentation", () => {
    const [diagnostic] = toDiagnostics([finding], style);
    expect(diagnostic).toMatchObject({ code: "class/few", source: "Equipoise" });
    expect(diagnostic?.codeDescription).toEqual({ href: "file:///docs/findings.md#classfew" });
  });

  it("has no link where there is no documentation, and no related places where the client takes none", () => {
    const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };
    const related = [{ ...place, file: "/data/train.txt", message: "largest class" }];
    const [plain] = toDiagnostics([{ ...finding, related }], { related: false });
    expect(plain).not.toHaveProperty("codeDescription");
    expect(plain).not.toHaveProperty("relatedInformation");
    const [full] = toDiagnostics([{ ...finding, related }], style);
    expect(full?.relatedInformation?.[0]).toMatchObject({
      message: "largest class",
      location: { uri: "file:///data/train.txt" },
    });
  });
});

describe("many findings", () => {
  const many = Array.from({ length: 56 }, (_, i) => ({ ...finding, message: `finding ${i}` }));

  it("become 20 diagnostics, the last of which counts the rest", () => {
    const diagnostics = toDiagnostics(many, style);
    expect(diagnostics).toHaveLength(20);
    expect(diagnostics.at(-1)?.message).toBe("37 further findings. Show all in the panel.");
  });

  it("keep the errors", () => {
    const error: Finding = { ...finding, severity: "error", code: "manifest/broken" };
    expect(toDiagnostics([...many, error], style)[0]?.severity).toBe(DiagnosticSeverity.Error);
  });
});

describe("rules", () => {
  it("change severities and switch findings off", () => {
    expect(applyRules([finding], { "class/few": "error" })[0]?.severity).toBe("error");
    expect(applyRules([finding], { "class/few": "off" })).toEqual([]);
    expect(applyRules([finding], { "class/empty": "off" })).toEqual([finding]);
  });
});

it("addresses headings as Markdown viewers do", () => {
  expect(anchorOf("class/duplicate-name")).toBe("classduplicate-name");
});
