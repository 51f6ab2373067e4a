import { describe, expect, it } from "vitest";
import type { Range } from "vscode-languageserver";
import { manifestHints, projectHints } from "../../../server/features/inlayHints.ts";
import { openManifest, openProject } from "../open.ts";
import { coco, pathList } from "../samples.ts";

const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

async function hintsIn(text: string, path: string, range = everything): Promise<string[]> {
  const { document, view, places } = await openManifest(text, path);
  const lineAt = (line: number): string =>
    document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).trimEnd();
  return manifestHints(view, places, range, lineAt).map(({ label, position }) => {
    const before = lineAt(position.line).slice(0, position.character).trim();
    return `${position.line}: ${before} [${label as string}]`;
  });
}

describe("hints in a path list", () => {
  it("stand after the first label of each class, with name, count and group", async () => {
    const hints = await hintsIn(pathList(), "/data/train.txt");
    expect(hints).toHaveLength(10);
    expect(hints[0]).toBe("0: train/airplane/0000.jpg 0 [airplane, 5,000, head]");
    expect(hints[9]).toBe("12356: train/truck/0000.jpg 9 [truck, 50, tail]");
  });

  it("are made for the visible lines only", async () => {
    const range = { start: { line: 12_300, character: 0 }, end: { line: 12_400, character: 0 } };
    expect(await hintsIn(pathList(), "/data/train.txt", range)).toEqual([
      "12356: train/truck/0000.jpg 9 [truck, 50, tail]",
    ]);
  });
});

describe("hints in COCO", () => {
  it("stand after the category, with count and group", async () => {
    const text = coco([
      ["cat", 1234],
      ["dog", 10],
    ]);
    const hints = await hintsIn(text, "/data/instances.json");
    expect(hints.map((hint) => hint.replace(/^\d+: /, ""))).toEqual([
      '"name": "cat" [1,234, head]',
      '"name": "dog" [10, tail]',
    ]);
  });
});

describe("the hint in equipoise.yaml", async () => {
  const { view } = await openManifest(pathList());

  it("says after beta what it does to tail and head", () => {
    const { parsed } = openProject("loss:\n  id: class-balanced-softmax\n  beta: 0.9999 # set by hand\n");
    expect(projectHints(parsed, view)).toMatchObject([
      { label: "truck 79 × airplane", position: { line: 2, character: 14 } },
    ]);
  });

  it("says how many samples the classes of a prior have", () => {
    const { parsed } = openProject("objective:\n  prior: { truck: 0.5, nothing: 0.5 }\n");
    expect(projectHints(parsed, view)).toMatchObject([
      { label: "50 images", position: { line: 1, character: 21 } },
    ]);
  });

  it("is absent where the loss has no beta", () => {
    expect(projectHints(openProject("loss:\n  id: balanced-softmax\n").parsed, view)).toEqual([]);
  });
});
