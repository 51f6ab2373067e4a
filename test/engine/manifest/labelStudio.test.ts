/** Label Studio's exports. */
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { chunkedSource } from "./chunked.ts";

const region = (type: string, ...names: string[]): object => ({
  from_name: "label",
  to_name: "image",
  type,
  value: { x: 1, y: 2, [type]: names },
});
const task = (image: string, ...annotations: object[]): object => ({
  annotations,
  predictions: [{ result: [region("rectanglelabels", "guess")] }],
  data: { image },
});

async function counted(tasks: readonly object[]): Promise<unknown> {
  const reading = await readManifest(chunkedSource("/d/export.json", JSON.stringify(tasks), { sizes: [9] }));
  const view = reading?.views[0];
  expect(reading?.format).toBe("label-studio");
  return (
    view && [
      view.task,
      view.samples,
      view.classes.map((each) => `${each.name} ${each.instances}/${each.images}`),
    ]
  );
}

describe("a Label Studio export", () => {
  test("counts regions of all annotators, without predictions and cancelled work", async () => {
    expect(
      await counted([
        task(
          "a.jpg",
          { result: [region("rectanglelabels", "car"), region("rectanglelabels", "bus")] },
          { result: [region("rectanglelabels", "car")], was_cancelled: false },
          { was_cancelled: true, result: [region("rectanglelabels", "car")] },
          { result: [region("rectanglelabels", "car")], was_cancelled: true },
        ),
        task("b.jpg", { result: [region("polygonlabels", "car")] }),
        task("c.jpg", { result: [] }),
        task("d.jpg"),
      ]),
    ).toEqual(["detection", 3, ["bus 1/1", "car 3/2"]]);
  });

  test("counts a choice once a task, whoever made it, and gives samples for training", async () => {
    const tasks = [
      task("a.jpg", { result: [region("choices", "cat")] }, { result: [region("choices", "cat")] }),
      task("b.jpg", { result: [region("choices", "dog")] }),
      task("c.jpg", { result: [] }),
    ];
    expect(await counted(tasks)).toEqual(["single-label", 2, ["cat 1/1", "dog 1/1"]]);
    const samples = await readLabelledSamples(chunkedSource("/d/a.json", JSON.stringify(tasks)));
    expect(samples.paths).toEqual(["a.jpg", "b.jpg"]);
  });

  test("in its short form keeps regions and choices under their own keys", async () => {
    const common = { annotator: 1, annotation_id: 3, created_at: "2024", updated_at: "2024", lead_time: 3.5 };
    const regions = ["car", "bus", "car"].map((name, id) => ({
      image: `${id}.jpg`,
      id,
      label: [{ x: 1, y: 1, width: 2, height: 2, rectanglelabels: [name] }],
      ...common,
    }));
    const choices = ["good", "bad", "good"].map((mood, id) => ({ image: `${id}.jpg`, id, mood, ...common }));
    const views = async (value: unknown): Promise<unknown> =>
      (await readManifest(chunkedSource("/d/a.json", JSON.stringify(value)), { asked: true }))?.views.map(
        (view) => [view.task, view.classes.map((each) => `${each.name} ${each.instances}`).join(", ")],
      );
    expect(await views(regions)).toEqual([["detection", "bus 1, car 2"]]);
    expect(await views(choices)).toEqual([["single-label", "bad 1, good 2"]]);
  });
});

describe("a Label Studio table", () => {
  const cell = (value: unknown): string => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
  const read = async (lines: readonly string[]) => {
    const text = `${lines.join("\n")}\n`;
    const reading = await readManifest(chunkedSource("/d/export.csv", text, { sizes: [7] }));
    expect(reading?.format).toBe("label-studio");
    const view = reading?.views[0];
    return view?.classes.map((each) => `${each.name} ${each.instances}/${each.images}`);
  };

  test("counts the regions in its cells, by image too; none are none", async () => {
    const box = (name: string) => ({ x: 1, y: 2, width: 3, height: 4, rectanglelabels: [name] });
    expect(
      await read([
        "id,image,label,lead_time",
        `1,/data/1.jpg,${cell([box("car"), box("car"), box("bus")])},2.5`,
        "2,/data/2.jpg,,1",
        `3,/data/3.jpg,${cell([{ points: [[1, 2]], polygonlabels: ["bus"] }])},1`,
        `4,/data/4.jpg,${cell([{ x: 1, note: "no label" }])},1`,
      ]),
    ).toEqual(["bus 2/2", "car 2/1"]);
  });

  test("counts one choice as it stands there, several as JSON, and no half of either", async () => {
    expect(
      await read([
        "choice,id,text",
        `cat,1,"a text, with a comma"`,
        `${cell({ choices: ["cat", "dog"] })},2,another`,
        `"{""choices"": [",3,broken`,
        "dog,4,more",
      ]),
    ).toEqual(expect.arrayContaining(["cat 2/2", "dog 2/2"]));
  });

  test("is no table of other JSON in cells", async () => {
    const text = `id,label\n1,${cell({ a: 1 })}\n2,${cell({ a: 2 })}\n`;
    const reading = await readManifest(chunkedSource("/d/export.csv", text, { sizes: [7] }));
    expect(reading?.format).not.toBe("label-studio");
  });
});
