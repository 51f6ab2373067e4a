import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { indexRows, type Row, readRows } from "#engine/manifest/rows.ts";

const folder = mkdtempSync(join(tmpdir(), "equipoise-rows-"));
const copies = join(folder, "copies");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(
  content: string | Uint8Array,
  from: number,
  count: number,
): Promise<{ total: number; rows: Row[] }> {
  const path = join(folder, "file");
  writeFileSync(path, content);
  const index = await indexRows(path, { copies });
  return { total: index.total, rows: await readRows(path, index, from, count) };
}

const texts = ({ rows }: { rows: Row[] }): string[] => rows.map(({ text }) => text);

describe("rows of a text", () => {
  it("are its lines, with or without a last line feed, whatever the line ending", async () => {
    expect(await rowsOf("a 1\nb 2\n", 0, 9)).toMatchObject({ total: 2 });
    const cut = await rowsOf("a 1\r\nb 2", 0, 9);
    expect(cut.total).toBe(2);
    expect(texts(cut)).toEqual(["a 1", "b 2"]);
    expect((await rowsOf("", 0, 9)).rows).toEqual([]);
  });

  it("are found by number anywhere in a long file, also across chunks", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `images/${i}.jpg ${i % 7}`);
    const text = `${lines.join("\n")}\n`;
    for (const from of [0, 255, 256, 99_999, 199_990]) {
      const found = await rowsOf(text, from, 10);
      expect(found.total).toBe(200_000);
      expect(texts(found)).toEqual(lines.slice(from, from + 10));
    }
    expect(texts(await rowsOf(text, 199_998, 10))).toHaveLength(2);
    expect(texts(await rowsOf(text, 300_000, 10))).toEqual([]);
  });

  it("of JSON Lines are its lines too", async () => {
    const found = await rowsOf('{"a":[{"b":1}]}\n{"a":2}\n', 0, 5);
    expect(texts(found)).toEqual(['{"a":[{"b":1}]}', '{"a":2}']);
  });
});

describe("rows of a JSON document", () => {
  it("are the objects of its arrays, not what is inside them", async () => {
    const document = {
      info: { year: 2020, urls: [{ no: 1 }] },
      images: [{ id: 1, name: 'a "}{" b' }],
      annotations: Array.from({ length: 700 }, (_, id) => ({ id, at: [[1, 2]], more: [{ deep: true }] })),
    };
    const compact = await rowsOf(JSON.stringify(document), 0, 2);
    expect(compact.total).toBe(701);
    expect(texts(compact)).toEqual([
      '{"id":1,"name":"a \\"}{\\" b"}',
      '{"id":0,"at":[[1,2]],"more":[{"deep":true}]}',
    ]);
    const pretty = await rowsOf(JSON.stringify(document, null, 2), 600, 1);
    expect(JSON.parse(pretty.rows[0]?.text ?? "")).toMatchObject({ id: 599 });
  });

  it("that is an array are its elements", async () => {
    expect(texts(await rowsOf('[{"a":1},\n {"a":2}]', 1, 5))).toEqual(['{"a":2}']);
  });

  it("are cut where they are long, and the next one is found", async () => {
    const long = { polygon: Array.from({ length: 900_000 }, (_, i) => i) };
    const { rows } = await rowsOf(JSON.stringify([long, { id: 2 }]), 0, 2);
    expect(rows.map(({ cut, text }) => [cut, text.length])).toEqual([
      [true, 2000],
      [false, 8],
    ]);
  });
});

describe("rows of a gzip file", () => {
  const lines = Array.from({ length: 300_000 }, (_, i) => `images/${i}.jpg ${i % 7}`);
  const text = `${lines.join("\n")}\n`;

  it("are those of its content, from any place, also over the ends of blocks", async () => {
    expect(text.length).toBeGreaterThan(4 << 20);
    const path = join(folder, "list.txt.gz");
    writeFileSync(path, gzipSync(text));
    const index = await indexRows(path, { copies });
    expect(index).toMatchObject({ kind: "lines", total: 300_000 });
    for (const from of [0, 49_990, 150_000, 299_995]) {
      const rows = await readRows(path, index, from, 20);
      expect(texts({ rows })).toEqual(lines.slice(from, from + 20));
    }
    const nearEnd = text.slice(0, 1 << 20).split("\n").length;
    const rows = await readRows(path, index, nearEnd - 3, 6);
    expect(texts({ rows })).toEqual(lines.slice(nearEnd - 3, nearEnd + 3));
  });

  it("that holds a JSON document are the objects of its arrays", async () => {
    const document = JSON.stringify({ images: [{ id: 7 }], annotations: [{ id: 1 }, { id: 2 }] });
    expect(texts(await rowsOf(gzipSync(document), 1, 9))).toEqual(['{"id":1}', '{"id":2}']);
  });

  it("that breaks off are those that could be unpacked", async () => {
    const { total } = await rowsOf(gzipSync(text).subarray(0, 200_000), 0, 1);
    expect(total).toBeGreaterThan(1000);
    expect(total).toBeLessThan(300_000);
  });

  it("need copies on disk, of which only the newest are kept", async () => {
    for (let i = 0; i < 6; i++) {
      const path = join(folder, `${i}.gz`);
      writeFileSync(path, gzipSync(`${i} 1\n`));
      await indexRows(path, { copies });
    }
    expect(readdirSync(copies).length).toBeLessThanOrEqual(4);
  });
});

it("are no longer read when nobody waits for them", async () => {
  const path = join(folder, "file");
  writeFileSync(path, "a 1\n".repeat(600_000));
  await expect(indexRows(path, { copies, signal: AbortSignal.abort() })).rejects.toThrow();
});
