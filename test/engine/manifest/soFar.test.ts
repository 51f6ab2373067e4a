import { expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { countsSoFar } from "#engine/manifest/soFar.ts";
import type { CountsSoFar } from "#protocol/analysis.ts";
import { chunkedSource } from "./chunked.ts";

const annotation = (id: number, category: number): string =>
  `{"id": ${id}, "image_id": ${id}, "category_id": ${category}, "bbox": [0, 0, 1, 1]}`;

test.each([10, 1 << 20])("counts are told before a COCO file is read to its end (size %i)", async (size) => {
  const annotations = Array.from({ length: 400 }, (_, i) => annotation(i, i % 4 === 0 ? 1 : 2));
  const text = `{"annotations": [${annotations.join(", ")}], "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}`;
  const told: (CountsSoFar | undefined)[] = [];
  await readManifest(
    { ...chunkedSource("/data/instances.json", text, { sizes: [text.length - 200] }), size },
    { progress: (_read, _total, _unit, soFar) => told.push(soFar) },
  );
  const last = told.at(-1);
  expect(told[0]).toBeUndefined();
  expect(last?.classes).toBe(2);
  expect(last?.labels).toBeGreaterThan(390);
  expect(last?.imbalance).toBeCloseTo(3, 1);
});

test("counts are told before a path list is read to its end", async () => {
  const lines = Array.from({ length: 300 }, (_, i) => `train/${i}.jpg ${i % 3 === 0 ? 0 : 1}`);
  const told: (CountsSoFar | undefined)[] = [];
  await readManifest(chunkedSource("/data/train.txt", lines.join("\n"), { sizes: [2000] }), {
    progress: (_read, _total, _unit, soFar) => told.push(soFar),
  });
  expect(told.at(-1)).toMatchObject({ classes: 2 });
});

test("nothing is told where nothing was counted", () => {
  expect(countsSoFar([])).toBeUndefined();
  expect(countsSoFar([0, 0])).toBeUndefined();
  expect(countsSoFar([6, 0, 2])).toEqual({ labels: 8, classes: 2, imbalance: 3 });
});
