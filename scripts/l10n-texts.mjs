// The texts of our sources that can be translated: what stands in t`...`, and the first argument of l10n.t("...").
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders whose texts reach the editor. */
const folders = ["protocol", "engine", "server", "client", "webview"];

/** Every text once, with {0}, {1} ... where values stand. */
export function textsOf(root) {
  const texts = new Set();
  for (const folder of folders)
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || /(^|[\\/])(node_modules|dist)[\\/]/.test(file)) continue;
      const source = readFileSync(join(root, folder, file), "utf8");
      for (const text of [...taggedTexts(source), ...calledTexts(source, `${folder}/${file}`)])
        texts.add(text);
    }
  return [...texts].sort();
}

/** Those of t`...`, also of one inside a value of another. */
export function taggedTexts(source) {
  const texts = [];
  for (const { index } of source.matchAll(/(?<![\w.$])t`/g)) {
    const parts = partsOf(source, index + 2);
    const cooked = parts.map((part) => new Function(`return \`${part}\``)());
    texts.push(cooked.reduce((text, part, i) => `${text}{${i - 1}}${part}`));
  }
  return texts;
}

/** What stands between the values of a template that begins at a place, as it is written. */
function partsOf(source, start) {
  const parts = [];
  let from = start;
  for (let at = start; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "`") return [...parts, source.slice(from, at)];
    else if (source[at] === "$" && source[at + 1] === "{") {
      parts.push(source.slice(from, at));
      at = endOfValue(source, at + 2);
      from = at + 1;
    }
  }
  throw new Error(`A template is not closed: ${source.slice(start, start + 60)}`);
}

/** The place of the brace that ends a value. */
function endOfValue(source, start) {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at;
    else if (character === '"' || character === "'") at = endOfString(source, at);
    else if (character === "`") at = endOfTemplate(source, at + 1);
  }
  throw new Error(`A value is not closed: ${source.slice(start, start + 60)}`);
}

function endOfString(source, start) {
  let at = start + 1;
  while (source[at] !== source[start]) at += source[at] === "\\" ? 2 : 1;
  return at;
}

function endOfTemplate(source, start) {
  for (let at = start; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "`") return at;
    else if (source[at] === "$" && source[at + 1] === "{") at = endOfValue(source, at + 2);
  }
  throw new Error(`A template is not closed: ${source.slice(start, start + 60)}`);
}

/** Those of l10n.t, which must be plain strings. */
function calledTexts(source, file) {
  return [...source.matchAll(/\bl10n\.t\(/g)].map(({ index }) => {
    const literal = /^l10n\.t\(\s*("(?:[^"\\]|\\.)*")/s.exec(source.slice(index))?.[1];
    if (literal === undefined) throw new Error(`${file}: l10n.t takes a plain string in double quotes.`);
    return JSON.parse(literal);
  });
}
