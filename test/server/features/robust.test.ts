import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parseProject } from "#engine/project/parse.ts";
import { inlineAnalyst } from "../../../server/analyst.ts";
import { settingsSummary } from "../../../server/features/codeLens.ts";
import { completionsAt } from "../../../server/features/completion.ts";
import { hoverAt, projectHoverAt } from "../../../server/features/hover.ts";
import { manifestHints, projectHints } from "../../../server/features/inlayHints.ts";
import { mainView } from "../../../server/viewFacts.ts";
import { openManifest } from "../open.ts";
import { coco, pathList } from "../samples.ts";

const settings = `manifest: train.txt
objective:
  prior: { airplane: 0.5, "truck": 0.5 }
# Equipoise: counts of train.txt (00000000), 2026-01-01
loss: # chosen by hand
  id: class-balanced-focal
  beta: 0.9999
  gamma: 1
sampler: 'class-balanced'
rules: {class/few: off}
training:
  epochs: 30
`;

/** A text cut, doubled, or with pieces replaced: what is on screen while somebody types. */
function broken(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length });
  const piece = fc.constantFrom(
    "",
    ":",
    "{",
    "[",
    "\n",
    '"',
    "'",
    "#",
    "\t",
    "  ",
    "é",
    "😀",
    "\u0000",
    "- ",
    "&a",
    "*a",
    "1e999",
  );
  return fc
    .array(fc.tuple(place, fc.nat({ max: 30 }), piece), { maxLength: 4 })
    .map((edits) =>
      edits.reduce((all, [at, length, add]) => all.slice(0, at) + add + all.slice(at + length), text),
    );
}

describe("in an equipoise.yaml that is broken in any way", async () => {
  const { view } = await openManifest(pathList());

  it("no feature throws, at any position", () => {
    fc.assert(
      fc.property(broken(settings), fc.nat(), (text, at) => {
        const position = TextDocument.create("", "", 0, text).positionAt(at % (text.length + 1));
        const parsed = parseProject(text);
        for (const facts of [view, undefined]) {
          projectHoverAt(parsed, position, facts);
          completionsAt(text, position, facts);
        }
        settingsSummary(parsed.project ?? {}, view);
        projectHints(parsed, view);
      }),
      { numRuns: 300 },
    );
  });
});

describe("in a manifest that is broken in any way", () => {
  const texts = [
    pathList([
      ["cat", 12],
      ["dog", 3],
    ]),
    coco([
      ["cat", 6],
      ["dog", 2],
    ]),
    `id,text,label\n${Array.from({ length: 12 }, (_, i) => `${i},"a, ""b"" ${i}",${i % 3 ? "cat" : "dog"}`).join("\n")}\n`,
  ];

  it("no feature throws, and places lie inside the text", async () => {
    const text = fc.oneof(...texts.map(broken));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.nat(),
        fc.constantFrom("/data/train.txt", "/data/a.json", "/data/b.csv"),
        async (shown, at, path) => {
          const document = TextDocument.create(`file://${path}`, "", 0, shown);
          const analysis = await inlineAnalyst.analyse({ path, text: shown, asked: true });
          const view = mainView(analysis);
          for (const { line, endLine } of analysis?.findings ?? []) {
            expect(line).toBeGreaterThan(0);
            expect(endLine).toBeLessThanOrEqual(document.lineCount);
          }
          if (!view) return;
          const places = await inlineAnalyst.places({ path, text: shown, asked: true });
          const lines = shown.split("\n");
          const everything = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
          manifestHints(view, places, everything, (line) => lines[line] ?? "");
          hoverAt(document, document.positionAt(at % (shown.length + 1)), {
            format: analysis?.format ?? "",
            view,
            places,
            beta: 0.9999,
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
