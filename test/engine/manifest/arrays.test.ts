/** Arrays of labels: NumPy and IDX files. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";
import { idx } from "./writers/idx.ts";
import { npy } from "./writers/npy.ts";

const labels = [2, 0, 0, 1, 0, 2];

async function counted(name: string, bytes: Uint8Array, sizes?: readonly number[]): Promise<unknown> {
  const source = chunkedSource(`/d/${name}`, bytes, sizes ? { sizes } : {});
  const view = (await readManifest(source, { asked: true }))?.views[0];
  return (
    view && [view.task, view.samples, view.classes.map((each) => `${each.name} ${each.images}`).join(", ")]
  );
}

describe("a NumPy array of labels", () => {
  test.each(["|u1", "|i1", "<u2", ">i2", "<i4", ">u4", "<i8", ">i8", "<u8", "<f4", ">f8"])(
    "of type %s gives the same counts wherever the chunks break",
    async (descr) => {
      const bytes = npy(descr, [labels.length], labels);
      await fc.assert(
        fc.asyncProperty(chunkSizes, async (sizes) => {
          expect(await counted("y.npy", bytes, sizes)).toEqual(["single-label", 6, "0 3, 1 1, 2 2"]);
        }),
        { numRuns: 10 },
      );
    },
  );

  test("may hold names", async () => {
    const names = ["été 🙂", "cat", "cat", "__proto__"];
    expect(await counted("y.npy", npy("<U12", [4], names), [5])).toEqual([
      "single-label",
      4,
      "__proto__ 1, cat 2, été 🙂 1",
    ]);
    expect(await counted("y.npy", npy("|S9", [3], ["dog", "cat", "dog"]), [4])).toEqual([
      "single-label",
      3,
      "cat 1, dog 2",
    ]);
  });

  test("may hold a row of 0 and 1 a sample", async () => {
    const oneHot = labels.flatMap((label) => [0, 1, 2, 3].map((column) => (column === label ? 1 : 0)));
    expect(await counted("y.npy", npy("|b1", [6, 4], oneHot), [3])).toEqual([
      "single-label",
      6,
      "0 3, 1 1, 2 2, 3 0",
    ]);
    const multi = [1, 1, 0, 0, 0, 0, 0, 0, 1];
    expect(await counted("y.npy", npy("<f4", [3, 3], multi))).toEqual(["multi-label", 3, "0 1, 1 1, 2 1"]);
  });

  test("may hold them in Fortran order, column by column", async () => {
    const columns = [0, 1, 2, 3].flatMap((column) => labels.map((label) => (column === label ? 1 : 0)));
    const bytes = npy("|b1", [6, 4], columns, { fortran: true });
    await fc.assert(
      fc.asyncProperty(chunkSizes, async (sizes) => {
        expect(await counted("y.npy", bytes, sizes)).toEqual(["single-label", 6, "0 3, 1 1, 2 2, 3 0"]);
      }),
      { numRuns: 10 },
    );
    const samples = await readLabelledSamples(chunkedSource("/d/y.npy", bytes));
    expect([...(samples?.labels ?? [])]).toEqual(labels);
    // The first sample has two labels, the second none.
    const multi = npy("<f4", [3, 3], [1, 0, 0, 1, 0, 0, 0, 0, 1], { fortran: true });
    expect(await counted("y.npy", multi)).toEqual(["multi-label", 3, "0 1, 1 1, 2 1"]);
    expect(await counted("y.npy", npy("<f4", [2, 2], [0, 0.5, 1, 0], { fortran: true }))).toBeUndefined();
  });

  test("is certain only where its name says labels", async () => {
    const bytes = npy("<i8", [labels.length], labels);
    expect(await readManifest(chunkedSource("/d/train_labels.npy", bytes))).toBeDefined();
    expect(await readManifest(chunkedSource("/d/indices.npy", bytes))).toBeUndefined();
  });

  test("is no array of labels where it holds measured numbers or embeddings", async () => {
    expect(await counted("y.npy", npy("<f4", [3], [0.5, 1, 2]))).toBeUndefined();
    expect(await counted("x.npy", npy("|u1", [2, 3], [0, 1, 255, 3, 4, 5]))).toBeUndefined();
  });

  test("that ends early gives what is there and says so", async () => {
    const bytes = npy("<i4", [labels.length], labels);
    const analysis = await analyse(chunkedSource("/d/y.npy", bytes.subarray(0, -5)), { asked: true });
    expect(analysis?.views[0]?.samples).toBe(4);
    expect(analysis?.findings.map(({ message }) => message)).toContain(
      "The file ends early: 2 of 6 values are missing. Get the file anew.",
    );
  });

  test("gives labels for training, with the names of a class list beside it", async () => {
    const neighbours = { "classes.txt": "cat\ndog\ncow" };
    const source = chunkedSource("/d/y.npy", npy("<i8", [labels.length], labels), { neighbours });
    const samples = await readLabelledSamples(source);
    expect(samples.classes).toEqual(["cat", "dog", "cow"]);
    expect([...samples.labels]).toEqual(labels);
  });
});

describe("an IDX file of labels", () => {
  test("gives the same counts wherever the chunks break", async () => {
    await fc.assert(
      fc.asyncProperty(chunkSizes, async (sizes) => {
        expect(await counted("train-labels-idx1-ubyte", idx(labels), sizes)).toEqual([
          "single-label",
          6,
          "0 3, 1 1, 2 2",
        ]);
      }),
      { numRuns: 10 },
    );
  });

  test("with bytes behind its values is something else", async () => {
    const bytes = new Uint8Array([...idx(labels), 1]);
    expect(await readManifest(chunkedSource("/d/train-labels-idx1-ubyte", bytes))).toBeUndefined();
  });
});
