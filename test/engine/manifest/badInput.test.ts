/** Broken files give findings at their place and the counts of what could be read. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type AnalysisOptions, analyse } from "#engine/analysis.ts";
import type { ManifestSource } from "#engine/manifest/manifest.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { chunkedSource } from "./chunked.ts";

interface Told {
  readonly counts: readonly (readonly [string, number])[] | undefined;
  readonly findings: readonly string[];
}

async function told(source: ManifestSource, options: AnalysisOptions = { asked: true }): Promise<Told> {
  const analysis = await analyse(source, options);
  return {
    counts: analysis?.views[0]?.classes.map(({ name, count }) => [name, count]),
    findings:
      analysis?.findings.map(
        ({ code, severity, line, column, message }) => `${code} ${severity} ${line}:${column} ${message}`,
      ) ?? [],
  };
}

const list = (lines: readonly string[], neighbours: Readonly<Record<string, string>> = {}): ManifestSource =>
  chunkedSource("/data/list.txt", lines.join("\n"), { neighbours });

/** Evenly filled classes, so that nothing but the mistake is worth a finding. */
const even = (classes: number, each: number): string[] =>
  Array.from({ length: classes * each }, (_, i) => `img/${i}.jpg ${i % classes}`);

describe("path lists", () => {
  test("a missing label is told with its line, and the other lines are counted", async () => {
    const lines = even(2, 3);
    lines.splice(4, 0, "img/none.jpg");
    expect(await told(list(lines))).toEqual({
      counts: [
        ["0", 3],
        ["1", 3],
      ],
      findings: ["label/unreadable error 5:1 Line 5 has no label. It is left out of all counts."],
    });
  });

  test("several missing labels make one finding", async () => {
    const { findings } = await told(list(["img/a.jpg", ...even(2, 30), "img/b.jpg", "img/c.jpg"]));
    expect(findings).toEqual([
      "label/unreadable error 1:1 Line 1 has no label. 3 such lines are left out of all counts.",
    ]);
  });

  test("a word among numbers is told as it stands there", async () => {
    const { findings } = await told(list([...even(2, 3), "img/b.jpg dog"]));
    expect(findings).toEqual([
      'label/unreadable error 7:11 Line 7 has the label "dog", not a number. It is left out of all counts.',
    ]);
  });

  test("a label outside the class list is told and not counted", async () => {
    const lines = [...even(3, 10), "img/x.jpg 7", "img/y.jpg 7"];
    expect(await told(list(lines, { "classes.txt": "cat\ndog\nbird\n" }))).toEqual({
      counts: [
        ["cat", 10],
        ["dog", 10],
        ["bird", 10],
      ],
      findings: ["class/unknown error 31:11 Label 7 is outside 0 to 2. 2 lines; first line 31."],
    });
  });

  test("a name outside the class list is told with the list", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `img/${i}.jpg ${i % 2 ? "cat" : "dog"}`);
    const { findings } = await told(list([...lines, "img/x.jpg dgo"], { "classes.txt": "cat\ndog\n" }));
    expect(findings).toEqual([
      "class/unknown error 21:11 Label dgo is not in classes.txt. 1 line; first line 21.",
    ]);
  });

  test("a negative label is no class", async () => {
    const { counts, findings } = await told(list([...even(2, 4), "img/x.jpg -1"]));
    expect(counts).toEqual([
      ["0", 4],
      ["1", 4],
    ]);
    expect(findings).toEqual(["class/unknown error 9:11 Label -1 is below 0. 1 line; first line 9."]);
  });

  test("an image listed twice with the same label is told once for all", async () => {
    const lines = even(2, 5);
    const { findings } = await told(list([...lines, lines[3]!, lines[4]!, "img/0.jpg 1"]));
    expect(findings).toEqual([
      "sample/duplicate warning 11:1 2 images are listed twice with the same label; first line 11.",
    ]);
  });

  test("a class list for other labels is left alone", async () => {
    const { counts } = await told(list(even(50, 2), { "labels.txt": "cat\ndog\n" }));
    expect(counts).toHaveLength(50);
  });

  test("a label far beyond every head does not make millions of empty classes", async () => {
    const lines = ["a.jpg 5", "b.jpg 5", "c.jpg 900000000000"];
    expect((await told(list(lines))).counts).toEqual([
      ["5", 2],
      ["900000000000", 1],
    ]);
  });
});

