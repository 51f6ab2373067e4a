/** CVAT for images 1.1 and for video 1.1: one XML file with the labels, shapes and tags of all images or tracks. */

import { basename } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import type { Task } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { BoxCheck, type ImageSize } from "./boxes.ts";
import { shortName } from "./firstOnes.ts";
import type { CountedClass, CountedView, ManifestReading, Observation, Span } from "./manifest.ts";
import { type MistakeKind, Mistakes } from "./mistakes.ts";
import { NumberSet, PairSet } from "./numberSet.ts";
import { type FileHead, type ManifestReader, type ReadingInput, type Recognised, sure } from "./reader.ts";
import { type XmlEvents, XmlScanner, type XmlTag } from "./scan/xml.ts";
import { splitOf } from "./split.ts";

export const cvat: ManifestReader = { format: "cvat", recognises, read };

function recognises({ text }: FileHead): Recognised | undefined {
  if (!/<annotations[\s>]/.test(text)) return undefined;
  const meta = /<meta>/.test(text) && /<(labels|task|project|job)>/.test(text);
  const items = /<image\s[^>]*\bname=/.test(text) || /<track\s[^>]*\blabel=/.test(text);
  return meta || items ? sure(t`CVAT annotations with labels`) : undefined;
}

async function read({ source, chunks, failed }: ReadingInput): Promise<ManifestReading | undefined> {
  const counts = new CvatCounts();
  const scanner = new XmlScanner(counts);
  for await (const chunk of chunks()) {
    scanner.write(chunk);
    if (scanner.problem) break;
  }
  if (!failed()) scanner.end();
  if (counts.isEmpty) return undefined;
  const split = splitOf(source.path);
  const { problem } = scanner;
  const broken: Observation[] = problem ? [brokenAt(problem)] : [];
  return {
    format: cvat.format,
    views: [{ name: basename(source.path), ...(split ? { split } : {}), ...counts.view() }],
    observations: [...broken, ...counts.observations()],
  };
}

function brokenAt({ message, start, end }: { message: string; start: number; end: number }): Observation {
  return {
    code: "manifest/broken",
    severity: "error",
    message: ({ line }) => t`${message} Counts cover what stands before line ${formatCount(line)}.`,
    span: { start, end },
  };
}

interface Label {
  readonly index: number;
  readonly name: string;
  readonly first: Span;
  readonly declared: boolean;
  instances: number;
}

/** Shapes of an image; a skeleton counts once, whatever it consists of. */
const shapes: ReadonlySet<string> = new Set([
  ...["box", "polygon", "polyline", "points", "cuboid", "mask", "ellipse", "skeleton"],
]);

class CvatCounts implements XmlEvents {
  readonly #labels = new Map<string, Label>();
  readonly #open: string[] = [];
  readonly #boxes = new BoxCheck();
  readonly #mistakes = new Mistakes();
  readonly #imagesOfLabels = new PairSet();
  readonly #imagesPerLabel: number[] = [];
  readonly #frames = new NumberSet();
  #images = 0;
  #size: ImageSize | undefined;
  #track: Label | undefined;
  #shapes = 0;
  #tags = 0;
  #tagsOfImage = 0;
  #mostTags = 0;

  get isEmpty(): boolean {
    return this.#labels.size === 0 && this.#images === 0;
  }

  open(tag: XmlTag): boolean {
    const depth = this.#open.push(tag.name);
    const parent = this.#open[depth - 2];
    if (tag.name === "image" && depth === 2) this.#startImage(tag);
    else if (tag.name === "track" && depth === 2) this.#track = this.#use(tag);
    else if (parent === "image" && depth === 3) this.#takeItem(tag);
    else if (parent === "track" && depth === 3) this.#takeFrame(tag);
    return tag.name === "name" && parent === "label" && this.#open[depth - 3] === "labels";
  }

  close(_name: string, text: string | undefined, start: number, end: number): void {
    this.#open.pop();
    if (text !== undefined) this.#declare(text, { start, end });
  }

  #declare(name: string, first: Span): void {
    if (this.#labels.has(name)) return;
    this.#labels.set(name, { index: this.#labels.size, name, first, declared: true, instances: 0 });
  }

