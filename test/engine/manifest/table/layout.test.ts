import { describe, expect, test } from "vitest";
import { type TableLayout, tableLayout } from "#engine/manifest/table/layout.ts";

function layoutOf(text: string, name = "data.csv", complete = true): TableLayout | undefined {
  return tableLayout({ name, path: `/d/${name}`, bytes: new TextEncoder().encode(text), text, complete });
}

const labelsOf = (text: string): unknown => {
  const labels = layoutOf(text)?.labels;
  return labels?.kind === "column" ? labels.column : labels?.kind;
};

const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => row(i)).join("\n");

describe("the label column", () => {
  test.each([
    ["under the clearest name", `species,genus,x\n${rows(20, (i) => `s${i % 4},g${i % 2},${i / 3}`)}`, 0],
    ["behind the features", `x,y,label\n${rows(20, (i) => `${i / 3},${i / 7},c${i % 3}`)}`, 2],
    ["of the only words", `Letter,1,2\n${rows(26, (i) => `${"ABC"[i % 3]},${i},${i * 2}`)}`, 0],
    [
      "of the last words, without header",
      rows(20, (i) => `tcp,${i / 3},${i % 2 ? "normal" : "attack"},${i % 9}`),
      2,
    ],
    ["of few whole numbers at the end", rows(40, (i) => `${i / 3},${i / 7},${i % 5}`), 2],
    ["of codes with leading zeros", rows(40, (i) => `${i / 3},${i},${i % 2 ? "0010" : "0100"}`), 2],
    ["not the names of the rows", rows(40, (i) => `name${i} ${i / 3},${i % 2 ? "a" : "b"}`), 1],
  ])("is the one %s", (_, text, column) => {
    expect(labelsOf(text)).toBe(column);
  });

  test("is missing where nothing repeats as class names do", () => {
    expect(labelsOf(`a,b\n${rows(30, (i) => `${i / 3},${i / 7}`)}`)).toBe("none");
    expect(labelsOf(`id,day\n${rows(30, (i) => `${i},2024-01-${i + 1}`)}`)).toBe("none");
  });

  test("is not a measured value, whatever its name", () => {
    expect(labelsOf(`x,target\n${rows(30, (i) => `${i},${i / 7}`)}`)).toBe("none");
  });

  test("may be one column of 0 and 1 per class", () => {
    expect(
      layoutOf(`image,cat,dog\n${rows(10, (i) => `${i}.jpg,${i % 2}.0,${1 - (i % 2)}.0`)}`)?.labels,
    ).toEqual({
      kind: "one-hot",
      columns: [1, 2],
    });
  });
});

describe("the dialect", () => {
  test.each([
    ["comma", 0x2c, rows(10, (i) => `${i},"a;b",c${i % 2}`)],
    ["semicolon", 0x3b, rows(10, (i) => `${i};a,b;c${i % 2}`)],
    ["tab", 0x09, rows(10, (i) => `${i}\ta, b\tc${i % 2}`)],
    ["semicolon", 0x3b, `a;b;label\n${rows(10, (i) => `${i},5;${i},25;c${i % 2}`)}`],
    ["tab", 0x09, rows(10, (i) => `0,${i}\t-1,${i}e3\tc${i % 2}`)],
    ["comma", 0x2c, rows(10, (i) => `${i},"1;2",c${i % 2}`)],
    ["blanks", "blanks", rows(10, (i) => `n${i}  0.${i}  ${i}.5 c${i % 2}`)],
  ])("is found by even columns: %s", (_, delimiter, text) => {
    expect(layoutOf(text)?.dialect.delimiter).toBe(delimiter);
  });

  test("prose is no table", () => {
    expect(layoutOf("There is a man\nwho has two dogs\nand a red cat\n")).toBeUndefined();
  });

  test("a last row that the head cuts in two is not looked at", () => {
    expect(
      layoutOf(`x,label\n${rows(20, (i) => `${i},c${i % 2}`)}\n7`, "data.csv", false)?.dialect.columns,
    ).toBe(2);
  });
});

describe("the header", () => {
  test.each([
    ["words over numbers", `width,kind\n${rows(10, (i) => `${i / 2},k${i % 2}`)}`, ["width", "kind"]],
    ["known names over words", `text,label\n${rows(10, (i) => `t ${i},k${i % 2}`)}`, ["text", "label"]],
    [
      "numbers that count up beside a word",
      `Letter,1,2,3\n${rows(10, (i) => `${"AB"[i % 2]},4,4,${i}`)}`,
      ["Letter", "1", "2", "3"],
    ],
  ])("is told from %s", (_, text, header) => {
    expect(layoutOf(text)?.header).toEqual(header);
  });

  test.each([
    ["numbers everywhere", rows(10, (i) => `${i / 2},${i % 2}`)],
    ["a first row like the others", rows(10, (i) => `${i / 2},k${i % 2}`)],
  ])("is missing with %s", (_, text) => {
    expect(layoutOf(text)?.header).toBeUndefined();
  });
});
