/** What a person reads who names something that is no manifest. */
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource } from "./chunked.ts";

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

const refused: readonly (readonly [string, string | Uint8Array, string])[] = [
  [
    "lvis.json",
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234567\n",
    'lvis.json is a Git LFS pointer, not the file (1.2 MB). Fetch it: git lfs pull --include="lvis.json"',
  ],
  [
    "train.txt",
    "/annex/objects/MD5E-s12--abc.txt\n",
    'train.txt is a git-annex pointer, not the file. Fetch it: git annex get "train.txt"',
  ],
  [
    "label_map.pbtxt",
    "\n<!DOCTYPE html>\n<html><head></head></html>",
    'label_map.pbtxt is an HTML page saved as .pbtxt. Download the file itself; on GitHub it is behind "Raw".',
  ],
  [
    "train.csv",
    latin1("PK\u0003\u0004aaaa"),
    "train.csv is a ZIP archive. Unpack it and name the manifest in it.",
  ],
  [
    "data.pkl",
    latin1("\u0080\u0004\u0095aa"),
    "data.pkl is a Python pickle, which can run code when it is opened. Save its labels as JSON, CSV or .npy.",
  ],
  [
    "settings.json",
    '{"a": 1, "b": {"c": []}}',
    "settings.json is JSON, but has no label array: looked for images, annotations and categories (COCO), a list or " +
      "map of samples with a label, Label Studio tasks, and counts by class. " +
      'Its keys: "a", "b".',
  ],
  [
    "list.json",
    '[{"id": 1, "name": "Ada"}, {"id": 2, "name": "Alan"}]',
    "list.json is JSON, but has no label array: looked for images, annotations and categories (COCO), a list or " +
      "map of samples with a label, Label Studio tasks, and counts by class.",
  ],
];

describe.each(refused)("%s", (name, content, message) => {
  test("says what it is and the next step where a person named it", async () => {
    const reading = await readManifest(chunkedSource(`/data/${name}`, content), { asked: true });
    expect(reading?.views).toEqual([]);
    expect(reading?.observations.map((observation) => observation.message)).toEqual([message]);
  });

  test("says nothing in the editor", async () => {
    expect(await readManifest(chunkedSource(`/data/${name}`, content))).toBeUndefined();
  });
});

test("every reader that fits says why, the one that read it first", async () => {
  const list = "img/a.jpg cat\nimg/b.jpg dog\nimg/c.jpg cat\n";
  const { recognition } = (await readManifest(chunkedSource("/data/train.txt", list))) ?? {};
  expect(recognition?.[0]).toEqual({
    format: "path-list",
    evidence: "sure",
    why: "nearly every line is a listed file with one label",
  });
});
