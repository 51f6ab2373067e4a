import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonScanner } from "#engine/manifest/scan/json.ts";
import { type JsonRecord, recordsOf } from "#engine/manifest/scan/jsonRecord.ts";
import { fields } from "#engine/manifest/scan/jsonShape.ts";
import { openScanMemory } from "#engine/manifest/scan/scanMemory.ts";

const wanted = {
  category_id: "value",
  id: "value",
  bbox: "numbers",
  neg: "numbers",
  neg_category_ids: "numbers",
  a_name_as_long_as_rows_can_take: "value",
} as const;

/** All that one way of scanning tells of the document; a source may read its chunks to where the kernels work. */
function told(bytes: Uint8Array, how: "plain" | "kernels" | "read there", chunk: number): unknown {
  const seen: unknown[] = [];
  const note = (record: JsonRecord): void => {
    seen.push([
      record.start,
      record.end,
      ...record.names.map((_, field) => [
        record.has(field),
        record.value(field),
        record.kinds[field] === "numbers" ? record.list(field) : [],
        record.count(field),
        ...(record.has(field) ? [record.startOf(field), record.endOf(field), record.number(field, 1)] : []),
      ]),
    ]);
  };
  const first: unknown[] = [];
  const shape = recordsOf(wanted, note, { first: { number: (value) => first.push(value) } });
  const memory = openScanMemory();
  if (!memory) throw new Error("no SIMD here");
  const scanner = new JsonScanner(
    { fields: fields({ annotations: shape }), others: () => undefined },
    how === "plain" ? "plain" : memory,
  );
  for (let from = 0, turn = 0; from < bytes.length; from += chunk, turn ^= 1) {
    const part = bytes.subarray(from, from + chunk);
    const room = memory.chunks[turn === 0 ? 0 : 1].subarray(0, part.length);
    if (how === "read there") room.set(part);
    scanner.write(how === "read there" ? room : part);
    // The source reads the next chunk already.
    room.fill(0x7d);
  }
  scanner.end();
  return { seen, first, problem: scanner.problem, nonFinite: scanner.nonFinite };
}

const number = fc.oneof(
  fc.integer({ min: -5, max: 2_000_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 99 })).map(([a, b]) => `${a}.${b}`),
  fc.constantFrom(
    "0",
    "-0",
    "007",
    "1.",
    "-",
    "1e5",
    "NaN",
    "Infinity",
    "12345678901234567890",
    "0.1234567890123456",
  ),
);
const list = fc.array(number, { maxLength: 7 }).map((numbers) => `[${numbers.join(", ")}]`);
const text = fc.oneof(
  fc.string({ maxLength: 40 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\""', '"\\\\"', '"{[,:]}"', '"é漢😀"', '"a\u0001b"'),
);
const other = fc.oneof(
  number,
  list,
  text,
  fc.constantFrom("true", "false", "null", "nul", "{}", '[[1.5,2],{"a":[]}]', "[}", ""),
);
const key = fc.constantFrom(
  "category_id",
  "id",
  "bbox",
  "neg",
  "area",
  "segmentation",
  "category_ids",
  "neg_category_ids",
  "neg_category_idx",
  "neg_category_\\u0069ds",
  "a_name_as_long_as_rows_can_take",
  "a_name_as_long_as_rows_can_tak",
  "a_name_as_long_as_rows_can_take_",
  "a rather long key of many bytes",
  "k\\u0065y",
  "first",
  "\\u0069d",
);
const blank = fc.constantFrom("", " ", "\n  ", "\t\r\n");
const ordinary = fc
  .record({
    category: fc.nat(1300),
    id: fc.nat(),
    box: fc.array(fc.integer({ min: 0, max: 99_999 }), { minLength: 4, maxLength: 4 }),
    more: text,
  })
  .map(
    ({ category, id, box, more }) =>
      `{"area": 12.5, "id": ${id}, "caption": ${more}, "neg": [3, 17], "bbox": [${box.map((side) => side / 100).join(", ")}], "category_id": ${category}, "iscrowd": 0}`,
  );
const odd = fc
  .array(fc.tuple(key, blank, fc.oneof({ weight: 3, arbitrary: number }, { weight: 1, arbitrary: other })), {
    maxLength: 8,
  })
  .map(
    (entries) =>
      `{${entries.map(([name, space, value]) => `${space}"${name}"${space}:${space}${value}`).join(",")}}`,
  );
const item = fc.oneof(
  { weight: 4, arbitrary: ordinary },
  { weight: 2, arbitrary: odd },
  { weight: 1, arbitrary: other },
);
const document = fc
  .tuple(fc.array(item, { maxLength: 30 }), blank, fc.constantFrom("", ', "info": {"a": [1, 2]}'))
  .map(([items, space, more]) => `{"annotations": [${items.join(`,${space}`)}]${more}}`);

describe("records of an array", () => {
  test("are the same through the kernel and in TypeScript, in sound and in broken documents, wherever chunks break", () => {
    fc.assert(
      fc.property(
        document,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ 0-.eN\u0000')), { maxLength: 2 }),
        fc.integer({ min: 48, max: 700 }),
        (sound, changes, chunk) => {
          const bytes = new TextEncoder().encode(sound);
          for (const [at, by] of changes) bytes[at % bytes.length] = by.charCodeAt(0);
          const plain = told(bytes, "plain", chunk);
          expect(told(bytes, "kernels", chunk)).toEqual(plain);
          expect(told(bytes, "read there", chunk)).toEqual(plain);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("are taken by the kernel where they are ordinary", () => {
    const one = '{"id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "neg": [], "caption": "a \\" b"}';
    const bytes = new TextEncoder().encode(`{"annotations": [${Array(500).fill(one).join(", ")}]}`);
    const memory = openScanMemory();
    let calls = 0;
    const shape = recordsOf(wanted, () => calls++);
    let slow = 0;
    const counting = {
      ...shape,
      items: (index: number) => {
        slow++;
        return shape.items?.(index);
      },
    };
    const scanner = new JsonScanner({ fields: fields({ annotations: counting }) }, memory);
    scanner.write(bytes);
    scanner.end();
    expect(calls).toBe(500);
    expect(slow).toBeLessThan(3);
  });

  test("keep long arrays and long texts that span many chunks", () => {
    const long = Array.from({ length: 300 }, (_, i) => i / 3);
    const one = JSON.stringify({
      id: 5,
      caption: "x\\".repeat(999),
      neg: long,
      category_id: "a\nb",
      bbox: [],
    });
    const bytes = new TextEncoder().encode(`{"annotations": [${one},${one}]}`);
    for (const chunk of [64, 1000, 1e6]) {
      const plain = told(bytes, "plain", chunk);
      expect(told(bytes, "kernels", chunk)).toEqual(plain);
      expect(told(bytes, "read there", chunk)).toEqual(plain);
    }
  });
});
