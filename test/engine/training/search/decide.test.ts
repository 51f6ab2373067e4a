import { describe, expect, test } from "vitest";
import { type Decision, decide } from "#engine/training/search/decide.ts";

const rows = 40;
const truth = Int32Array.from({ length: 2 * rows }, (_, i) => Number(i >= rows));

/** A finished racer that is right on so many rows of each of two classes. */
function standing(racer: number, right: readonly [number, number]): Decision["standings"][number] {
  const predicted = truth.map((label, i) => (i % rows < right[label as 0 | 1] ? label : 1 - label));
  const recall = right.map((count) => count / rows);
  const score = (recall[0]! + recall[1]!) / 2;
  return {
    racer,
    epochs: 10,
    fate: "finished",
    scores: [{ score, recall, rows: [rows, rows], outcome: { truth, predicted } }],
  };
}

function decided(rights: readonly (readonly [number, number])[], isGainExpected: boolean) {
  const losses = ["cross-entropy", "balanced-softmax", "seesaw"] as const;
  return decide({
    choices: rights.map((_, i) => ({ loss: losses[i]!, parameters: {}, sampler: "instance-balanced" })),
    standings: rights.map((right, racer) => standing(racer, right)),
    weights: Float64Array.of(0.5, 0.5),
    validation: { splits: [], smallest: { name: "b", rows }, untested: [] },
    metric: "balanced-accuracy",
    cutShort: false,
    isGainExpected,
  });
}

describe("of what a race tells", () => {
  test("a lead within a standard error is taken where the counts speak for it, and told to be luck perhaps", () => {
    const rights = [
      [20, 10],
      [15, 18],
    ] as const;
    const kept = decided(rights, false);
    expect(kept.verdict).toBe("nothing-helps");
    expect(kept.choice.loss).toBe("cross-entropy");
    expect(kept.gain).toBeUndefined();
    const taken = decided(rights, true);
    expect(taken.verdict).toBe("leads");
    expect(taken.choice.loss).toBe("balanced-softmax");
    expect(taken.gain?.mean).toBeCloseTo(3 / 80);
    expect(taken.gain?.low).toBeLessThan(0);
    expect(taken.why).toContain("So small a lead may be luck");
  });

  test("cross-entropy is kept where nothing is ahead of it, whatever the counts say", () => {
    const advice = decided(
      [
        [20, 20],
        [16, 23],
      ],
      true,
    );
    expect(advice.verdict).toBe("nothing-helps");
    expect(advice.choice.loss).toBe("cross-entropy");
  });

  test("a leader that is ahead is not given up for a close one that is not", () => {
    const rights = [
      [20, 10],
      [16, 16],
      [20, 13],
    ] as const;
    expect(decided(rights, false).choice.loss).toBe("seesaw");
    const tie = decided(rights, true);
    expect(tie.choice.loss).toBe("balanced-softmax");
    expect(tie.why).toContain("points behind seesaw");
  });

  test("a lead beyond the noise helps", () => {
    const advice = decided(
      [
        [20, 5],
        [20, 30],
      ],
      true,
    );
    expect(advice.verdict).toBe("helps");
    expect(advice.why).not.toContain("luck");
  });
});
