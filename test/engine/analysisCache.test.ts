import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AnalysisOptions, analyse } from "#engine/analysis.ts";
import { type AnalysisCache, analyseFile, ownCache } from "#engine/analysisCache.ts";
import { fileSource } from "#engine/manifest/source.ts";

let folder: string;
let cache: AnalysisCache;
let path: string;
const asked = { asked: true };
const list = "a/1.jpg 0\na/2.jpg 0\nb/3.jpg 1\n";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-cache-"));
  cache = { folder: join(folder, "analyses"), build: "one", smallest: 10 };
  path = join(folder, "train.txt");
  write(path, list);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file that last changed long ago. */
function write(file: string, text: string, minutes = 10): void {
  writeFileSync(file, text);
  const time = new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
  utimesSync(file, time, time);
}

function entries(): string[] {
  try {
    return readdirSync(cache.folder);
  } catch {
    return [];
  }
}

/** Changes what the entries say, so that it shows whether they were used. */
function mark(): void {
  for (const name of entries()) {
    const file = join(cache.folder, name);
    const entry = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...entry, analysis: { ...entry.analysis, format: "kept" } }));
  }
}

async function format(options: AnalysisOptions = asked, used = cache): Promise<string | undefined> {
  return (await analyseFile(path, options, used))?.format;
}

describe("a kept analysis", () => {
  test("is what reading the file says", async () => {
    const fresh = await analyse(fileSource(path), asked);
    expect(await analyseFile(path, asked, cache)).toEqual(fresh);
    expect(entries()).toHaveLength(1);
    expect(await analyseFile(path, asked, cache)).toEqual(fresh);
    mark();
    expect(await format()).toBe("kept");
  });

  test("is not used once size, time, start or end of the file are others", async () => {
    await format();
    mark();
    write(path, `${list}b/4.jpg 1\n`);
    expect(await format()).toBe("path-list");
    mark();
    write(path, `${list}b/4.jpg 0\n`);
    expect(await format()).toBe("path-list");
    mark();
    write(path, `${list}b/4.jpg 0\n`, 20);
    expect(await format()).toBe("path-list");
  });

  test("is not used once a class list beside the file comes or changes", async () => {
    await format();
    mark();
    write(join(folder, "classes.txt"), "cat\ndog\n");
    expect((await analyseFile(path, asked, cache))?.views[0]?.classes[0]?.name).toBe("cat");
    write(join(folder, "classes.txt"), "cow\nhen\n", 30);
    expect((await analyseFile(path, asked, cache))?.views[0]?.classes[0]?.name).toBe("cow");
  });

  test("belongs to its options and to the code that made it", async () => {
    await format();
    mark();
    expect(await format({ ...asked, objective: "natural" })).toBe("path-list");
    expect(await format(asked, { ...cache, build: "two" })).toBe("path-list");
    expect(await format()).toBe("kept");
  });

  test("counts as none where it is damaged", async () => {
    await format();
    for (const name of entries()) writeFileSync(join(cache.folder, name), '{"path": ');
    expect(await format()).toBe("path-list");
    mark();
    expect(await format()).toBe("kept");
  });
});

describe("nothing is kept", () => {
  test("of small files, and of files that changed just now", async () => {
    await format(asked, { ...cache, smallest: 1000 });
    writeFileSync(path, list);
    await format();
    expect(entries()).toEqual([]);
  });

  test("where the folder cannot be written", async () => {
    writeFileSync(cache.folder, "a file in the way");
    expect(await format()).toBe("path-list");
  });

  test("where it is switched off", () => {
    expect(ownCache({ EQUIPOISE_CACHE: "off" })).toBeUndefined();
  });
});

test("the cache keeps the 200 entries that were used last", async () => {
  mkdirSync(cache.folder);
  for (let i = 0; i < 205; i++) write(join(cache.folder, `${i}.json`), "{}", 1000 - i);
  await format();
  const names = entries();
  expect(names).toHaveLength(200);
  expect(names).not.toContain("5.json");
  expect(names).toContain("6.json");
});
