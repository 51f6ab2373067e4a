/** What the generators of Python share. */
import { bracketed, type Counted } from "./settings.ts";

/** `CLASSES` and `COUNTS` as Python. */
export function pythonCounts({ classes, counts }: Counted): string {
  return `# In training order, which is the order of the logits.
CLASSES = ${bracketed(classes.map(pythonString), "CLASSES = ")}
# Training samples of each class.
COUNTS = ${bracketed(counts.map(String), "COUNTS = ")}`;
}

/** Escaped as in JSON, whose escapes Python reads the same way. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** The docstring of a file and its first import. */
export function pythonHead(heading: readonly string[], example: string, made: string): string {
  return `"""${heading.join("\n")}

${example}

${made}
"""

from __future__ import annotations`;
}
