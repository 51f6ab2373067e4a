import { describe, expect, it } from "vitest";
import type { View } from "#protocol/analysis.ts";
import { losses } from "#protocol/losses.ts";
import { hoverAt, projectHoverAt } from "../../../server/features/hover.ts";
import { openManifest, openProject } from "../open.ts";
import { cifar, coco, pathList } from "../samples.ts";

async function classHoverIn(marked: string, path?: string): Promise<string | undefined> {
  const { document, position, analysis, view, places } = await openManifest(marked, path);
  const found = hoverAt(document, position, { format: analysis.format, view, places, beta: 0.9999 });
  return found ? (found.contents as { readonly value: string }).value : undefined;
}

describe("hover on a label of a path list", () => {
  const truck = [
    "**truck**, class 9, tail  ",
    "50 of 12,406 images (0.40 %), 10th of 10 classes",
    "",
    "| | |",
    "|:--|--:|",
    "| Effective number, β 0.9999 | 49.9 |",
    "| Class-balanced weight (mean 1) | 3.99 |",
  ].join("\n");

  it("shows share, rank, effective number and weight of the class", async () => {
    expect(await classHoverIn(pathList().replace("truck/0000.jpg 9", "truck/0000.jpg ¦9"))).toBe(truck);
  });

  it("works on every line, not only on the first of the class", async () => {
    expect(await classHoverIn(pathList().replace("truck/0030.jpg 9", "truck/0030.jpg 9¦"))).toBe(truck);
  });

  it("works without places, which very long documents have none of", async () => {
    const marked = pathList().replace("truck/0030.jpg 9", "truck/0030.jpg 9¦");
    const { document, position, analysis, view } = await openManifest(marked);
    const facts = { format: analysis.format, view, places: [], beta: 0.9999 };
    expect(hoverAt(document, position, facts)?.contents).toMatchObject({ value: truck });
  });

  it("says nothing on the path", async () => {
    expect(await classHoverIn(pathList().replace("truck/0030.jpg 9", "tr¦uck/0030.jpg 9"))).toBeUndefined();
  });
});

describe("hover on a class among empty ones", () => {
  const list = Array.from(
    { length: 30 },
    (_, i) => `a/${i}.jpg ${[500, 700, 900][i < 20 ? 0 : i < 28 ? 1 : 2]}`,
  );

  it("ranks and groups the classes that occur", async () => {
    const found = await classHoverIn(list.join("\n").replace("29.jpg 900", "29.jpg ¦900"));
    expect(found).toContain("**900**, class 900, tail");
    expect(found).toContain("2 of 30 images (6.67 %), 3rd of 3 classes that occur");
  });
});

describe("hover in a table", () => {
  const rows = (delimiter: string, number: string): string =>
    Array.from({ length: 24 }, (_, i) =>
      [i, `"one${delimiter} two ${i}"`, number, i % 4 ? "cat" : "dog"].join(delimiter),
    ).join("\n");

  it("knows the cells of the label column, whatever the delimiter", async () => {
    for (const [delimiter, number] of [
      [",", "1.5"],
      [";", "1,5"],
      ["\t", "1,5"],
    ] as const) {
      const text = `id${delimiter}text${delimiter}size${delimiter}label\n${rows(delimiter, number)}\n`;
      const marked = text.replace(/dog(?=\n5)/, "d¦og");
      expect(await classHoverIn(marked, "/data/pets.csv"), delimiter).toContain("**dog**, class 1");
    }
  });

  it("knows quoted cells", async () => {
    const quoted = Array.from({ length: 24 }, (_, i) => `"${i}","text","${i % 4 ? "cat" : "dog"}"`).join(
      "\n",
    );
    const text = `"id","text","label"\n${quoted}\n`;
    const marked = text.replace('"text","dog"\n"5"', '"text","d¦og"\n"5"');
    expect(await classHoverIn(marked, "/data/pets.csv")).toContain("**dog**, class 1");
  });

  it("says nothing on equal text in other columns", async () => {
    const text = `id,text,label\n${Array.from({ length: 24 }, (_, i) => `${i},${i === 7 ? "d¦og" : "x"},${i % 4 ? "cat" : "dog"}`).join("\n")}\n`;
    expect(await classHoverIn(text, "/data/pets.csv")).toBeUndefined();
  });
});

describe("hover in COCO", () => {
  const text = coco([
    ["cat", 30],
    ["dog", 10],
    ["axolotl", 1],
  ]);

  it("knows a class by its name", async () => {
    const found = await classHoverIn(text.replace('"axolotl"', '"axo¦lotl"'), "/data/instances.json");
    expect(found).toContain("**axolotl**, class 2, id 3, tail");
    expect(found).toContain("1 of 41 instances (2.44 %) in 1 image, 3rd of 3 classes");
  });

  it("knows a class by a category id", async () => {
    const found = await classHoverIn(text.replace('"category_id": 2', '"category_id": ¦2'), "/data/i.json");
    expect(found).toContain("**dog**, class 1, id 2");
  });

  it("knows a class far into a file of one line", async () => {
    const line = JSON.stringify(JSON.parse(text)).replace('"name":"dog"', '"name":"d¦og"');
    const long = line.replace('{"images":[', `{"info":{"description":"${"x".repeat(50_000)}"},"images":[`);
    expect(await classHoverIn(long, "/data/i.json")).toContain("**dog**, class 1, id 2");
  });

  it("says nothing on other numbers", async () => {
    const found = await classHoverIn(text.replace('"image_id": 3', '"image_id": ¦3'), "/data/i.json");
    expect(found).toBeUndefined();
  });
});

