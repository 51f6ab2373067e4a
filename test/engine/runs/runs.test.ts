import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCheckpoint, type StoredCheckpoint, writeCheckpoint } from "#engine/runs/checkpointFile.ts";
import { ClassSeries } from "#engine/runs/classSeries.ts";
import { newExperimentId } from "#engine/runs/experimentFile.ts";
import { replaceFile } from "#engine/runs/files.ts";
import { decodeTensors, encodeTensors } from "#engine/runs/safetensors.ts";
import { readRow, seriesNames } from "#engine/runs/seriesLayout.ts";
import { python, pythonHas } from "../targets/codeSuite.ts";
import { temporaryFolder } from "../tiny.ts";

const hasNumPy = pythonHas("numpy", "NumPy reading the series of a run");

async function readSeries(path: string, classes: number): Promise<Record<string, Float64Array>[]> {
  const file = await open(path, "r");
  const rows: Record<string, Float64Array>[] = [];
  for (;;) {
    const row = await readRow(file, rows.length, classes);
    if (!row) break;
    rows.push(Object.fromEntries(seriesNames.map((name) => [name, row(name)])));
  }
  await file.close();
  return rows;
}

describe("the series of a run", () => {
  test("comes back as it was written", async () => {
    const path = join(temporaryFolder(), "classes.npy");
    const series = await ClassSeries.open(path, 2, 0);
    expect(await series.append({ windowPositive: [1, 2], recall: [0.5, Number.NaN] })).toBe(0);
    expect(await series.append({ accumulatedNegative: [1 / 3, 4] })).toBe(1);
    await series.close();
    const rows = await readSeries(path, 2);
    expect(rows).toHaveLength(2);
    expect(rows[0]?.["windowPositive"]).toEqual(Float64Array.of(1, 2));
    expect(rows[0]?.["recall"]).toEqual(Float64Array.of(0.5, Number.NaN));
    expect(rows[1]?.["accumulatedNegative"]).toEqual(Float64Array.of(1 / 3, 4));
    expect(rows[1]?.["recall"]).toEqual(Float64Array.of(Number.NaN, Number.NaN));
  });

  test("loses no whole row when a crash cuts the last one short, and grows on", async () => {
    const path = join(temporaryFolder(), "classes.npy");
    const series = await ClassSeries.open(path, 1, 0);
    for (const value of [1, 2, 3]) await series.append({ recall: [value] });
    await series.close();
    truncateSync(path, 128 + 3 * 40 - 8);
    expect((await readSeries(path, 1)).map(({ recall }) => recall?.[0])).toEqual([1, 2]);
    const again = await ClassSeries.open(path, 1, 1);
    await again.append({ recall: [7] });
    await again.close();
    expect((await readSeries(path, 1)).map(({ recall }) => recall?.[0])).toEqual([1, 7]);
  });

  test.runIf(hasNumPy)("is one array to NumPy after every row", async () => {
    const path = join(temporaryFolder(), "classes.npy");
    const load = (): string =>
      execFileSync(
        python,
        ["-c", "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, a[-1:, 4])", path],
        {
          encoding: "utf8",
        },
      ).trim();
    const series = await ClassSeries.open(path, 2, 0);
    expect(load()).toMatch(/^\(0, 5, 2\) float64/);
    await series.append({ recall: [0.25, 1] });
    await series.append({ recall: [0.5, 1] });
    expect(load()).toBe("(2, 5, 2) float64 [[0.5 1. ]]");
    await series.close();
  });
});

describe("a checkpoint", () => {
  const stored: StoredCheckpoint = {
    reports: 3,
    checkpoint: {
      step: 12,
      epochsReported: 2,
      lossSum: 0.1 + 0.2,
      network: { "dense/weights": { shape: [2, 1], values: Float32Array.of(0.1, -2) } },
      loss: { loss: "cross-entropy", classes: 2, values: { shares: Float64Array.of(1 / 3, 0) } },
      sampler: {
        sampler: "instance-balanced",
        samples: 5,
        random: [1, 2, 3, 4_294_967_295],
        drawn: 7,
        key: 9,
      },
      tally: {
        window: { positive: Float64Array.of(1e-17, 2), negative: Float64Array.of(3, 4) },
        accumulated: { positive: Float64Array.of(5, 6), negative: Float64Array.of(7, 8) },
      },
    },
  };

  test("comes back bit for bit", async () => {
    const path = join(temporaryFolder(), "checkpoint.safetensors");
    await writeCheckpoint(path, stored);
    expect(await readCheckpoint(path)).toEqual(stored);
  });

  test("that is damaged is refused, and one that is absent is none", async () => {
    const path = join(temporaryFolder(), "checkpoint.safetensors");
    expect(await readCheckpoint(path)).toBeUndefined();
    await writeCheckpoint(path, stored);
    writeFileSync(path, readFileSync(path).subarray(0, -10));
    await expect(readCheckpoint(path)).rejects.toThrow("is damaged. Start the run anew.");
  });

  test("is laid out as safetensors: length, JSON, arrays at multiples of their width", () => {
    const bytes = encodeTensors({
      tensors: {
        a: { shape: [3], values: Float32Array.of(1, 2, 3) },
        b: { shape: [1], values: Float64Array.of(4) },
      },
      metadata: { who: "us" },
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: { who: "us" },
      b: { dtype: "F64", shape: [1], data_offsets: [0, 8] },
      a: { dtype: "F32", shape: [3], data_offsets: [8, 20] },
    });
    expect(decodeTensors(bytes, "x").tensors["a"]?.values).toEqual(Float32Array.of(1, 2, 3));
  });
});

describe("a file that is replaced", () => {
  test.skipIf(!existsSync("/dev/full"))(
    "says that the disk is full, what is kept and what to do",
    async () => {
      const { writing } = await import("#engine/runs/files.ts");
      const file = await open("/dev/full", "w");
      const writes = writing("/runs/a/scalars.jsonl", () => file.writeFile("x"));
      await expect(writes).rejects.toThrow(
        "scalars.jsonl cannot be written in /runs/a: the disk is full. Earlier runs are kept. " +
          "Make room or allow writing, then run again.",
      );
      await expect(writes).rejects.toMatchObject({ code: "disk/full" });
      await file.close();
    },
  );

  test("stays as it was where the new one cannot be written", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "run.json");
    await replaceFile(path, "old");
    const problem = replaceFile(join(path, "below"), "new");
    await expect(problem).rejects.toMatchObject({ code: "disk/full" });
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});

test("experiments are named by time, and two of one second differ", async () => {
  const folder = temporaryFolder();
  const now = new Date("2026-11-22T00:15:03.200Z");
  const id = await newExperimentId(folder, now);
  expect(id).toBe("20261122-001503");
  await replaceFile(join(folder, ".equipoise/experiments", `${id}.json`), "{}");
  const next = await newExperimentId(folder, now);
  expect(next).toBe("20261122-001503-2");
  expect(next > id).toBe(true);
});
