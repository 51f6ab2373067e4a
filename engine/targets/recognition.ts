/** Quick tests of whether a text may be a configuration; they run on every file of a workspace. */

/** Files of this size are no configurations. */
const longest = 500_000;

export function isYaml(fileName: string, text: string): boolean {
  return /\.ya?ml$/i.test(fileName) && text.length <= longest && !text.includes("\u0000");
}

export function isPython(fileName: string, text: string): boolean {
  return fileName.endsWith(".py") && text.length <= longest;
}

export function isJavaScript(fileName: string, text: string): boolean {
  return /\.(?:js|mjs|cjs|jsx)$/.test(fileName) && text.length <= longest;
}

export function mentionsAll(text: string, ...patterns: readonly RegExp[]): boolean {
  return patterns.every((pattern) => pattern.test(text));
}

/** How many of the keys stand at the top level of a YAML text. */
export function topKeys(text: string, keys: ReadonlySet<string>): number {
  let count = 0;
  for (const [, key = ""] of text.matchAll(/^([A-Za-z_]\w*)[ \t]*:/gm)) if (keys.has(key)) count++;
  return count;
}
