/** Numbers as every surface writes them: panel, editor and terminal. */

import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";

const minus = "−";

/** A count: exact with commas up to 999,999, then three digits such as "1.27 million". */
export function formatCount(count: number): string {
  const size = Math.abs(count);
  const sign = count < 0 ? minus : "";
  if (size < 999_999.5) return sign + withCommas(Math.round(size));
  if (size < 999_500_000) return t`${sign}${threeDigits(size / 1e6)} million`;
  return t`${sign}${threeDigits(size / 1e9)} billion`;
}

export type Unit = Basis | "samples" | "labels" | "classes" | "lines" | "seeds";

/** A count with its unit, such as "5,000 images" or "1 image". */
export function formatAmount(count: number, unit: Unit): string {
  return `${formatCount(count)} ${unitName(unit, count)}`;
}

/** What is counted, such as "images", or "image" where it is one. */
export function unitName(unit: Unit, count = 2): string {
  const one = count === 1;
  switch (unit) {
    case "images":
      return one ? t`image` : t`images`;
    case "instances":
      return one ? t`instance` : t`instances`;
    case "pixels":
      return one ? t`pixel` : t`pixels`;
    case "samples":
      return one ? t`sample` : t`samples`;
    case "labels":
      return one ? t`label` : t`labels`;
    case "classes":
      return one ? t`class` : t`classes`;
    case "lines":
      return one ? t`line` : t`lines`;
    case "seeds":
      return one ? t`seed` : t`seeds`;
  }
}

/** A word as a heading begins with it: "Images". */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** A share from 0 to 1 as per cent with a space, such as "45.5 %". */
export function formatPercent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)} %`;
}

/** A difference of two shares in points, always with its sign, such as "+14.6" or "−1.9". */
export function formatPoints(difference: number, digits = 1): string {
  const text = fixed(difference * 100, digits);
  return text.startsWith(minus) ? text : `+${text}`;
}

/** A ratio with two digits, such as "0.15", "1.3", "79" or "7,889". */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return "none";
  const size = Math.abs(ratio);
  if (size >= 9.95) return (ratio < 0 ? minus : "") + formatCount(Math.round(size));
  if (size === 0) return "0";
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(size * (1 + 1e-9)))));
  return fixed(ratio, digits);
}

/** An imbalance factor with at most three digits and no trailing zeros, such as "5.34", "84.5", "100" or "13,449". */
export function formatFactor(factor: number | null): string {
  if (factor === null) return "none";
  if (factor >= 99.95) return formatCount(Math.round(factor));
  return String(Number(factor.toFixed(factor >= 9.995 ? 1 : 2)));
}

/** A class weight with two decimals, more only where it would read 0.00: "3.99", "0.05", "0.0028". */
export function formatWeight(weight: number): string {
  if (weight >= 99.95) return formatCount(Math.round(weight));
  if (weight >= 9.995) return fixed(weight, 1);
  if (weight >= 0.01 || weight <= 0) return fixed(weight, 2);
  return String(Number(weight.toPrecision(2)));
}

/** An effective number: one decimal below 100, such as "49.9", then as a count. */
export function formatEffectiveNumber(value: number): string {
  return value < 99.95 ? fixed(value, 1) : formatCount(Math.round(value));
}

/** An end of the range where beta acts, to one digit of 1 - beta: 1 - 1/1280 reads "0.9992". Not for betas that users set. */
export function formatBeta(beta: number): string {
  const distance = 1 - beta;
  if (distance <= 0 || distance >= 1) return String(beta);
  const digits = Math.ceil(-Math.log10(distance) - 1e-9);
  return String(Number(beta.toFixed(Math.max(1, digits))));
}

/** Words in a row as a sentence has them: "a", "a and b", "a, b and c". */
export function formatList(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return t`${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** Fixed decimals with a real minus sign and commas, and no negative zero. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "none";
  const text = Math.abs(value).toFixed(digits);
  const [whole = "0", fraction] = text.split(".");
  const grouped = withCommas(Number(whole)) + (fraction === undefined ? "" : `.${fraction}`);
  return value < 0 && Number(text) !== 0 ? minus + grouped : grouped;
}

function threeDigits(value: number): string {
  return value.toPrecision(3);
}

// Not toLocaleString: the same text on every machine and in every runtime.
function withCommas(whole: number): string {
  return whole.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A class as a sentence names it: "truck", but "class 548" for a bare number; at most 40 characters. */
export function formatClass(name: string): string {
  if (name.trim() === "") return t`the class without a name`;
  if (/^\d+$/.test(name)) return t`class ${name}`;
  const characters = Array.from(name);
  return characters.length > 40 ? `${characters.slice(0, 39).join("")}…` : name;
}
