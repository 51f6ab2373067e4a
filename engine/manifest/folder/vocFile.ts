/** One Pascal VOC file: the objects of one image. */
import type { BoxCheck } from "../boxes.ts";
import type { Span } from "../manifest.ts";
import { type XmlProblem, XmlScanner } from "../scan/xml.ts";

export interface VocObject {
  readonly name: string;
  /** Where the name stands. */
  readonly span: Span;
}

export interface VocFile {
  readonly objects: readonly VocObject[];
  /** The field `path`, which programs write and hardly any reads. */
  readonly path?: { readonly text: string; readonly span: Span };
  /** Places of boxes that stand twice with the same name. */
  readonly repeated: readonly Span[];
  /** Objects without a name. */
  readonly nameless: readonly Span[];
  readonly problem: XmlProblem | undefined;
}

/** Reads the file; its boxes are told to `boxes`. What stands before a mistake in the XML is read. */
export function readVocFile(file: string, bytes: Uint8Array, boxes: BoxCheck): VocFile {
  const reader = new VocReader(file, boxes);
  const scanner = new XmlScanner(reader);
  scanner.write(bytes);
  scanner.end();
  return { ...reader.result(), problem: scanner.problem };
}

/** Fields by the elements that they stand in; parts of an object have names and boxes of their own. */
const wanted: ReadonlySet<string> = new Set([
  "annotation/path",
  "annotation/size/width",
  "annotation/size/height",
  "annotation/object/name",
  ...["xmin", "ymin", "xmax", "ymax"].map((edge) => `annotation/object/bndbox/${edge}`),
]);

const objectPath = "annotation/object";
const boxPath = "annotation/object/bndbox";

class VocReader {
  readonly #file: string;
  readonly #boxes: BoxCheck;
  readonly #open: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #objects: VocObject[] = [];
  readonly #seen = new Set<string>();
  readonly #repeated: Span[] = [];
  readonly #nameless: Span[] = [];
  readonly #placed: { readonly box: readonly number[]; readonly span: Span }[] = [];
  #path: VocFile["path"];
  #name: VocObject | undefined;
  #objectStart = 0;

  constructor(file: string, boxes: BoxCheck) {
    this.#file = file;
    this.#boxes = boxes;
  }

  open(tag: { readonly name: string; readonly start: number }): boolean {
    this.#open.push(tag.name);
    const path = this.#open.join("/");
    if (path === objectPath) {
      this.#objectStart = tag.start;
      this.#name = undefined;
    } else if (path === boxPath) this.#numbers.clear();
    return this.#open.length <= 4 && wanted.has(path);
  }

  close(name: string, text: string | undefined, start: number, end: number): void {
    const path = this.#open.join("/");
    this.#open.pop();
    const span = { start, end, file: this.#file };
    if (text !== undefined) this.#field(path, name, text, span);
    else if (path === objectPath) this.#endObject(end);
    else if (path === "annotation") this.#checkBoxes();
  }

  #field(path: string, name: string, text: string, span: Span): void {
    if (path === "annotation/path") this.#path = { text, span };
    else if (path === "annotation/object/name") this.#name ??= { name: text, span };
    else if (path.startsWith(boxPath)) this.#numbers.set(name, Number.parseFloat(text));
    else this.#size.set(name, Number.parseFloat(text));
  }

  readonly #size = new Map<string, number>();

  #endObject(end: number): void {
    const span = { start: this.#objectStart, end, file: this.#file };
    const named = this.#name;
    if (!named) {
      this.#nameless.push(span);
      return;
    }
    this.#objects.push(named);
    const box = ["xmin", "ymin", "xmax", "ymax"].map((edge) => this.#numbers.get(edge) ?? Number.NaN);
    this.#numbers.clear();
    if (box.some(Number.isNaN)) return;
    this.#placed.push({ box, span });
    const key = `${box.join(" ")} ${named.name}`;
    if (this.#seen.has(key)) this.#repeated.push(span);
    this.#seen.add(key);
  }

  /** The size of the image may stand behind its objects. */
  #checkBoxes(): void {
    const width = this.#size.get("width") ?? 0;
    const height = this.#size.get("height") ?? 0;
    // Pixels count from 1 in this format, from 0 in many programs that write it.
    const image = width > 0 && height > 0 ? { width: width + 1, height: height + 1 } : undefined;
    for (const { box, span } of this.#placed) {
      const [left = 0, top = 0, right = 0, bottom = 0] = box;
      this.#boxes.add(left, top, right - left, bottom - top, span, image);
    }
  }

  result(): Omit<VocFile, "problem"> {
    return {
      objects: this.#objects,
      repeated: this.#repeated,
      nameless: this.#nameless,
      ...(this.#path ? { path: this.#path } : {}),
    };
  }
}
