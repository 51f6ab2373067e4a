/** Writes settings as Python, in the style of the file around them. */
import { lineEnding, lineStart } from "#engine/project/textEdits.ts";

/** A setting in Python: source text with strings in single quotes, or a list of weights or of source texts. */
export type PythonSetting = readonly [string, string | readonly (number | string)[]];

/** The settings with strings in the quotes that the file prefers. */
export function inQuotesOf(text: string, settings: readonly PythonSetting[]): readonly PythonSetting[] {
  const quote = quoteOf(text);
  return settings.map(([key, value]) => [
    key,
    typeof value === "string" ? value.replaceAll("'", quote) : value,
  ]);
}

/** The quotes that most strings of a text have. */
export function quoteOf(text: string): '"' | "'" {
  return text.split('"').length > text.split("'").length ? '"' : "'";
}

/** A number as Python writes a float: yacs, and some assertions, refuse an integer for one. */
export function pythonFloat(value: unknown): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The spaces in front of the line that an offset is on. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? "";
}

/** `dict(...)` of settings: on one line where it is short, else one setting a line, lists wrapped. */
export function dictText(text: string, indent: string, settings: readonly PythonSetting[]): string {
  const newline = lineEnding(text);
  const short = `dict(${settings.map(([key, value]) => `${key}=${settingText(value)}`).join(", ")})`;
  if (short.length <= 72) return short;
  const inner = `${indent}    `;
  const lines = settings.map(([key, value]) => `${inner}${key}=${wrapped(value, inner, newline)}`);
  return `dict(${newline}${lines.join(`,${newline}`)})`;
}

/** A list of numbers as Python, in the lines that it needs when it starts on a line with this indentation. */
export function numbersText(text: string, indent: string, numbers: readonly (number | string)[]): string {
  return wrapped(numbers, indent, lineEnding(text));
}

function settingText(value: PythonSetting[1]): string {
  return typeof value === "string" ? value : `[${value.map(weightText).join(", ")}]`;
}

function wrapped(value: PythonSetting[1], indent: string, newline: string): string {
  const whole = settingText(value);
  if (typeof value === "string" || whole.length <= 60) return whole;
  const inner = `${indent}    `;
  const lines: string[] = [];
  let line = "";
  for (const weight of value) {
    const text = `${weightText(weight)}, `;
    if (line.length + text.length > 72 - inner.length && line !== "") {
      lines.push(inner + line.trimEnd());
      line = "";
    }
    line += text;
  }
  lines.push(inner + line.trimEnd());
  return `[${newline}${lines.join(newline)}${newline}${indent}]`;
}

/** Six digits: as many as 32-bit training can tell apart, and still readable. */
function weightText(weight: number | string): string {
  if (typeof weight === "string") return weight;
  const text = String(Number(weight.toPrecision(6)));
  return /^\d+$/.test(text) ? `${text}.0` : text;
}

/** Python without spaces, trailing commas and the choice of quotes, to compare by. */
export function compact(text: string): string {
  return text
    .replaceAll("'", '"')
    .replace(/\s+/g, "")
    .replace(/,([)\]])/g, "$1");
}
