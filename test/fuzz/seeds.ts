/** Small sound files of every format, and evil ones, from which damaged inputs are made. */
import { gzipSync } from "node:zlib";

export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const seed = (name: string, content: string | Uint8Array): Seed => ({
  name,
  bytes: typeof content === "string" ? encode(content) : content,
});

const names = [
  "cat",
  "snow \\ leopard",
  "__proto__",
  "constructor",
  "<b onload=x>",
  "\u202Egnol",
  "x".repeat(10_000),
];

function coco(): string {
  return JSON.stringify({
    images: names.map((_, id) => ({
      id,
      file_name: `${id}.jpg`,
      width: 9,
      height: 9,
      neg_category_ids: [id, 99],
    })),
    annotations: names.map((_, id) => ({
      id,
      image_id: id,
      category_id: id,
      bbox: [0, 1.5, 2, 3],
      segmentation: [[1.5, 2, 3.25, 4, 5, 6]],
    })),
    categories: names.map((name, id) => ({
      id,
      name,
      frequency: "r",
      instance_count: 1,
      supercategory: "x",
    })),
  });
}

const records = names.map((label, i) => JSON.stringify({ image: `${i}.jpg`, label, split: "train" }));

/** Sound files. */
export const sound: readonly Seed[] = [
  seed("annotations.json", coco()),
  seed("annotations.json.gz", gzipSync(encode(coco()))),
  seed("class_counts.json", '{"cat": 5, "__proto__": 3, "cow": 0}'),
  seed("info.json", '[{"id": 1, "name": "a", "image_count": 3, "instance_count": 4, "frequency": "r"}]'),
  seed("train.json", `[${records.join(",")}]`),
  seed("train.jsonl", records.join("\n")),
  seed(
    "train.manifest",
    '{"source-ref": "s3://b/1.jpg", "label": 0, "label-metadata": {"class-name": "cat"}}\n'.repeat(3),
  ),
  seed("train.txt", "x/cat/1.jpg 0\nx/cat/2.jpg 0\nx/dog/1.jpg 1\nx/dog/2.jpg 1\r\n"),
  seed("names.txt", names.map((name, i) => `x/${i}.jpg ${name}`).join("\n")),
  seed("train.csv", 'filename,label,note\na.jpg,cat,"x, ""y"""\nb.jpg,dog,z\nc.jpg,cat|dog,\n'),
  seed("data.data", "a 0.1 cp\nb 0.2 im\nc 0.3 cp\nd 0.4 im\ne 0.5 cp\nf 0.7 im\n"),
  seed("counts.csv", "class,count\ncat,5\ndog,3\ncow,0\n"),
  seed("data.yaml", "path: .\ntrain: images\nnc: 2\nnames: [cat, dog]\n"),
  seed(
    "a.xml",
    "<annotation><filename>a.jpg</filename><size><width>9</width><height>9</height></size><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object></annotation>",
  ),
  seed(
    "cvat.xml",
    '<annotations><image id="0" name="a.jpg"><box label="cat" xtl="1" ytl="1" xbr="3" ybr="3"/></image></annotations>',
  ),
  seed(
    "studio.json",
    '[{"data": {"image": "a.jpg"}, "annotations": [{"result": [{"type": "choices", "value": {"choices": ["cat"]}}]}]}]',
  ),
  seed("map.pbtxt", 'item {\n  id: 1\n  name: "cat"\n}\nitem {\n  id: 2\n  name: "dog"\n}\n'),
];

/** Files made to hurt: deep, long, exploding. Each is bounded here and must stay so when it is read. */
export const evil: readonly Seed[] = [
  seed("deep.json", `{"annotations": ${"[".repeat(200_000)}`),
  seed("deepObjects.json", `{"images": [], "categories": ${'{"a":'.repeat(100_000)}`),
  seed("line.json", `{"annotations": [{"category_id": 1, "caption": "${"x".repeat(3_000_000)}"}]}`),
  seed("digits.json", `{"annotations": [{"category_id": ${"9".repeat(2_000_000)}}]}`),
  seed("line.txt", `x/1.jpg ${"1".repeat(3_000_000)}\nx/2.jpg 1\nx/3.jpg 1`),
  seed("line.csv", `path,label\n"${"a,".repeat(800_000)}`),
  seed("commas.csv", `${",".repeat(500_000)}\n`.repeat(2)),
  seed("line.jsonl", `{"label": "${"y".repeat(2_000_000)}"}\n{"label": "b"}\n`),
  seed("bomb.json.gz", gzipSync(Buffer.alloc(40 << 20, "[1,2],"))),
  seed("bomb.txt.gz", gzipSync(Buffer.alloc(20 << 20, "a/b.jpg 1\n"))),
  seed(
    "entities.xml",
    `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 12 }, (_, i) => `<!ENTITY a${i} "&a${i - 1};&a${i - 1};">`).join("")}]><annotation><object><name>&a11;</name></object></annotation>`,
  ),
  seed(
    "aliases.yaml",
    `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a]`).join("\n")}\nnames: *b29\n`,
  ),
  seed("zeros.json", new Uint8Array(1_000_000)),
  seed("high.csv", new Uint8Array(500_000).fill(0xff)),
];
