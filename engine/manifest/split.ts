/** Which split a file holds, as its name says. */
import { basename, dirname } from "node:path";

const words: readonly (readonly [RegExp, string])[] = [
  [/^(train|training|trainval|tra)$/, "train"],
  [/^(val|valid|validation|dev)$/, "val"],
  [/^(test|testing|tes|testset)$/, "test"],
];

/** `"train"`, `"val"` or `"test"` where the file name says so, or else its folder; otherwise undefined. */
export function splitOf(path: string): string | undefined {
  return splitIn(basename(path).replace(/\.gz$/i, "")) ?? splitIn(basename(dirname(path)), true);
}

/** The split that a word in a column names, such as "Training" or "valid". */
export function splitWord(word: string): string | undefined {
  return splitIn(word);
}

function splitIn(name: string, whole = false): string | undefined {
  // "KDDTrain+" and "instances_val2017.json" name their split too: words end at case changes and digits.
  const parts = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z]+/)
    .filter((part) => part !== "")
    .map((part) => part.toLowerCase());
  if (whole && parts.length !== 1) return undefined;
  for (const [pattern, split] of words) if (parts.some((part) => pattern.test(part))) return split;
  return undefined;
}
