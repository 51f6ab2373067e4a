/** Quick tests of whether a text may be a configuration; they run on every file of a workspace. */

/** Files of this size are no configurations. */
const longest = 500_000;

export function isYaml(fileName: string, text: string): boolean {
  return /\.ya?ml$/i.test(fileName) && text.length <= longest && !text.includes("\u0000");
}

export function isPython(fileName: string, text: string): boolean {
  return fileName.endsWith(".py") && text.length <= longest;
}

/** Whether a Python text is a LazyConfig of Detectron2, which looks like a configuration of OpenMMLab otherwise. */
export function isLazyConfig(text: string): boolean {
  return lazySigns.test(text) && lazyNames.test(text);
}

const lazySigns =
  /\bLazyCall\b|^[ \t]*from[ \t]+\.+common\.(?:data|models|optim|train|coco_schedule)\b|\bmodel_zoo\.get_config\(/m;
const lazyNames =
  /^(?:model|dataloader|train|optimizer|lr_multiplier)(?:\.[\w.]+)?\s*=|^[ \t]*from\s[^\n]*\bimport\b[^\n]*\b(?:model|dataloader)\b/m;

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
