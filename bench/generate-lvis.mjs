// Writes an LVIS-shaped JSON file of about the given size: node bench/generate-lvis.mjs FILE [MEGABYTES] [--shuffled]
// As in LVIS v1, images come in no order, each with all its annotations together, about twelve with three or four of a
// class one after the other; classes follow a Zipf law. Categories come last. In a shuffled file every annotation is on
// an image of its own choice, which is the hardest order to count.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const classes = 1203;
const annotationsAnImage = 12;
const annotationsAPair = 3.3;
/** Somewhat fewer than there are, so that a few images have no annotation. */
const bytesAnAnnotation = 680;
const polygons = 512;

/** Repeatable numbers from 0 to 1: mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes the file and returns how many annotations it has. */
export async function generateLvis(path, megabytes, shuffled = false) {
  const random = generator(1);
  const shapes = Array.from({ length: polygons }, () => polygon(random));
  const wanted = megabytes * 1e6;
  const out = createWriteStream(path);
  let bytes = 0;
  const write = async (text) => {
    bytes += text.length;
    if (!out.write(text)) await once(out, "drain");
  };
  await write(
    '{"info": {"description": "LVIS-shaped file for measurements", "version": "1"}, "annotations": [',
  );
  const counts = new Array(classes).fill(0);
  const images = Math.ceil(wanted / (annotationsAnImage * bytesAnAnnotation));
  const places = placesOf(images, shuffled, random);
  let annotations = 0;
  while (bytes < wanted * 0.97) {
    const lines = [];
    for (let i = 0; i < 500; i++) {
      const { image, category } = places.next().value;
      counts[category - 1]++;
      const box = Array.from({ length: 4 }, () => (random() * 400).toFixed(2)).join(", ");
      const { text, area } = shapes[Math.floor(random() * polygons)];
      annotations++;
      lines.push(
        `{"area": ${area}, "id": ${annotations}, "segmentation": [[${text}]], "image_id": ${image}, "bbox": [${box}], "category_id": ${category}}`,
      );
    }
    await write((annotations > 500 ? ", " : "") + lines.join(", "));
  }
  await write('], "images": [');
  for (let id = 1; id <= images; id++) {
    const file = String(id).padStart(12, "0");
    await write(
      `${id > 1 ? ", " : ""}{"id": ${id}, "width": 640, "height": 480, "coco_url": "http://images.cocodataset.org/train2017/${file}.jpg", "neg_category_ids": [3, 17], "not_exhaustive_category_ids": []}`,
    );
  }
  await write('], "licenses": [], "categories": [');
  for (let id = 1; id <= classes; id++) {
    const count = counts[id - 1];
    const frequency = count > 100 ? "f" : count > 10 ? "c" : "r";
    await write(
      `${id > 1 ? ", " : ""}{"id": ${id}, "name": "class_${id}", "synset": "class.n.${id}", "def": "the \\"${id}th\\" class", "synonyms": ["class_${id}"], "instance_count": ${count}, "image_count": ${count}, "frequency": "${frequency}"}`,
    );
  }
  await write("]}\n");
  out.end();
  await once(out, "close");
  return annotations;
}

/** Image and class of one annotation after the other, without end. */
function* placesOf(images, shuffled, random) {
  const anyImage = () => 1 + Math.floor(random() * images);
  const anyCategory = () => Math.min(classes, Math.floor((classes + 1) ** random()));
  // A step without a common divisor with their number leads through all images in no order.
  const step = stepThrough(images);
  for (let position = 0; ; position = (position + step) % images) {
    let category = anyCategory();
    const annotations = Math.ceil(-Math.log(1 - random()) * (annotationsAnImage - 0.5));
    for (let i = 0; i < annotations; i++) {
      if (shuffled || random() < 1 / annotationsAPair) category = anyCategory();
      yield { image: shuffled ? anyImage() : 1 + position, category };
    }
  }
}

function stepThrough(count) {
  const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));
  let step = Math.floor(count * 0.618);
  while (divisor(step, count) !== 1) step++;
  return step;
}

function polygon(random) {
  const points = 20 + Math.floor(random() * 100);
  const text = Array.from({ length: points }, () => (random() * 640).toFixed(2)).join(", ");
  return { text, area: (random() * 90_000).toFixed(2) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { shuffled: { type: "boolean", default: false } },
  });
  const [path, megabytes = "200"] = positionals;
  if (!path || !(Number(megabytes) > 0)) {
    console.error("node bench/generate-lvis.mjs FILE [MEGABYTES] [--shuffled]");
    process.exit(2);
  }
  const annotations = await generateLvis(path, Number(megabytes), values.shuffled);
  console.log(
    `${path}: ${annotations.toLocaleString("en")} annotations, ${classes.toLocaleString("en")} classes`,
  );
}
