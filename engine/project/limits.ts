/** Texts that are not given to the YAML parser. */

import { t } from "#protocol/l10n.ts";

/** Longer texts are no settings that somebody wrote. */
const longest = 500_000;
const deepest = 100;

/** Why a text is not parsed, as a sentence; undefined for texts that are. */
export function unreadableReason(text: string): string | undefined {
  if (text.length > longest)
    return t`This file is longer than 500,000 characters; no settings are read from it.`;
  // The parser recurses, and an exhausted stack inside a regular expression ends the whole process.
  if (depth(text) > deepest)
    return t`This file is nested deeper than ${deepest} levels; no settings are read from it.`;
  return undefined;
}

/** At least the nesting of a text: open brackets, and indentation and dashes at the start of a line. */
function depth(text: string): number {
  let open = 0;
  let most = 0;
  for (const character of text) {
    if (character === "[" || character === "{") most = Math.max(most, ++open);
    else if (character === "]" || character === "}") open = Math.max(0, open - 1);
  }
  for (const [prefix] of text.matchAll(/^(?:[ \t]|[-?:](?=[ \t]))+/gm))
    most = Math.max(most, prefix.length / 2);
  return most;
}
