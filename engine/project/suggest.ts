/** The known word that is nearest to a mistyped one. */

import { t } from "#protocol/l10n.ts";
/** A sentence that names the nearest known word, or lists them where none is near; starts with a space. */
export function suggestion(word: string, known: readonly string[], list: string): string {
  const near = nearest(word, known);
  if (near !== undefined) return t` The nearest is "${near}".`;
  return known.length > 0 && known.length <= 8 ? ` ${list}: ${known.join(", ")}.` : "";
}

/** The known word within a third of its length in edits, or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll("_", "-");
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const each of known) {
    const distance = editDistance(plain(word), plain(each));
    if (distance < least && distance <= Math.max(1, each.length / 3)) {
      best = each;
      least = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
