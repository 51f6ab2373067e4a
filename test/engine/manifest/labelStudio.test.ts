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