const cocoText = (annotations: readonly unknown[], categories: readonly unknown[]): string =>
  JSON.stringify({
    images: [{ id: 1, file_name: "a.jpg", width: 99, height: 99 }],
    annotations,
    categories,
  });
let boxes = 0;
const box = (category: unknown): unknown => ({
  image_id: 1,
  category_id: category,
  bbox: [++boxes % 90, 0, 1, 1],
});

describe("COCO", () => {
  const categories = [
    { id: 1, name: "cat" },
    { id: 2, name: "dog" },
  ];

  test("a cut file gives the counts of its readable part and the place of the cut", async () => {
    const whole = JSON.stringify({ categories, annotations: [box(1), box(2), box(2), box(1)] });
    const cut = whole.slice(0, whole.lastIndexOf('{"image_id"') + 5);
    const { counts, findings } = await told(chunkedSource("/data/a.json", cut, { sizes: [7] }));
    expect(counts).toEqual([
      ["cat", 1],
      ["dog", 2],
    ]);
    expect(findings).toEqual([
      `manifest/broken error 1:${cut.length + 1} The file ends early: 3 brackets are still open. Counts cover what stands before line 1, column ${cut.length + 1}.`,
    ]);
  });

  test("a mistake in the middle stops the counts there and names line and column", async () => {
    const text = JSON.stringify({ categories, annotations: [box(1), box(2)] }, null, 1).replace(
      '"bbox": [',
      '"bbox" [',
    );
    const { findings } = await told(chunkedSource("/data/a.json", text));
    const before = text.slice(0, text.indexOf('"bbox" ['));
    const line = before.split("\n").length;
    expect(findings[0]).toContain(`manifest/broken error ${line}:`);
    expect(findings[0]).toContain("Expected : after a key, found [.");
  });

  test("annotations of an undeclared category are told and not counted", async () => {
    const { counts, findings } = await told(
      chunkedSource("/data/a.json", cocoText([box(1), box(2), box(9), box(9)], categories)),
    );
    expect(counts).toEqual([
      ["cat", 1],
      ["dog", 1],
    ]);
    expect(findings).toEqual([
      expect.stringMatching(
        /^class\/unknown error 1:\d+ Category id 9 is not among the categories\. 2 annotations; first line 1\.$/,
      ),
    ]);
  });

  test("an annotation without category is told", async () => {
    const { findings } = await told(
      chunkedSource(
        "/data/a.json",
        cocoText([box(1), box(2), { image_id: 1, bbox: [] }, { image_id: 1 }], categories),
      ),
    );
    expect(findings).toEqual([
      expect.stringMatching(
        /^label\/unreadable error 1:\d+ The annotation at line 1 has no category_id\. 2 annotations without one are left out of all counts\.$/,
      ),
    ]);
  });

  test("NaN is told and does not stop the counts", async () => {
    const text = cocoText([{ area: "?", ...(box(1) as object) }, box(2)], categories).replace('"?"', "NaN");
    const { counts, findings } = await told(chunkedSource("/data/a.json", text));
    expect(counts).toEqual([
      ["cat", 1],
      ["dog", 1],
    ]);
    expect(findings).toEqual([
      `manifest/invalid-number warning 1:${text.indexOf("NaN") + 1} NaN and Infinity are not JSON, and most parsers stop here. Write null or a number.`,
    ]);
  });

  test("a category id declared twice is told", async () => {
    const twice = [...categories, { id: 2, name: "wolf" }];
    const { counts, findings } = await told(chunkedSource("/data/a.json", cocoText([box(1), box(2)], twice)));
    expect(counts?.map(([name]) => name)).toEqual(["cat", "dog"]);
    expect(findings).toEqual([
      expect.stringContaining('Category id 2 is declared twice; "wolf" is left out.'),
    ]);
  });
});

