/** Tables whose rows say to which split they belong, and tables with comments. */
import { expect, test } from "vitest";
import { openManifest, readManifest } from "#engine/manifest/readManifest.ts";
import { textSource } from "#engine/manifest/source.ts";

const table = `filename,label,split
1.jpg,cat,test
2.jpg,cat,train
3.jpg,dog,train
4.jpg,cat,train
5.jpg,fox,Validation
6.jpg,cat|dog,train
`;

const counts = (views: Awaited<ReturnType<typeof readManifest>>): unknown[] | undefined =>
  views?.views.map(({ split, samples, classes }) => [
    split,
    samples,
    Object.fromEntries(classes.map(({ name, images }) => [name, images])),
  ]);

test("a split column gives a view for each split, with the classes of all", async () => {
  const reading = await readManifest(textSource("/data/all.csv", table));
  expect(counts(reading)).toEqual([
    ["train", 4, { cat: 3, dog: 2, fox: 0 }],
    ["val", 1, { cat: 0, dog: 0, fox: 1 }],
    ["test", 1, { cat: 1, dog: 0, fox: 0 }],
  ]);
});

test("a column of that name with other words is an ordinary column", async () => {
  const other = table.replaceAll("Validation", "indoor");
  const reading = await readManifest(textSource("/data/all.csv", other), { asked: true });
  expect(reading?.views.map(({ samples }) => samples)).toEqual([6]);
});

test("rows of the training split train, with the classes of all", async () => {
  const source = textSource("/data/all.csv", table.replace("6.jpg,cat|dog,train\n", ""));
  const opened = await openManifest(source, { asked: true });
  if (!opened || !("candidates" in opened)) throw new Error("expected candidates");
  const samples = await [...opened.candidates][0]?.reader.samples?.(opened.input);
  expect(samples?.classes).toEqual(["cat", "dog", "fox"]);
  expect(samples?.paths).toEqual(["2.jpg", "3.jpg", "4.jpg"]);
  expect([...(samples?.labels ?? [])]).toEqual([0, 1, 0]);
});

test("comments before and between the rows are left out", async () => {
  const text =
    "# made by hand in 2026\n# see readme\nfilename,label\n1.jpg,cat\n# a doubt\n2.jpg,dog\n3.jpg,cat\n";
  const reading = await readManifest(textSource("/data/train.csv", text));
  expect(counts(reading)).toEqual([["train", 3, { cat: 2, dog: 1 }]]);
  expect(reading?.observations).toEqual([]);
});

test("a header that starts with # names columns", async () => {
  const text = "#filename,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n";
  expect(counts(await readManifest(textSource("/data/train.csv", text)))).toEqual([
    ["train", 3, { cat: 2, dog: 1 }],
  ]);
});
