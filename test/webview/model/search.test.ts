import { expect, test } from "vitest";
import { matchingClasses } from "../../../webview/model/search.ts";

const names = ["soup bowl", "bowl", "Bowl", "bowler hat", "spoon", ""];

test("the name itself comes first, then beginnings, then parts, without regard to case", () => {
  expect(matchingClasses(names, " bowl ", 10)).toEqual([1, 2, 3, 0]);
  expect(matchingClasses(names, "BOWL", 2)).toEqual([1, 2]);
});

test("nothing is found for nothing, nor for what no class is called", () => {
  expect(matchingClasses(names, "  ", 10)).toEqual([]);
  expect(matchingClasses(names, "fork", 10)).toEqual([]);
});
