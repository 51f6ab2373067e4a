/** Why a file that somebody named is no manifest, where its start shows what it is instead. */
import { t } from "#protocol/l10n.ts";
import type { Observation } from "./manifest.ts";
import { type FileHead, isText } from "./reader.ts";
import { JsonScanner } from "./scan/json.ts";

/** What the file is and the next step, or undefined where its start does not show. */
export function refusal(head: FileHead): Observation | undefined {
  for (const [recognises, message] of kinds) {
    if (recognises(head)) return { code: "manifest/no-labels", severity: "error", message: message(head) };
  }
  return undefined;
}

type Kind = readonly [(head: FileHead) => boolean, (head: FileHead) => string];

const kinds: readonly Kind[] = [
  [({ text }) => text.startsWith("version https://git-lfs.github.com/spec/"), lfsPointer],
  [
    ({ text }) => /^(\.\.\/)*(\.git)?\/annex\/objects\//.test(text),
    ({ name }) => t`${name} is a git-annex pointer, not the file. Fetch it: git annex get ${quoted(name)}`,
  ],
  [
    ({ text }) => /^\s*(<!--[\s\S]{0,2000}?-->\s*)?<(!doctype html|html[\s>])/i.test(text),
    ({ name }) =>
      t`${name} is an HTML page${endingOf(name)}. Download the file itself; on GitHub it is behind "Raw".`,
  ],
  [begins("PK\u0003\u0004"), unpack(t`a ZIP archive`)],
  [begins("7z\u00bc\u00af"), unpack(t`a 7-Zip archive`)],
  [begins("Rar!"), unpack(t`a RAR archive`)],
  [({ bytes }) => latin1(bytes, 257, 262) === "ustar", unpack(t`a TAR archive`)],
  [begins("\u0028\u00b5\u002f\u00fd"), unpack(t`packed with Zstandard`)],
  [begins("BZh"), unpack(t`packed with bzip2`)],
  [begins("\u00fd7zXZ"), unpack(t`packed with xz`)],
  [begins("\u0089HDF"), convert(t`an HDF5 file`, t`Save its labels with numpy.save, or as CSV.`)],
  [begins("SQLite format 3"), convert(t`an SQLite database`, t`Export the table with the labels as CSV.`)],
  [begins("%PDF"), convert(t`a PDF document`, t`Name the file that lists samples with their labels.`)],
  [
    ({ bytes }) => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5,
    convert(
      t`a Python pickle, which can run code when it is opened`,
      t`Save its labels as JSON, CSV or .npy.`,
    ),
  ],
  [begins("\u0089PNG"), convert(t`a picture`, t`Name the file that lists pictures with their labels.`)],
  [
    begins("\u00ff\u00d8\u00ff"),
    convert(t`a picture`, t`Name the file that lists pictures with their labels.`),
  ],
  [(head) => isText(head) && /^\s*[[{]/.test(head.text) && /\.json$/i.test(head.name), jsonWithoutLabels],
];

function begins(mark: string): (head: FileHead) => boolean {
  return ({ bytes }) => latin1(bytes, 0, mark.length) === mark;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function lfsPointer({ name, text }: FileHead): string {
  const size = Number(/^size (\d+)$/m.exec(text)?.[1]);
  const amount = Number.isFinite(size) ? t` (${(size / 1e6).toFixed(1)} MB)` : "";
  return t`${name} is a Git LFS pointer, not the file${amount}. Fetch it: git lfs pull --include=${quoted(name)}`;
}

function unpack(what: string): (head: FileHead) => string {
  return ({ name }) => t`${name} is ${what}. Unpack it and name the manifest in it.`;
}

function convert(what: string, next: string): (head: FileHead) => string {
  return ({ name }) => t`${name} is ${what}. ${next}`;
}

function endingOf(name: string): string {
  const ending = /\.[^.]+$/.exec(name)?.[0];
  return ending && !/^\.html?$/i.test(ending) ? t` saved as ${ending}` : "";
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

const mostKeys = 6;

function jsonWithoutLabels(head: FileHead): string {
  const keys: string[] = [];
  const scanner = new JsonScanner({ others: (key) => void keys.push(key) });
  scanner.write(head.bytes);
  const names = keys.slice(0, mostKeys).map((key) => JSON.stringify(key.slice(0, 30)));
  const shown =
    names.length > 0 ? t` Its keys: ${names.join(", ")}${keys.length > mostKeys ? " …" : ""}.` : "";
  return t`${head.name} is JSON, but has no label array: looked for images, annotations and categories (COCO), a list or map of samples with a label, Label Studio tasks, and counts by class.${shown}`;
}
