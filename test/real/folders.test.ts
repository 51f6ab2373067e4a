/** What is found in real data sets of several files beside their counts. */
import { describe, expect, test } from "vitest";
import { cases, expectTruth, inspected, sets, type Truth } from "./truth.ts";

function truthOf(set: string, view: string): Truth {
  return cases.find((given) => given.set === set && given.view === view)?.truth as Truth;
}

describe.skipIf(!sets.includes("bccd-voc"))("real data sets of several files", () => {
  test("bccd-voc, all annotations: empty boxes and paths of another machine", async () => {
    const { findings } = await inspected("bccd-voc", "Annotations");
    expect(findings.find(({ code }) => code === "label/empty-box")?.message).toMatch(/^2 boxes/);
    expect(findings.find(({ code }) => code === "path/foreign")?.message).toMatch(/^364 paths/);
  });

  test("bccd-voc, by its lists of splits", async () => {
    const { views } = await inspected("bccd-voc", "");
    expect(views.map(({ name, samples }) => [name, samples])).toEqual([
      ["train", 205],
      ["val", 87],
      ["test", 72],
    ]);
    expect(views.reduce((sum, { labels }) => sum + labels, 0)).toBe(truthOf("bccd-voc", "Annotations").total);
  });

  test.each(["", "data.yaml"])("kuih-yolo/%s", async (path) => {
    const { views, findings } = await inspected("kuih-yolo", path);
    expectTruth(views[0], truthOf("kuih-yolo", "labels"));
    expect(views.map(({ split }) => split)).toEqual(["test"]);
    expect(findings.filter(({ code }) => code === "file/missing")).toHaveLength(3);
  });

  test("chess-roboflow: classes that a split lacks, and no image in two of them", async () => {
    const { findings } = await inspected("chess-roboflow", "");
    expect(findings.filter(({ code }) => code === "split/class-missing")).toHaveLength(2);
    expect(findings.filter(({ code }) => code === "split/overlap")).toEqual([]);
  });

  test("places-lt, the folder of its splits", async () => {
    const { views } = await inspected("places-lt", "");
    expect(views).toHaveLength(2);
    for (const [index, name] of ["Places_LT_train.txt", "Places_LT_val.txt"].entries())
      expectTruth(views[index], truthOf("places-lt", name));
  });
});
