/** Long texts of open documents, kept from one reading to the next so that only what changed is read. */
import { LiveText } from "#engine/manifest/live/liveText.ts";
import type { TextState } from "./textChanges.ts";

/** A text and what is known of it take several times its length. */
const mostTexts = 3;

export class LiveTexts {
  readonly #known = new Map<string, { readonly state: number; readonly text: LiveText }>();

  /** The state of the text that is kept. */
  stateOf(path: string): number | undefined {
    return this.#known.get(path)?.state;
  }

  /** The text in a new state; undefined where that follows one that is not kept. */
  take(path: string, next: TextState): LiveText | undefined {
    const known = this.#known.get(path);
    this.#known.delete(path);
    if (!("text" in next) && known?.state !== next.after) return undefined;
    const text =
      "text" in next
        ? LiveText.of(path, next.text)
        : next.changes.reduce((now, change) => now?.edited(change), known?.text);
    if (!text) return undefined;
    this.#known.set(path, { state: next.state, text });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostTexts) break;
      this.#known.delete(oldest);
    }
    return text;
  }

  forget(path: string): void {
    this.#known.delete(path);
  }
}
