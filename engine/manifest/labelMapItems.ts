/** Items of TensorFlow label maps. */
import type { Span } from "./manifest.ts";
import { ProtoText } from "./scan/protoText.ts";

/** One `item { ... }`. */
export interface LabelMapItem {
  readonly id: number | undefined;
  /** The display name, or else the name. */
  readonly name: string | undefined;
  readonly span: Span;
}

/** An item that another one follows before it is closed. */
export interface UnclosedItem {
  readonly item: LabelMapItem;
  /** Where the next item begins. */
  readonly span: Span;
}

/** Takes lines and keeps the items, closed or not. */
export class LabelMapItems {
  readonly items: LabelMapItem[] = [];
  readonly unclosed: UnclosedItem[] = [];
  readonly #text = new ProtoText({
    open: (key, span) => this.#open(key, span),
    close: () => this.#close(),
    value: (key, value, span) => this.#value(key, value, span),
  });
  #depth = 0;
  #present: { id?: number; name?: string; display?: string; span: Span; named?: Span } | undefined;

  take(line: string, offset: number): void {
    this.#text.line(line, offset);
  }

  /** Tells that no line follows. */
  end(): void {
    const open = this.#present;
    if (open) this.unclosed.push({ item: this.#finish(), span: open.span });
  }

  #open(key: string, span: Span): void {
    if (key === "item") {
      if (this.#present) this.unclosed.push({ item: this.#finish(), span });
      this.#depth = 0;
      this.#present = { span };
    }
    this.#depth++;
  }

  #close(): void {
    if (this.#depth > 0) this.#depth--;
    if (this.#depth === 0 && this.#present) this.#finish();
  }

  #value(key: string, value: string, span: Span): void {
    const item = this.#present;
    if (!item || this.#depth !== 1) return;
    if (key === "id") item.id = Number(value);
    else if (key === "name") {
      item.name = value;
      item.named ??= span;
    } else if (key === "display_name") {
      item.display = value;
      item.named = span;
    }
  }

  #finish(): LabelMapItem {
    const { id, name, display, span, named } = this.#present ?? { span: { start: 0, end: 0 } };
    const item = {
      id: Number.isSafeInteger(id) ? id : undefined,
      name: display ?? name,
      span: named ?? span,
    };
    this.items.push(item);
    this.#present = undefined;
    return item;
  }
}

/** The items of a whole text. */
export function labelMapItems(text: string): readonly LabelMapItem[] {
  const map = new LabelMapItems();
  for (const line of text.split("\n")) map.take(line, 0);
  map.end();
  return map.items;
}
