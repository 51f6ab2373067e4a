import { expect, test } from "vitest";
import { Remembered } from "#engine/manifest/remembered.ts";

test("what is wanted is taken once, and nothing else", () => {
  const taken: number[] = [];
  function* numbers(): Generator<number> {
    for (const next of [1, 2, 3]) {
      taken.push(next);
      yield next;
    }
  }
  const remembered = new Remembered(numbers());
  expect(taken).toEqual([]);
  const [first] = remembered;
  expect([first, taken]).toEqual([1, [1]]);
  expect([...remembered]).toEqual([1, 2, 3]);
  expect([...remembered]).toEqual([1, 2, 3]);
  expect(taken).toEqual([1, 2, 3]);
});