describe("tables", () => {
  test("a table without label column says which columns it has", async () => {
    const text = "id,width,price\n1,2.5,3.1\n2,3.5,4.1\n3,9.5,4.3\n";
    expect(await told(chunkedSource("/data/sizes.csv", text))).toEqual({
      counts: undefined,
      findings: [
        'manifest/no-labels error 1:1 sizes.csv has no label column (id, width, price). Name the column with the classes "label".',
      ],
    });
  });

  test("a row without label is told with its line, line breaks in quotes counted", async () => {
    const text = 'text,label\n"two\nlines",a\nx,b\ny,\nz,a\nw,b\n';
    expect(await told(chunkedSource("/data/t.csv", text))).toEqual({
      counts: [
        ["a", 2],
        ["b", 2],
      ],
      findings: ["label/unreadable error 5:1 Line 5 has no label. It is left out of all counts."],
    });
  });

  test("a quote that is never closed is told and costs no row", async () => {
    const text = 'text,label\n"open,a\nx,b\ny,b\nz,a\n';
    expect(await told(chunkedSource("/data/t.csv", text))).toEqual({
      counts: [
        ["a", 2],
        ["b", 2],
      ],
      findings: [
        "manifest/broken error 2:1 This quote is never closed; it was read as a plain character. Close or double it.",
      ],
    });
  });

  test("text that is no UTF-8 keeps its names", async () => {
    const bytes = Buffer.from("text,label\na,caf\u00e9\nb,tea\nc,caf\u00e9\nd,tea\n", "latin1");
    expect((await told(chunkedSource("/data/t.csv", new Uint8Array(bytes)))).counts).toEqual([
      ["café", 2],
      ["tea", 2],
    ]);
  });
});

describe("files", () => {
  test.each(["empty.txt", "empty.json", "empty.csv"])(
    "%s without content is told when asked for, else passed over",
    async (name) => {
      const source = chunkedSource(`/data/${name}`, "\n");
      expect(await told(source)).toEqual({
        counts: undefined,
        findings: [
          `manifest/empty error 1:1 ${name} is empty. Name a file that lists samples with their labels.`,
        ],
      });
      expect(await analyse(source)).toBeUndefined();
    },
  );

  test("a folder without a data set is told to be one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "equipoise-"));
    const { findings } = await told(fileSource(folder));
    expect(findings).toEqual([
      expect.stringMatching(/^manifest\/no-labels error 1:1 .* holds no data set: .* Name the file\.$/),
    ]);
    expect(await analyse(fileSource(folder))).toBeUndefined();
  });

  test("a file that does not exist is told", async () => {
    const { findings } = await told(fileSource("/nowhere/list.txt"));
    expect(findings).toEqual(["manifest/unreadable error 1:1 list.txt does not exist. Check the path."]);
  });

  test("a file without permission is told", async () => {
    const denied = Object.assign(new Error("EACCES"), { code: "EACCES" });
    const source: ManifestSource = { ...list([]), head: () => Promise.reject(denied) };
    expect((await told(source)).findings).toEqual([
      "manifest/unreadable error 1:1 list.txt cannot be opened: no permission to read it. Change its permissions.",
    ]);
  });

  test("a disk that fails in the middle leaves the counts so far, without the cut line", async () => {
    const error = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
    const source = chunkedSource("/data/list.txt", `${even(2, 2).join("\n")}\nimg/cut.jpg 1`, {
      sizes: [5],
      error,
    });
    expect(await told(source)).toEqual({
      counts: [
        ["0", 2],
        ["1", 2],
      ],
      findings: ["manifest/unreadable error 1:1 list.txt cannot be read: EIO: i/o error, read."],
    });
  });

  test("a cut gzip archive gives the counts of what could be unpacked", async () => {
    const folder = await mkdtemp(join(tmpdir(), "equipoise-"));
    const path = join(folder, "list.txt.gz");
    const whole = gzipSync(even(3, 60_000).join("\n"));
    await writeFile(path, whole.subarray(0, whole.length / 2));
    const { counts, findings } = await told(fileSource(path));
    const [total = 0] = [counts?.reduce((sum, [, count]) => sum + count, 0)];
    expect(total).toBeGreaterThan(60_000);
    expect(total).toBeLessThan(180_000);
    expect(findings).toEqual([
      "manifest/broken error 1:1 list.txt.gz: the gzip data ends early. The counts cover what could be unpacked. Get the file anew.",
    ]);
  });

  test("a damaged gzip archive is told", async () => {
    const folder = await mkdtemp(join(tmpdir(), "equipoise-"));
    const path = join(folder, "list.txt.gz");
    const whole = gzipSync(even(3, 60_000).join("\n"));
    whole.fill(0, whole.length / 2, whole.length / 2 + 64);
    await writeFile(path, whole);
    const { findings } = await told(fileSource(path));
    expect(findings[0]).toMatch(
      /^manifest\/broken error 1:1 list\.txt\.gz: the gzip data (is damaged|ends early)\./,
    );
  });

  test.each(["utf16le", "utf16be"])("%s is read as what it says", async (encoding) => {
    const lines = even(3, 20).map((line) => line.replace("img", "é🙂"));
    const little = Buffer.from(`\uFEFF${lines.join("\n")}`, "utf16le");
    const path = join(await mkdtemp(join(tmpdir(), "equipoise-")), `${encoding}.txt`);
    await writeFile(path, encoding === "utf16le" ? little : little.swap16());
    expect(await told(fileSource(path))).toEqual(await told(list(even(3, 20))));
  });

  test("an aborted analysis throws the reason", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(analyse(list(even(2, 2)), { signal: controller.signal })).rejects.toThrow("enough");
  });
});

