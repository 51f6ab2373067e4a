// Makes two small long-tailed sets from public images, the same ones each time:
//   node scripts/make-scenes.mjs DATA OUT [--scenes N] [--tests N]
// boxes/: CIFAR-10 images of many sizes set on blurred CIFAR-10 images, as COCO boxes (train.json, train.zip, test ones).
// masks/: Fashion-MNIST images on a noisy ground; the pixels that are drawn have the class, faint ones have none (255).
// DATA holds cifar10-lt and fashion-mnist. Classes are drawn with shares from 1 to 1/50 for training, evenly for tests.
// samples/cifar10-boxes is --scenes 100 --tests 50, samples/fashion-masks --scenes 48 --tests 32.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import yauzl from "yauzl";

const factor = 50;
const garments = "T-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",");

/** Numbers from 0 to 1, the same ones for the same seed: mulberry32. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Draws classes with shares that fall from 1 to 1/factor, or evenly. */
function classSource(random, tailed) {
  const shares = Array.from({ length: 10 }, (_, k) => (tailed ? factor ** (-k / 9) : 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return () => {
    let left = random() * total;
    const label = shares.findIndex((share) => {
      left -= share;
      return left <= 0;
    });
    return Math.max(0, label);
  };
}

/** Every class in turn from its own list, from the start again at the end. */
function itemSource(byClass) {
  const next = byClass.map(() => 0);
  return (label) => byClass[label][next[label]++ % byClass[label].length];
}

function openZip(path) {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: false, autoClose: false }, (problem, zip) => {
      if (problem) return reject(problem);
      const entries = new Map();
      zip.on("entry", (entry) => entries.set(entry.fileName, entry));
      zip.on("end", () => resolve({ zip, entries }));
    });
  });
}

function readEntry({ zip, entries }, name) {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entries.get(name), async (problem, stream) => {
      if (problem) return reject(problem);
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      resolve(Buffer.concat(chunks));
    });
  });
}

