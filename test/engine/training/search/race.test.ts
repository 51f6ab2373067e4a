import { describe, expect, test } from "vitest";
import { raceCost } from "#engine/training/search/measureAdvice.ts";
import { lookEpochs, type Racer, race } from "#engine/training/search/race.ts";
import { differenceOf, type SplitScore } from "#engine/training/search/splitScore.ts";

const weights = new Float64Array([0.5, 0.5]);

function scored(score: number, rows: number): SplitScore {
  return { score, recall: [score, score], rows: [rows, rows] };
}

/** A racer whose score at each look is given, and the epochs that it was asked to train to. */
function racer(
  scoreAt: (epoch: number) => number,
  rows = 50,
): Racer & { readonly asked: number[]; freed: number } {
  const asked: number[] = [];
  return {
    asked,
    freed: 0,
    async advance(epoch) {
      asked.push(epoch);
      return [scored(scoreAt(epoch), rows)];
    },
    dispose() {
      this.freed++;
    },
  };
}

const always = { weights, epochs: 36, timeIsUp: () => false };

describe("a race", () => {
  test("looks after a twelfth, a quarter and all of the epochs, and once where there is one", () => {
    expect(lookEpochs(36)).toEqual([3, 9, 36]);
    expect(lookEpochs(1)).toEqual([1]);
    expect(lookEpochs(4)).toEqual([1, 4]);
  });

  test("drops all but the best between a third and a quarter, then all but the best two, and trains those that go on from where they were", async () => {
    const racers = Array.from({ length: 9 }, (_, i) => racer(() => 0.5 + i / 1000, 20));
    const standings = await race(racers, always);
    expect(racers[8]?.asked).toEqual([3, 9, 36]);
    expect(racers[7]?.asked).toEqual([3, 9, 36]);
    expect(racers[6]?.asked).toEqual([3]);
    expect(racers[1]?.asked).toEqual([3]);
    expect(standings.map(({ fate }) => fate)).toEqual([
      "finished",
      ...new Array(6).fill("dropped"),
      "finished",
      "finished",
    ]);
    expect(racers[1]?.freed).toBe(1);
  });

  test("trains the baseline as far as those that are told against it", async () => {
    const racers = [racer(() => 0.2, 500), ...[0.7, 0.71, 0.72].map((s) => racer(() => s, 500))];
    const standings = await race(racers, always);
    expect(standings[0]).toMatchObject({ epochs: 36, fate: "finished" });
    expect(standings[3]?.fate).toBe("finished");
  });

  test("ends when the order is settled, but not at the first look", async () => {
    const racers = [0.3, 0.9, 0.4].map((score) => racer(() => score, 2000));
    const standings = await race(racers, always);
    expect(racers[1]?.asked).toEqual([3, 9]);
    expect(standings.map(({ fate }) => fate)).toEqual(["unfinished", "unfinished", "dropped"]);
  });

  test("takes one that still rises along from the first look, and one that stands still not", async () => {
    const steady = Array.from({ length: 12 }, (_, i) => racer(() => 0.5 + i / 1000, 20));
    const slow = racer((epoch) => (epoch > 3 ? 0.53 : 0.49), 20);
    const rising: Racer = {
      dispose() {},
      advance: async (epoch) => (await slow.advance(epoch)).map((score) => ({ ...score, rise: 0.1 })),
    };
    expect((await race([...steady, rising], always))[12]).toMatchObject({ fate: "finished" });
    expect((await race([...steady, slow], always))[12]).toMatchObject({ fate: "dropped", epochs: 3 });
  });

  test("is not ended by one that was rehearsed, and nobody is dropped for it, until all were trained alike", async () => {
    const rehearsed = { ...racer((epoch) => (epoch < 36 ? 0.95 : 0.6), 2000), isRehearsed: true };
    const honest = racer(() => 0.7, 2000);
    const standings = await race([racer(() => 0.3, 2000), rehearsed, honest, racer(() => 0.5, 2000)], always);
    expect(standings.map(({ epochs, fate }) => [epochs, fate])).toEqual([
      [36, "finished"],
      [36, "finished"],
      [36, "finished"],
      [9, "dropped"],
    ]);
  });

  test("costs at most a tenth of training every candidate to the end on three splits", () => {
    // As many as are tried on data with a long tail.
    for (const candidates of [16, 17, 18, 19, 20])
      expect(raceCost(candidates, 36)).toBeLessThanOrEqual(0.1 * 3 * 36 * candidates);
  });

  test("goes on without one that fails, and says why it did", async () => {
    const broken: Racer = {
      advance: () => Promise.reject(new Error("diverged")),
      dispose() {},
    };
    const standings = await race([racer(() => 0.5), broken, racer(() => 0.52)], always);
    expect(standings[1]).toEqual({ racer: 1, epochs: 3, fate: "failed", message: "diverged" });
    expect(standings[2]?.fate).toBe("finished");
  });

  test("falls back to the last whole look when the time ends amid one", async () => {
    const racers = [0.5, 0.52, 0.51].map((score) => racer(() => score));
    let left = 4;
    const standings = await race(racers, { ...always, timeIsUp: () => left-- <= 0 });
    expect(racers[0]?.asked).toEqual([3, 9]);
    expect(standings.map(({ epochs }) => epochs)).toEqual([3, 3, 3]);
  });
});

describe("the difference of two losses", () => {
  const truth = new Int32Array([0, 0, 0, 0, 1, 1, 1, 1]);
  const outcome = (predicted: readonly number[]): SplitScore => {
    const hits = [0, 1].map((k) => predicted.filter((p, i) => truth[i] === k && p === k).length / 4);
    return {
      score: (hits[0]! + hits[1]!) / 2,
      recall: hits,
      rows: [4, 4],
      outcome: { truth, predicted: Int32Array.from(predicted) },
    };
  };

  test("is surer where rows are paired", () => {
    const a = outcome([0, 0, 1, 1, 1, 1, 0, 0]);
    const b = outcome([0, 0, 0, 1, 1, 1, 0, 0]);
    const paired = differenceOf([b], [a], weights);
    const { outcome: _, ...unpaired } = b;
    expect(paired.mean).toBeCloseTo(0.125);
    expect(paired.error).toBeLessThan(differenceOf([unpaired], [a], weights).error);
  });

  test("leaves an error where a class has one row and both get it right", () => {
    const one: SplitScore = {
      score: 1,
      recall: [1, 1],
      rows: [1, 1],
      outcome: { truth: new Int32Array([0, 1]), predicted: new Int32Array([0, 1]) },
    };
    expect(differenceOf([one], [one], weights).error).toBeGreaterThan(0.2);
  });

  test("shrinks with the number of splits", () => {
    const [a, b] = [scored(0.6, 10), scored(0.5, 10)];
    const single = differenceOf([a], [b], weights);
    const four = differenceOf([a, a, a, a], [b, b, b, b], weights);
    expect(four.error).toBeCloseTo(single.error / 2);
  });
});
