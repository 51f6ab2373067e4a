/** Ways through a record to a value in it. */
import { fields, type JsonShape } from "../scan/jsonShape.ts";

/** Field names; null stands for every item of an array. */
export type Steps = readonly (string | null)[];

export interface Way {
  readonly steps: Steps;
  /** What to do with the value there. */
  readonly leaf: JsonShape;
}

/** A way as people write it, such as `objects.category[]`. */
export function wayText(steps: Steps): string {
  return steps.map((step, i) => (step === null ? "[]" : i === 0 ? step : `.${step}`)).join("");
}

export function sameSteps(a: Steps, b: Steps): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

/** The shape of a record of which these ways are wanted; no way may lead through the end of another. */
export function shapeOfWays(ways: readonly Way[], frame: Pick<JsonShape, "open" | "close"> = {}): JsonShape {
  const [first] = ways;
  if (ways.length === 1 && first?.steps.length === 0) return { ...frame, ...first.leaf };
  const items = ways.filter(({ steps }) => steps[0] === null).map(rest);
  const names = [...new Set(ways.flatMap(({ steps: [step] }) => (typeof step === "string" ? [step] : [])))];
  const item = items.length > 0 ? shapeOfWays(items) : undefined;
  const byName = names.map((name): [string, JsonShape] => {
    const inside = ways.filter(({ steps }) => steps[0] === name).map(rest);
    return [name, shapeOfWays(inside)];
  });
  return {
    ...frame,
    ...(item ? { items: () => item } : {}),
    ...(names.length > 0 ? { fields: fields(Object.fromEntries(byName)) } : {}),
  };
}

function rest({ steps, leaf }: Way): Way {
  return { steps: steps.slice(1), leaf };
}
