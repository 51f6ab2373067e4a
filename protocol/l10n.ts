/** Texts in the user's language, in processes and pages that have no editor to ask. In the code they stand in English. */

/** Translations by English text, as in a bundle of `vscode.l10n`: {0}, {1} ... where values stand. */
export type Texts = Readonly<Record<string, string>>;

// Of the process and not of this module: several bundles of ours may be loaded into one process.
const place: unique symbol = Symbol.for("equipoise.texts");
const world: typeof globalThis & { [place]?: Texts | undefined } = globalThis;

export const l10n = {
  /**
   * Takes translations from here on; texts that it lacks stay English. Comes before the modules that have texts in
   * constants.
   */
  use(bundle: Texts): void {
    world[place] = bundle;
  },
  /** The translations in force. */
  texts: (): Texts => world[place] ?? {},
  /** The translation of an English text, `{0}`, `{1}` ... replaced by the values; as `vscode.l10n.t`. */
  t: (message: string, ...values: readonly unknown[]): string => translated(message, values),
} as const;

/** A text for the user: t`${name} has no samples`. A whole sentence each, as other languages order words otherwise. */
export function t(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  // In English the text is what it says, and braces in it are no places for values.
  if (world[place] === undefined) return strings.reduce((text, part, i) => `${text}${values[i - 1]}${part}`);
  const key = strings.reduce((text, part, i) => `${text}{${i - 1}}${part}`);
  return translated(key, values);
}

function translated(message: string, values: readonly unknown[]): string {
  const texts = world[place];
  const text = texts && Object.hasOwn(texts, message) ? texts[message] : message;
  return (text ?? message).replace(/\{(\d+)\}/g, (hole, index) => String(values[Number(index)] ?? hole));
}
