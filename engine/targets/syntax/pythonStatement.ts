/** Sets dotted names by statements of their own, as `model.num_classes = 3`. */
import { lineEnding } from "#engine/project/textEdits.ts";
import { assignment, parsePython, source, statements } from "./python.ts";
import { compact } from "./pythonText.ts";

/** The text with a value assigned to a name: in the last statement that does, else at the end of the file. */
export function withStatement(text: string, name: string, value: string): string {
  const python = parsePython(text);
  const newline = lineEnding(text);
  const written = value.replaceAll("\n", newline);
  const present = statements(python)
    .map((each) => assignment(python, each))
    .findLast((each) => each?.name === name);
  if (present) {
    if (compact(source(python, present.value)) === compact(written)) return text;
    return text.slice(0, present.value.start) + written + text.slice(present.value.end);
  }
  const gap = text === "" || text.endsWith(newline) ? "" : newline;
  return `${text}${gap}${name} = ${written}${newline}`;
}
