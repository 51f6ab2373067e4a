/** Texts in the user's language, in processes and pages that have no editor to ask. */

/** Translations by English text, as in a bundle of `vscode.l10n`. */
export type Texts = Readonly<Record<string, string>>;

let texts: Texts = {};

export const l10n = {
  /** Takes translations from here on; texts that it lacks stay English. */
  use(bundle: Texts): void {
    texts = bundle;
  },
  /** The translation of an English text, `{0}`, `{1}` ... replaced by the values; as `vscode.l10n.t`. */
  t(message: string, ...values: readonly (string | number)[]): string {
    const text = Object.hasOwn(texts, message) ? texts[message] : message;
    return (text ?? message).replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
  },
} as const;
