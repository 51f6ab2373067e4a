import type { LogitBatches } from "#engine/training/rankedSets.ts";

/** Sigmoid logits, `[rows, columns]`, in batches of some rows. */
export function logitBatches(values: Float32Array, columns: number, rows = 3): LogitBatches {
  return {
    columns,
    link: "sigmoid",
    async *read() {
      const all = values.length / columns;
      for (let start = 0; start < all; start += rows) {
        const count = Math.min(rows, all - start);
        yield { start, count, logits: values.slice(start * columns, (start + count) * columns) };
      }
    },
  };
}
