/** Samples with several labels, small enough to train in a moment. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "#engine/sampling/random.ts";

export const severalNames = ["a", "b", "c", "d"] as const;
/** How often each class stands in a sample. */
const rates = [0.5, 0.25, 0.1, 0.05];
const columns = 6;

export interface SeveralData {
  readonly labels: readonly (readonly number[])[];
  readonly features: readonly (readonly number[])[];
}

/** Returns samples whose classes add up in their features; about a third has none. */
export function severalSamples(samples: number, seed = 1): SeveralData {
  const random = createRandom(seed);
  const labels: number[][] = [];
  const features: number[][] = [];
  for (let i = 0; i < samples; i++) {
    const own = rates.flatMap((rate, k) => (random.next() < rate ? [k] : []));
    labels.push(own);
    features.push(
      Array.from({ length: columns }, (_, column) => {
        const noise = 2.4 * (random.next() + random.next() + random.next() - 1.5);
        return noise + own.reduce((sum, k) => sum + (column === k ? 1.5 : column === 5 ? 0.5 : 0), 0);
      }),
    );
  }
  return { labels, features };
}

/** Writes a table with a column of 0 and 1 a class beside the features; returns its path. */
export function writeOneHot(folder: string, name: string, { labels, features }: SeveralData): string {
  const header = [...features[0]!.map((_, k) => `x${k}`), ...severalNames.map((each) => `label_${each}`)];
  const rows = features.map((own, i) =>
    [
      ...own.map((value) => value.toFixed(4)),
      ...severalNames.map((_, k) => Number(labels[i]!.includes(k))),
    ].join(","),
  );
  const path = join(folder, name);
  writeFileSync(path, `${[header.join(","), ...rows].join("\n")}\n`);
  return path;
}
