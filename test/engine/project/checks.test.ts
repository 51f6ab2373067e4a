import { expect, test } from "vitest";
import { checkProject, countsHash, countsText, parseProject } from "#engine/project/project.ts";
import type { CountedName } from "#engine/project/provenance.ts";

const names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const counts = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50];
const cifar = names.map((name, index) => ({ name, count: counts[index]! }));

async function messages(text: string, classes = cifar, there: readonly string[] = []): Promise<string[]> {
  const found = await checkProject(parseProject(text), { classes, exists: (path) => there.includes(path) });
  return found.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`);
}

test("a beta below the range is told what it does and where it acts", async () => {
  expect(await messages("loss:\n  id: class-balanced-focal\n  beta: 0.9\n")).toEqual([
    "config/beta-no-effect 3:9 Beta 0.9 changes nothing here: weights differ by 0.5 %. Beta acts between 0.98 and 0.9998.",
  ]);
});

test("a beta that acts, balanced data and losses without beta are left alone", async () => {
  expect(await messages("loss:\n  id: class-balanced-focal\n  beta: 0.99\n")).toEqual([]);
  expect(await messages("loss:\n  id: balanced-softmax\n")).toEqual([]);
  const even = names.map((name) => ({ name, count: 20 }));
  expect(await messages("loss:\n  id: class-balanced-focal\n  beta: 0.5\n", even)).toEqual([]);
});

test("the default beta is judged too, at the id", async () => {
  const huge = [
    { name: "a", count: 900_000 },
    { name: "b", count: 60_000 },
  ];
  const [message] = await messages("loss:\n  id: class-balanced-softmax\n", huge);
  expect(message).toMatch(/^config\/beta-no-effect 2:7 Beta 0.9999 changes nothing here/);
});

test("sampler and weights together are told how far they overshoot", async () => {
  expect(
    await messages("loss:\n  id: class-balanced-softmax\n  beta: 0.9999\nsampler: class-balanced\n"),
  ).toEqual([
    "config/double-correction 4:10 Sampler and weights correct twice: truck counts 7,889 times airplane. Keep one.",
  ]);
  expect(await messages("loss:\n  id: balanced-softmax\nsampler: class-balanced\n")).toEqual([
    "config/double-correction 3:10 Sampler and balanced softmax correct twice: truck counts 10,000 times airplane. Keep one.",
  ]);
});

test("one correction alone is fine", async () => {
  expect(await messages("loss:\n  id: cross-entropy\nsampler: class-balanced\n")).toEqual([]);
  expect(await messages("loss:\n  id: balanced-softmax\n  tau: 0\nsampler: class-balanced\n")).toEqual([]);
});

test("files that are not there are named with their setting", async () => {
  const text = "manifest: a.txt\ntrain:\n  inputs: b.npy\n  labels: c.txt\n";
  expect(await messages(text, cifar, ["a.txt", "c.txt"])).toEqual([
    "config/missing-file 3:11 b.npy does not exist. train.inputs is relative to the folder of this file.",
  ]);
});

test("a loss chosen for other counts of the same manifest is stale", async () => {
  const hash = countsHash(cifar);
  const text = (each: string, of: string): string =>
    `manifest: m.txt\n# Equipoise: counts of ${of} (${each}), weights scaled to mean 1, 2026-11-21\nloss:\n  id: cross-entropy\n`;
  expect(await messages(text(hash, "m.txt"), cifar, ["m.txt"])).toEqual([]);
  expect(await messages(text("0000abcd", "other.txt"), cifar, ["m.txt"])).toEqual([]);
  expect(await messages(text("0000abcd", "m.txt"), cifar, ["m.txt"])).toEqual([
    `config/stale-counts 2:1 The loss was chosen for other counts (0000abcd, now ${hash}). Insert it anew.`,
  ]);
});

test("a loss that is stale names the classes whose counts changed", async () => {
  const said = async (before: readonly CountedName[], now: readonly CountedName[]): Promise<string[]> =>
    messages(
      `manifest: m.txt\n# Equipoise: counts of m.txt ${countsText(before)}, 2026-11-21\nloss:\n  id: cross-entropy\n`,
      [...now],
      ["m.txt"],
    );
  const many = (size: number): CountedName[] =>
    Array.from({ length: size }, (_, index) => ({ name: `c${index}`, count: 1000 - (index % 900) }));
  const changed = (classes: readonly CountedName[], ...at: number[]): CountedName[] =>
    classes.map((each, index) => (at.includes(index) ? { ...each, count: each.count + 7 } : each));
  const stale = (what: string): string[] => [
    `config/stale-counts 2:1 The loss was chosen for other counts: ${what}. Insert it anew.`,
  ];
  const few = many(3);
  expect(await said(few, changed(few, 2))).toEqual(stale("c2 had 998, now 1,005"));
  expect(await said(few, changed(few, 0, 1, 2))).toEqual(
    stale("c0 had 1,000, now 1,007; c1 had 999, now 1,006 and c2 had 998, now 1,005"),
  );
  for (const size of [40, 64, 65, 1203]) {
    const classes = many(size);
    expect(countsText(classes).length).toBeLessThan(100);
    expect(await said(classes, classes)).toEqual([]);
    const at = size - 2;
    expect(await said(classes, changed(classes, at))).toEqual(
      stale(`c${at} now has ${(1007 - (at % 900)).toLocaleString("en")}`),
    );
  }
  expect((await said(few, many(4)))[0]).toContain("chosen for 3 classes, the manifest now has 4.");
});

test("a prior with other classes than the manifest is told which", async () => {
  expect(await messages("objective:\n  prior:\n    boat: 1\n    truck: 1\n")).toEqual([
    'config/class-count 3:5 The prior names "boat", which the manifest does not have.',
  ]);
  expect(await messages("objective:\n  prior: {airplane: 1, automobile: 1, truck: 1}\n")).toEqual([
    "config/class-count 2:10 The prior leaves out bird, cat, deer and 4 classes more, which then have share 0.",
  ]);
});

test("without counts only the files are checked", async () => {
  const parsed = parseProject("manifest: a.txt\nloss:\n  id: class-balanced-focal\n  beta: 0.5\n");
  expect(await checkProject(parsed, {})).toEqual([]);
});

test("the hash follows names, counts and order", () => {
  const [first, second] = [
    { name: "a", count: 1 },
    { name: "b", count: 2 },
  ];
  const hashes = [[first!, second!], [second!, first!], [first!], [{ ...first!, count: 2 }, second!]].map(
    countsHash,
  );
  expect(new Set(hashes).size).toBe(4);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{8}$/);
});