describe("hover on an equipoise.yaml", async () => {
  const { view } = await openManifest(pathList());
  const settings = (marked: string, facts: View | undefined = view): string | undefined => {
    const { parsed, position } = openProject(marked);
    return projectHoverAt(parsed, position, facts)?.contents.value;
  };

  it("shows what beta does to the largest, the median and the smallest class", () => {
    expect(settings("loss:\n  id: class-balanced-softmax\n  be¦ta: 0.9999\n")).toBe(
      [
        "**β**, class-balanced loss: weight = 1 / E, E = (1 − βⁿ) / (1 − β), mean 1",
        "",
        "| β | airplane 5,000 | deer 645 | truck 50 | truck : airplane |",
        "|:--|--:|--:|--:|--:|",
        "| 0.9 | 1.00 | 1.00 | 1.00 | 1.0 |",
        "| 0.99 | 0.78 | 0.79 | 1.98 | 2.5 |",
        "| 0.999 | 0.18 | 0.38 | 3.69 | 20 |",
        "| **0.9999**, set here | 0.05 | 0.32 | 3.99 | 79 |",
        "",
        "The average sample weighs 0.17: without a weighted mean the step shrinks by that factor.",
        "",
        "0 to 1. Acts here between 0.98 and 0.9998; 1 is inverse frequency (100).",
        "",
        "Cui et al. 2019, arXiv 1901.05555",
      ].join("\n"),
    );
  });

  it("puts a beta that is not among the usual ones in its place", () => {
    const rows = settings("loss: { id: class-balanced-focal, beta: 0.99¦5 }\n")?.split("\n") ?? [];
    const at = rows.findIndex((row) => row.startsWith("| **0.995**, set here"));
    expect(rows[at - 1]).toMatch(/^\| 0.99 /);
    expect(rows[at + 1]).toMatch(/^\| 0.999 /);
  });

  it("shows a loss with its equation, what it does here, and its source", () => {
    const found = settings("loss:\n  id: balanced-¦softmax\n");
    expect(found).toContain("**Balanced softmax**: L = −log softmax");
    expect(found).toContain("Here the logit of airplane is shifted by 4.6 more than that of truck");
    expect(found).toContain("Ren et al. 2020, arXiv 2007.10740");
  });

  it("shows how much more often a class-balanced sampler draws the rarest class", () => {
    expect(settings("sampler: class-¦balanced\n")).toContain(
      "a sample of truck is drawn 100 times as often as one of airplane",
    );
  });

  it("explains each key, and stays useful without a dataset", () => {
    expect(settings("obje¦ctive: natural\n", undefined)).toContain(
      "The test distribution that training is for",
    );
    expect(settings("training:\n  epo¦chs: 3\n", undefined)).toContain("Passes over the training data");
    expect(settings("loss:\n  id: softmax-focal\n  ga¦mma: 2\n", undefined)).toContain("**γ**");
  });

  it("says nothing between the settings", () => {
    expect(settings("loss:\n  id: balanced-softmax\n¦\n# a comment\n")).toBeUndefined();
  });
});

describe("class names", () => {
  it("are data: no name can break the Markdown", async () => {
    const counts: [string, number][] = [
      ["a | b](http://x) <b>", 4],
      ["__proto__", 2],
      ["x".repeat(5000), 1],
    ];
    const text = coco(counts).replace('"name": "a', '"name": "¦a');
    const found = await classHoverIn(text, "/data/instances.json");
    expect(found?.split("\n")[0]).toBe("**a \\| b\\]\\(http://x\\) \\<b\\>**, class 0, id 1, head  ");
    expect(cifar.length).toBe(10);
  });
});

describe("every parameter of every loss", async () => {
  const { view } = await openManifest(pathList());

  it("has a hover with its source, with and without a dataset", () => {
    for (const [id, { parameters, source }] of Object.entries(losses)) {
      for (const { name, default: value } of parameters) {
        const { parsed, text } = openProject(`loss:\n  id: ${id}\n  ${name}: ${value}\n`);
        const position = { line: 2, character: 3 };
        for (const facts of [view, undefined]) {
          const found = projectHoverAt(parsed, position, facts)?.contents.value;
          expect(found, text).toContain(source);
          expect(found, text).not.toMatch(/undefined|NaN/);
        }
      }
    }
  });

  it("has a hover on the loss itself", () => {
    for (const [id, { source }] of Object.entries(losses)) {
      const { parsed } = openProject(`loss:\n  id: ${id}\n`);
      const found = projectHoverAt(parsed, { line: 1, character: 8 }, view)?.contents.value;
      expect(found, id).toContain(source);
      expect(found, id).not.toMatch(/undefined|NaN/);
    }
  });
});