async function makeBoxes(data, out, part, scenes) {
  const source = join(data, "cifar10-lt");
  const zip = await openZip(join(source, `${part}.zip`));
  const list = readFileSync(join(source, part === "train" ? "train_if10.txt" : "test.txt"), "utf8");
  const byClass = Array.from({ length: 10 }, () => []);
  for (const line of list.trim().split("\n")) {
    const [path, label] = line.split(" ");
    byClass[Number(label)].push(path);
  }
  const random = generator(part === "train" ? 1 : 2);
  const classOf = classSource(random, part === "train");
  const item = itemSource(byClass);
  const images = [];
  const annotations = [];
  const files = [];
  const [width, height] = [128, 96];
  for (let id = 1; id <= scenes; id++) {
    const ground = await readEntry(zip, byClass[Math.floor(random() * 10)].at(-1 - (id % 500)));
    const placed = [];
    const wanted = 1 + Math.floor(random() * 4);
    for (let n = 0; n < wanted; n++) {
      const label = classOf();
      const [w, h] = [0, 0].map(() => 22 + Math.floor(random() * 24));
      const [x, y] = [Math.floor(random() * (width - w)), Math.floor(random() * (height - h))];
      if (placed.some((b) => x < b.x + b.w && b.x < x + w && y < b.y + b.h && b.y < y + h)) continue;
      const picture = await readEntry(zip, item(label));
      placed.push({ x, y, w, h });
      annotations.push({
        id: annotations.length + 1,
        image_id: id,
        category_id: label + 1,
        bbox: [x, y, w, h],
        area: w * h,
        iscrowd: 0,
      });
      placed.at(-1).input = await sharp(picture).resize(w, h, { fit: "fill" }).toBuffer();
    }
    const name = `${part}_${String(id).padStart(5, "0")}.jpg`;
    const scene = await sharp(ground)
      .resize(width, height, { fit: "cover" })
      .blur(3)
      .composite(placed.map(({ x, y, input }) => ({ left: x, top: y, input })))
      .jpeg({ quality: 75 })
      .toBuffer();
    files.push([name, scene]);
    images.push({ id, file_name: name, width, height });
  }
  zip.zip.close();
  const names = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck".split(",");
  const categories = names.map((name, k) => ({ id: k + 1, name }));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${part}.json`), `${JSON.stringify({ images, annotations, categories })}\n`);
  writeFileSync(join(out, `${part}.zip`), storedZip(files));
}

/** Labels and pixels of the rows of one part: the first 700 of the 1,000 that are there, or the rest. */
function garmentRows(data, part) {
  const text = gunzipSync(readFileSync(join(data, "fashion-mnist", "fashion-mnist_test_first1000.csv.gz")));
  const rows = text
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  return part === "train" ? rows.slice(0, 700) : rows.slice(700);
}

const maskSide = 64;

/** Draws a garment at a place: bright pixels have its class, faint ones none. */
function drawGarment({ image, mask }, [label, ...pixels], left, top) {
  for (const [i, value] of pixels.entries()) {
    const at = (top + Math.floor(i / 28)) * maskSide + left + (i % 28);
    if (value > 60) image[at] = value;
    if (value > 20) mask[at] = value > 60 ? label + 1 : 255;
  }
}

async function makeMasks(data, out, part, scenes) {
  const rows = garmentRows(data, part);
  const random = generator(part === "train" ? 3 : 4);
  const classOf = classSource(random, part === "train");
  const item = itemSource(Array.from({ length: 10 }, (_, k) => rows.filter(([label]) => label === k)));
  const folders = ["images", "masks"].map((kind) => join(out, kind, part));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (let id = 1; id <= scenes; id++) {
    const level = 20 + 60 * random();
    const image = Buffer.from(Array.from({ length: maskSide ** 2 }, () => level + 50 * random()));
    const mask = Buffer.alloc(maskSide ** 2);
    for (const corner of [0, 1, 2, 3]) {
      const [left, top] = [corner & 1, corner >> 1].map((n) => 32 * n + Math.floor(random() * 5));
      if (random() < 0.75) drawGarment({ image, mask }, item(classOf()), left, top);
    }
    const name = `${part}_${String(id).padStart(5, "0")}`;
    const raw = { raw: { width: maskSide, height: maskSide, channels: 1 } };
    await sharp(image, raw)
      .jpeg({ quality: 80 })
      .toFile(join(folders[0], `${name}.jpg`));
    await sharp(mask, raw)
      .toColourspace("b-w")
      .png()
      .toFile(join(folders[1], `${name}.png`));
  }
  writeFileSync(join(out, "masks", "classes.txt"), `${["ground", ...garments].join("\n")}\n`);
}

/** A ZIP without compression and with fixed dates, so that the same files give the same bytes. */
function storedZip(files) {
  const [parts, directory] = [[], []];
  let offset = 0;
  for (const [name, bytes] of files) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x5021, 8);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const title = Buffer.from(name);
    parts.push(Buffer.from("PK\x03\x04"), fields, title, bytes);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), fields, rest, title);
    offset += 30 + title.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from("PK\x05\x06"), end]);
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** Writes boxes/ or masks/ or both under a folder. */
export async function makeScenes({ data, out, scenes, tests, kinds = ["boxes", "masks"] }) {
  for (const [part, count] of [
    ["train", scenes],
    ["test", tests],
  ]) {
    if (kinds.includes("boxes")) await makeBoxes(data, join(out, "boxes"), part, count);
    if (kinds.includes("masks")) await makeMasks(data, join(out, "masks"), part, count);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { scenes: { type: "string", default: "120" }, tests: { type: "string", default: "60" } },
  });
  const [data, out] = positionals;
  if (!data || !out)
    throw new Error("Name the folder with cifar10-lt and fashion-mnist, and the one to write to.");
  await makeScenes({ data, out, scenes: Number(values.scenes), tests: Number(values.tests) });
}
