/** XML as a stream: open and close tags with the bytes they take, whichever way chunks break. No entity is expanded but the five of XML itself. */
import { t } from "#protocol/l10n.ts";
import { joinBytes } from "./bytes.ts";
import { byteOrderMark, decode } from "./text.ts";

/** One tag with its attributes is kept as a whole; label files write long polygons and masks into one. */
const longestMarkup = 8 << 20;
const deepest = 256;
/** Text beyond this is cut: names and numbers are short. */
const longestText = 64 << 10;

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const bang = 0x21;
const question = 0x3f;
const quotes: ReadonlySet<number> = new Set([0x22, 0x27]);

export interface XmlAttribute {
  readonly text: string;
  /** The value without its quotes. */
  readonly start: number;
  readonly end: number;
}

export interface XmlTag {
  readonly name: string;
  /** Offsets in the content; the end lies behind the `>`. */
  readonly start: number;
  readonly end: number;
  attribute(name: string): XmlAttribute | undefined;
}

export interface XmlEvents {
  /** Answers true where the text directly inside the element is wanted. */
  open(tag: XmlTag): boolean | undefined;
  /** `text` without outer blanks, where it was wanted and no element stands behind it; the span is that of the text. */
  close(name: string, text: string | undefined, start: number, end: number): void;
}

export interface XmlProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export class XmlScanner {
  readonly #events: XmlEvents;
  #data: Uint8Array = new Uint8Array(0);
  /** Offset of the first byte of `#data` in the content. */
  #base = 0;
  /** How far the markup that `#data` starts with has been looked through, and in which quotes that ended. */
  #searched = 0;
  #quote = 0;
  readonly #open: string[] = [];
  #text: Uint8Array[] | undefined;
  #textStart = 0;
  #textLength = 0;
  #problem: XmlProblem | undefined;

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  /** Why reading ended early, if it did; what comes later is passed over. */
  get problem(): XmlProblem | undefined {
    return this.#problem;
  }

