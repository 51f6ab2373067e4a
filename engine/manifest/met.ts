/** Something that was met in a manifest: how often, and where first. */
import type { Span } from "./manifest.ts";

export interface Met {
  readonly times: number;
  readonly first: Span | undefined;
}

/** Counts what is met. */
export class Meeting implements Met {
  times = 0;
  first: Span | undefined;

  note(start: number, end: number): void {
    this.times++;
    this.first ??= { start, end };
  }
}

/** What two have met, the first where it stands earlier. */
export function together(a: Met, b: Met): Met {
  const aFirst = !b.first || (a.first !== undefined && a.first.start <= b.first.start);
  return { times: a.times + b.times, first: aFirst ? a.first : b.first };
}