  #startImage(tag: XmlTag): void {
    this.#images++;
    this.#tagsOfImage = 0;
    const width = Number(tag.attribute("width")?.text);
    const height = Number(tag.attribute("height")?.text);
    this.#size = width > 0 && height > 0 ? { width, height } : undefined;
  }

  #takeItem(tag: XmlTag): void {
    if (tag.name === "tag") {
      this.#tags++;
      this.#tagsOfImage++;
      this.#mostTags = Math.max(this.#mostTags, this.#tagsOfImage);
    } else if (shapes.has(tag.name)) this.#shapes++;
    else return;
    const label = this.#use(tag);
    if (label) this.#see(label, this.#images);
    if (tag.name === "box") this.#checkBox(tag);
  }

  /** A shape of a track in one frame; where the object is outside it is not to be seen. */
  #takeFrame(tag: XmlTag): void {
    if (!shapes.has(tag.name) || tag.attribute("outside")?.text === "1") return;
    const frame = Number(tag.attribute("frame")?.text);
    if (!Number.isInteger(frame) || frame < 0 || frame >= 2 ** 32) return;
    this.#frames.add(frame);
    this.#shapes++;
    if (this.#track) this.#see(this.#track, frame);
    if (tag.name === "box") this.#checkBox(tag);
  }

  #see({ index }: Label, image: number): void {
    if (this.#imagesOfLabels.add(image, index))
      this.#imagesPerLabel[index] = (this.#imagesPerLabel[index] ?? 0) + 1;
  }

  /** Counts an object with its label, which may be one that was not declared. */
  #use(tag: XmlTag): Label | undefined {
    const attribute = tag.attribute("label");
    if (!attribute) {
      this.#mistakes.note(unlabelled, { start: tag.start, end: tag.end });
      return undefined;
    }
    const { text, start, end } = attribute;
    let label = this.#labels.get(text);
    if (!label) {
      label = { index: this.#labels.size, name: text, first: { start, end }, declared: false, instances: 0 };
      this.#labels.set(text, label);
    }
    label.instances++;
    return label;
  }

  #checkBox(tag: XmlTag): void {
    const edge = (name: string): number => Number(tag.attribute(name)?.text ?? Number.NaN);
    const [left, top, right, bottom] = [edge("xtl"), edge("ytl"), edge("xbr"), edge("ybr")];
    const span = { start: tag.start, end: tag.end };
    if ([left, top, right, bottom].some(Number.isNaN)) this.#mistakes.note(unlabelled, span);
    else this.#boxes.add(left, top, right - left, bottom - top, span, this.#track ? undefined : this.#size);
  }

  view(): Omit<CountedView, "name" | "split"> {
    const task = this.#task();
    const classes = [...this.#labels.values()].map(
      ({ index, name, first, declared, instances }): CountedClass => ({
        index,
        name,
        images: this.#imagesPerLabel[index] ?? 0,
        instances,
        first,
        declared,
      }),
    );
    return {
      task,
      bases: task === "detection" ? ["instances", "images"] : ["images"],
      samples: this.#images + this.#frames.size,
      classes,
    };
  }

  #task(): Task {
    if (this.#shapes > 0 || this.#tags === 0) return "detection";
    return this.#mostTags > 1 ? "multi-label" : "single-label";
  }

  observations(): Observation[] {
    const undeclared = [...this.#labels.values()].filter(({ declared }) => !declared);
    const [first] = undeclared;
    const declares = undeclared.length < this.#labels.size;
    const found = [...this.#mistakes.observations(), ...this.#boxes.observations()];
    if (!first || !declares) return found;
    const names = undeclared.slice(0, 3).map(({ name }) => `"${shortName(name)}"`);
    const more = undeclared.length > names.length ? " …" : "";
    const label = undeclared.length === 1 ? t`Label` : t`${formatCount(undeclared.length)} labels`;
    const are = undeclared.length === 1 ? "is" : "are";
    const message = t`${label} ${names.join(", ")}${more} ${are} used and not declared.`;
    return [{ code: "class/unknown", severity: "error", message, span: first.first }, ...found];
  }
}

const unlabelled: MistakeKind = {
  code: "label/unreadable",
  severity: "error",
  tell: (count) =>
    count === 1
      ? t`1 shape has no label or no corners`
      : t`${formatCount(count)} shapes have no label or no corners`,
};