  write(chunk: Uint8Array): void {
    if (this.#problem) return;
    if (this.#data.length === 0) this.#data = chunk;
    else this.#data = joinBytes([this.#data, chunk]);
    let at = this.#base === 0 && this.#searched === 0 ? byteOrderMark(this.#data) : 0;
    while (at < this.#data.length && !this.#problem) {
      const next = this.#data[at] === lessThan ? this.#markup(at) : this.#characters(at);
      if (next < 0) break;
      at = next;
    }
    this.#data = this.#data.slice(at);
    this.#base += at;
    if (this.#data.length > longestMarkup)
      this.#fail(t`One tag is longer than 8 MB.`, this.#base, this.#base + 1);
  }

  /** To be called behind the last chunk. */
  end(): void {
    const end = this.#base + this.#data.length;
    if (this.#problem) return;
    const open = this.#open[this.#open.length - 1];
    if (this.#data.length > 0 || open !== undefined) {
      const what = open === undefined ? "" : t`: <${open.slice(0, 40)}> is not closed`;
      this.#fail(t`The XML ends too early${what}.`, end, end);
    }
  }

  /** Takes text up to the next tag; returns where that begins. */
  #characters(at: number): number {
    const found = this.#data.indexOf(lessThan, at);
    const end = found < 0 ? this.#data.length : found;
    this.#addText(at, end);
    return end;
  }

  #addText(start: number, end: number): void {
    if (!this.#text || end <= start) return;
    if (this.#text.length === 0) this.#textStart = this.#base + start;
    const part = this.#data.slice(start, Math.min(end, start + longestText - this.#textLength));
    this.#textLength += part.length;
    if (part.length > 0) this.#text.push(part);
  }

  /** Takes the markup that starts here; returns what follows it, or -1 where it is not complete yet. */
  #markup(at: number): number {
    const data = this.#data;
    const kind = data[at + 1];
    if (kind === undefined) return -1;
    if (kind === question) return this.#until(at, "?>");
    if (kind === bang) return this.#declaration(at);
    const end = this.#tagEnd(at);
    if (end < 0) return -1;
    if (kind === slash) this.#close(at, end);
    else this.#start(at, end);
    return end;
  }

  /** A comment, characters that need no escapes, or a document type with what it declares. */
  #declaration(at: number): number {
    const begin = decode(this.#data, at, Math.min(this.#data.length, at + 9));
    if ("<!--".startsWith(begin) || "<![CDATA[".startsWith(begin)) {
      if (begin !== "<!--" && begin !== "<![CDATA[") return -1;
    }
    if (begin.startsWith("<!--")) return this.#until(at, "-->");
    if (begin === "<![CDATA[") {
      const end = this.#until(at, "]]>");
      if (end >= 0) this.#addText(at + 9, end - 3);
      return end;
    }
    return this.#documentType(at);
  }

  /** What stands in brackets is passed over: nothing in it is ever expanded. */
  #documentType(at: number): number {
    let depth = 0;
    let quote = 0;
    for (let i = at + 2; i < this.#data.length; i++) {
      const byte = this.#data[i] ?? 0;
      if (quote !== 0) quote = byte === quote ? 0 : quote;
      else if (quotes.has(byte)) quote = byte;
      else if (byte === 0x5b || byte === lessThan) depth++;
      else if (byte === 0x5d) depth--;
      else if (byte === greaterThan && depth-- <= 0) return i + 1;
    }
    return -1;
  }

  #until(at: number, ending: string): number {
    const bytes = Buffer.from(this.#data.buffer, this.#data.byteOffset, this.#data.length);
    const found = bytes.indexOf(ending, Math.max(at + 2, at + this.#searched - ending.length), "latin1");
    this.#searched = found < 0 ? this.#data.length - at : 0;
    return found < 0 ? -1 : found + ending.length;
  }

  /** Behind the `>` of the tag that starts here; one in quotes does not count. */
  #tagEnd(at: number): number {
    let quote = this.#quote;
    for (let i = at + Math.max(1, this.#searched); i < this.#data.length; i++) {
      const byte = this.#data[i] ?? 0;
      if (quote !== 0) quote = byte === quote ? 0 : quote;
      else if (byte === 0x22 || byte === 0x27) quote = byte;
      else if (byte === greaterThan) {
        this.#searched = 0;
        this.#quote = 0;
        return i + 1;
      }
    }
    this.#searched = this.#data.length - at;
    this.#quote = quote;
    return -1;
  }

  #start(at: number, end: number): void {
    const behindName = nameEnd(this.#data, at + 1, end);
    const name = decode(this.#data, at + 1, behindName);
    if (!/^[\p{L}_:]/u.test(name)) {
      this.#fail(t`Here is no XML tag.`, this.#base + at, this.#base + end);
      return;
    }
    if (this.#open.length >= deepest) {
      this.#fail(t`Tags are nested more than ${deepest} deep.`, this.#base + at, this.#base + end);
      return;
    }
    const data = this.#data;
    const wanted = this.#events.open({
      name,
      start: this.#base + at,
      end: this.#base + end,
      attribute: (key) => attributeIn(data, behindName, end, key, this.#base),
    });
    this.#text = wanted ? [] : undefined;
    this.#textStart = this.#base + end;
    this.#textLength = 0;
    if (this.#data[end - 2] === slash) this.#finish(name, this.#base + end);
    else this.#open.push(name);
  }

  #close(at: number, end: number): void {
    const name = decode(this.#data, at + 2, nameEnd(this.#data, at + 2, end));
    if (this.#open.pop() !== name) {
      this.#fail(t`</${name.slice(0, 40)}> closes nothing.`, this.#base + at, this.#base + end);
      return;
    }
    this.#finish(name, this.#base + at);
  }

  #finish(name: string, end: number): void {
    const text = this.#text && unescapeXml(decode(joinBytes(this.#text)));
    this.#events.close(name, text?.trim(), this.#textStart, end);
    this.#text = undefined;
  }

  #fail(message: string, start: number, end: number): void {
    this.#problem = { message, start, end };
  }
}

function nameEnd(data: Uint8Array, start: number, end: number): number {
  let i = start;
  for (; i < end; i++) {
    const byte = data[i] ?? 0;
    if (byte <= 0x20 || byte === greaterThan || (byte === slash && i > start)) break;
  }
  return i;
}

function attributeIn(
  data: Uint8Array,
  from: number,
  end: number,
  wanted: string,
  base: number,
): XmlAttribute | undefined {
  for (let i = from; i < end; ) {
    const byte = data[i] ?? 0;
    if (byte <= 0x20 || byte === slash || byte === greaterThan) {
      i++;
      continue;
    }
    const equals = data.indexOf(0x3d, i);
    if (equals < 0 || equals >= end) return undefined;
    let open = equals + 1;
    while (open < end && (data[open] ?? 0) <= 0x20) open++;
    const quote = data[open] ?? 0;
    if (!quotes.has(quote)) return undefined;
    const close = data.indexOf(quote, open + 1);
    if (close < 0 || close >= end) return undefined;
    if (decode(data, i, equals).trimEnd() === wanted) {
      const text = unescapeXml(decode(data, open + 1, close));
      return { text, start: base + open + 1, end: base + close };
    }
    i = close + 1;
  }
  return undefined;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text with the entities of XML itself replaced; others stay as they are written. */
function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return named[String(name)] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