describe("class names are data", () => {
  const evil = [
    "__proto__",
    "constructor",
    "toString",
    "\u202Eright to left",
    "a".repeat(10_000),
    "{line}",
    "<b>",
    "\u0000",
  ];

  test("in COCO", async () => {
    const categories = evil.map((name, id) => ({ id, name }));
    const annotations = evil.flatMap((_, id) => [box(id), box(id)]);
    const { counts, findings } = await told(
      chunkedSource("/data/a.json", cocoText(annotations, categories), { sizes: [100] }),
    );
    expect(counts).toEqual(evil.map((name) => [name, 2]));
    expect(findings).toEqual([]);
  });

  test("in a table", async () => {
    // A zero byte marks a file that is no text.
    const written = evil.filter((name) => name !== "\u0000");
    const rows = written.flatMap((name) => [`x,"${name}"`, `y,"${name}"`]);
    const { counts } = await told(
      chunkedSource("/data/t.csv", ["text,label", ...rows].join("\n"), { sizes: [999] }),
    );
    expect(counts).toEqual([...written].sort().map((name) => [name, 2]));
  });

  test("in a class list", async () => {
    const lines = evil.flatMap((_, id) => [`img/a${id}.jpg ${id}`, `img/b${id}.jpg ${id}`]);
    const { counts } = await told(list(lines, { "classes.json": JSON.stringify(evil) }));
    expect(counts).toEqual(evil.map((name) => [name, 2]));
  });

  test("empty and repeated names are counted apart and told", async () => {
    const names = ["crane", "", "crane"];
    const categories = names.map((name, id) => ({ id: id + 10, name }));
    const { counts, findings } = await told(
      chunkedSource("/data/a.json", cocoText([box(10), box(11), box(12)], categories)),
    );
    expect(counts).toEqual(names.map((name) => [name, 1]));
    expect(findings).toEqual([
      expect.stringContaining('Two classes are named "crane" (10 and 12). Reports will show the id too.'),
    ]);
  });
});
