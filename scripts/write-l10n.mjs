// Puts what users read into files that can be translated: node scripts/write-l10n.mjs
// Strings of package.json go to package.nls.json, which is in the repository, all others to l10n/bundle.l10n.json, which is
// not: it is made anew for each package. A translation is l10n/bundle.l10n.LANGUAGE.json beside it, of the same form.
// With --check it changes nothing and fails where package.json and package.nls.json are not up to date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { textsOf } from "./l10n-texts.mjs";

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
const texts = textsOf(root);
if (!check) write("l10n/bundle.l10n.json", Object.fromEntries(texts.map((text) => [text, text])));

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
