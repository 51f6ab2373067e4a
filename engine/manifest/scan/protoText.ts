/** Text-format protocol buffers, line by line: https://protobuf.dev/reference/protobuf/textformat-spec/ */
import type { Span } from "../manifest.ts";

export interface ProtoTextEvents {
  /** A message field begins; `span` is its name. */
  open(key: string, span: Span): void;
  close(): void;
  /** A scalar field; text without its quotes. */
  value(key: string, value: string, span: Span): void;
}

const token = /#.*|[{}<>]|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[A-Za-z_][\w.]*|[-+]?[\d.][\w.+-]*|[:;,[\]]/g;

export class ProtoText {
  readonly #events: ProtoTextEvents;
  #key: string | undefined;
  #keySpan: Span = { start: 0, end: 0 };
  #colon = false;

  constructor(events: ProtoTextEvents) {
    this.#events = events;
  }

  /** Takes a line that begins at byte `offset` of the file. */
  line(text: string, offset: number): void {
    // Places count bytes; where a line has other characters than ASCII, they are counted out.
    const plain = Buffer.byteLength(text) === text.length;
    for (const match of text.matchAll(token)) {
      const [word] = match;
      if (word.startsWith("#")) return;
      const start = offset + (plain ? match.index : Buffer.byteLength(text.slice(0, match.index)));
      this.#take(word, { start, end: start + (plain ? word.length : Buffer.byteLength(word)) });
    }
  }

  #take(word: string, span: Span): void {
    if (word === ":") this.#colon = true;
    else if (word === "{" || word === "<") {
      this.#events.open(this.#key ?? "", this.#keySpan);
      this.#reset();
    } else if (word === "}" || word === ">") {
      this.#events.close();
      this.#reset();
    } else if (/^[;,[\]]$/.test(word)) return;
    else if (this.#key !== undefined && this.#colon) {
      this.#events.value(this.#key, unquoted(word), span);
      this.#reset();
    } else {
      this.#key = word;
      this.#keySpan = span;
    }
  }

  #reset(): void {
    this.#key = undefined;
    this.#colon = false;
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);

/** Text without quotes; bytes that stand as octal escapes are UTF-8. */
function unquoted(word: string): string {
  if (!/^["']/.test(word)) return word;
  const inner = word.slice(1, word.length > 1 && word.endsWith(word[0] ?? "") ? -1 : undefined);
  return inner
    .replace(/(?:\\[0-7]{1,3})+/g, (octal) =>
      Buffer.from(
        octal
          .split("\\")
          .slice(1)
          .map((digits) => Number.parseInt(digits, 8) & 0xff),
      ).toString("utf8"),
    )
    .replace(/\\(.)/g, (_, letter: string) => escapes.get(letter) ?? letter);
}
