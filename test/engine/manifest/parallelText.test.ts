/** Labels in one file, texts in another. */
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource } from "./chunked.ts";

const labels = "flight\nfare\nflight\nflight#fare\nflight\nfare\n";
const texts = "a\nb\nc\nd\ne\nf\n";

describe("a file of labels beside a file of texts", () => {
  test("is counted by line", async () => {
    const source = chunkedSource("/atis/train/label", labels, {
      neighbours: { "seq.in": texts },
      sizes: [3],
    });
    const reading = await readManifest(source);
    expect(reading?.format).toBe("parallel-text");
    expect(reading?.views[0]?.split).toBe("train");
    expect(reading?.views[0]?.classes.map(({ name, images }) => `${name} ${images}`)).toEqual([
      "fare 2",
      "flight 3",
      "flight#fare 1",
    ]);
    expect(reading?.observations).toEqual([]);
  });

  test("with another number of lines is told", async () => {
    const source = chunkedSource("/atis/train/label", labels, { neighbours: { "seq.in": "a\nb\n" } });
    expect((await readManifest(source))?.observations.map(({ message }) => message)).toEqual([
      "6 labels, but seq.in has 2 lines: from some line on texts have the labels of others. Make both files again.",
    ]);
  });

  test("whose lines are all different is a class list, not labels", async () => {
    expect(
      await readManifest(chunkedSource("/d/labels.txt", "cat\ndog\ncow\nhen\n"), { asked: true }),
    ).toBeUndefined();
  });
});
