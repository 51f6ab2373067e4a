import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import type { ManifestSource } from "#engine/manifest/manifest.ts";
import { fileSource, textSource } from "#engine/manifest/source.ts";

const text = Array.from({ length: 300_000 }, (_, i) => `line ${i} é 😀`).join("\n");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "equipoise-"));
  await writeFile(join(folder, "plain.txt"), text);
  await writeFile(join(folder, "packed.gz"), gzipSync(text));
  await writeFile(join(folder, "twice.gz"), Buffer.concat([gzipSync("one "), gzipSync("two")]));
  await writeFile(join(folder, "classes.txt"), "cat\n");
});

async function contentOf(source: ManifestSource): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const chunk of source.bytes()) pieces.push(Buffer.from(chunk.slice()));
  return Buffer.concat(pieces).toString("utf8");
}

describe("fileSource", () => {
  test("gives the whole file, packed or not", async () => {
    expect(await contentOf(fileSource(join(folder, "plain.txt")))).toBe(text);
    expect(await contentOf(fileSource(join(folder, "packed.gz")))).toBe(text);
    expect(await contentOf(fileSource(join(folder, "twice.gz")))).toBe("one two");
  });

  test("gives the start of the file, unpacked", async () => {
    for (const name of ["plain.txt", "packed.gz"]) {
      const head = await fileSource(join(folder, name)).head(10);
      expect(new TextDecoder().decode(head)).toBe("line 0 é ");
    }
  });

  test("tells bytes before decompression up to the size", async () => {
    const source = fileSource(join(folder, "packed.gz"));
    const seen: number[] = [];
    for await (const _ of source.bytes(undefined, (bytes) => seen.push(bytes)));
    expect(seen[seen.length - 1]).toBe(source.size);
  });

  test("gives a long file as it is, into the room that a reader has", async () => {
    const content = Buffer.alloc((5 << 20) + 123);
    for (let at = 0; at < content.length; at++) content[at] = (at * 2654435761) >>> 24;
    await writeFile(join(folder, "long.bin"), content);
    const room = [new Uint8Array(1 << 20), new Uint8Array(1 << 20)] as const;
    for (const given of [undefined, room]) {
      const parts: Buffer[] = [];
      let told = 0;
      const tell = (bytes: number): void => {
        told = bytes;
      };
      for await (const chunk of fileSource(join(folder, "long.bin")).bytes(undefined, tell, given)) {
        if (given) expect(given.some(({ buffer }) => buffer === chunk.buffer)).toBe(true);
        parts.push(Buffer.from(chunk));
      }
      expect(Buffer.concat(parts).equals(content)).toBe(true);
      expect(told).toBe(content.length);
    }
  });

  test("stops when aborted", async () => {
    for (const name of ["plain.txt", "packed.gz", "long.bin"]) {
      const controller = new AbortController();
      const reading = (async () => {
        for await (const _ of fileSource(join(folder, name)).bytes(controller.signal))
          controller.abort(new Error("stop"));
      })();
      await expect(reading).rejects.toThrow("stop");
    }
  });

  test("knows the neighbours of the file", async () => {
    const source = fileSource(join(folder, "plain.txt"));
    expect(new TextDecoder().decode(await source.neighbour("classes.txt"))).toBe("cat\n");
    expect(await source.neighbour("none.txt")).toBeUndefined();
  });
});

describe("textSource", () => {
  test("gives the text as UTF-8, characters of two units whole", async () => {
    expect(await contentOf(textSource("/x", text))).toBe(text);
    expect(await contentOf(textSource("/x", "😀".repeat(700_000)))).toBe("😀".repeat(700_000));
  });

  test("gives the start of the text", async () => {
    expect(new TextDecoder().decode(await textSource("/x", "éa").head(2))).toBe("é");
  });
});
