/** The edits between two texts, line by line, so that what lies between two changes is left alone. */
import { minimalEdits, type TextEdit } from "#engine/project/textEdits.ts";

/** Lines that are compared with each other; beyond that the whole range is replaced. */
const mostLines = 2_000;

/** What leads from one text to another; empty where they are the same. */
export function lineEdits(before: string, after: string): TextEdit[] {
  const old = lines(before);
  const now = lines(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const middle = old.slice(head, old.length - tail);
  const wanted = now.slice(head, now.length - tail);
  const kept = middle.length > mostLines || wanted.length > mostLines ? [] : common(middle, wanted);
  const edits: TextEdit[] = [];
  let offset = old.slice(0, head).join("").length;
  let [i, j] = [0, 0];
  for (const [nextOld, nextNew] of [...kept, [middle.length, wanted.length] as const]) {
    const removed = middle.slice(i, nextOld).join("");
    const newText = wanted.slice(j, nextNew).join("");
    if (removed !== newText) edits.push({ start: offset, end: offset + removed.length, newText });
    offset += removed.length + (middle[nextOld]?.length ?? 0);
    [i, j] = [nextOld + 1, nextNew + 1];
  }
  return minimalEdits(before, edits);
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Positions of a longest common subsequence of lines, in order. */
function common(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] =
        a[i] === b[j]
          ? (longest[at + width + 1] ?? 0) + 1
          : Math.max(longest[at + width] ?? 0, longest[at + 1] ?? 0);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if ((longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
