import { expect, test } from "vitest";
import { NumberIndex } from "#engine/manifest/numberIndex.ts";

test("a NumberIndex numbers what it meets, however much that is", () => {
  const index = new NumberIndex();
  const number = (i: number): number => (i % 2 === 0 ? i * 7 : 2 ** 53 - 1 - i);
  for (let i = 0; i < 5000; i++) expect(index.add(number(i))).toBe(i);
  for (let i = 0; i < 5000; i++) expect(index.add(number(i))).toBe(i);
  expect(index.size).toBe(5000);
  expect([index.find(number(4321)), index.find(1)]).toEqual([4321, -1]);
  expect([index.at(0), index.at(4999), index.at(5000)]).toEqual([0, number(4999), undefined]);
});
