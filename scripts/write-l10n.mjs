// Puts what users read into files that can be translated: node scripts/write-l10n.mjs
// Strings of package.json go to package.nls.json, those that client and pages give to l10n.t to l10n/bundle.l10n.json.
// With --check it changes nothing and fails where the files are not up to date.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");

/** Members of package.json that users read, wherever they stand below `contributes` and `capabilities`. */
const readByUsers = new Set([
  "title",
  "displayName",
  "description",
  "markdownDescription",
  "name",
  "contents",
  "altText",
  "label",
]);
const listsReadByUsers = new Set(["enumDescriptions", "markdownEnumDescriptions"]);

const manifest = JSON.parse(read("package.json"));
const present = JSON.parse(read("package.nls.json", "{}"));
const nls = {};
for (const part of ["contributes", "capabilities"]) manifest[part] = withKeys(manifest[part], [part]);
write("package.json", manifest);
write("package.nls.json", sorted(nls));
write("l10n/bundle.l10n.json", sorted(Object.fromEntries(givenStrings().map((text) => [text, text]))));

/** The same with keys such as `%commands.openViewer.title%` in place of texts, which are noted. */
function withKeys(value, path) {
  if (Array.isArray(value))
    return value.map((each, i) => withKeys(each, [...path, nameOf(each) ?? String(i)]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const place = [...path, key];
    if (typeof member === "string" && readByUsers.has(key)) return [key, keyFor(member, place)];
    if (Array.isArray(member) && listsReadByUsers.has(key))
      return [key, member.map((text, i) => keyFor(text, [...place, String(i)]))];
    return [key, withKeys(member, place)];
  });
  return Object.fromEntries(entries);
}

function nameOf(value) {
  const name = value?.command ?? value?.id ?? value?.view ?? value?.viewType;
  return typeof name === "string" ? name.replace(/^equipoise\./, "") : undefined;
}

function keyFor(text, place) {
  const known = /^%(.+)%$/.exec(text)?.[1];
  if (known !== undefined) {
    if (present[known] === undefined) throw new Error(`package.nls.json has no text for ${known}.`);
    nls[known] = present[known];
    return text;
  }
  const wanted = place.map((part) => part.replace(/^equipoise\./, "")).join(".");
  let key = wanted;
  for (let n = 2; key in nls && nls[key] !== text; n++) key = `${wanted}.${n}`;
  nls[key] = text;
  return `%${key}%`;
}

/** The first argument of every call of `l10n.t` in these folders, which must be a plain string. */
function givenStrings() {
  const texts = new Set();
  for (const folder of ["client", "webview"])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const source = read(join(folder, file));
      for (const { index } of source.matchAll(/\bl10n\.t\(/g)) {
        const literal = /^l10n\.t\(\s*("(?:[^"\\]|\\.)*")/s.exec(source.slice(index))?.[1];
        if (literal === undefined)
          throw new Error(`${folder}/${file}: l10n.t takes a plain string in double quotes.`);
        texts.add(JSON.parse(literal));
      }
    }
  return [...texts];
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function read(path, fallback) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (problem) {
    if (fallback === undefined) throw problem;
    return fallback;
  }
}

function write(path, value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (read(path, "") === text) return;
  if (check) throw new Error(`${path} is not up to date. Run node scripts/write-l10n.mjs.`);
  mkdirSync(join(root, "l10n"), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}
