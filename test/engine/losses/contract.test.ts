/** What every loss of the registry must do: section by section of the contract. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareLoss } from "#engine/losses/registry.ts";
import { type LossId, losses, lossIds } from "#protocol/losses.ts";
import { type Batch, batches, difference, isSoftmax, labelsOf, stepOf, warmedUp } from "./batches.ts";

/** Their compensation, mask or power of the probabilities counts as a constant, so differences see more. */
const detached: readonly LossId[] = ["seesaw"];

const differentiable = lossIds.filter((id) => !detached.includes(id));

test.each(differentiable)("%s: the gradient agrees with finite differences", (id) => {
  fc.assert(
    fc.property(batches({ largest: 4 }), (batch) => {
      const prepared = warmedUp(id, batch);
      const logits = Float64Array.from(batch.logits);
      const targets = labelsOf(batch.labels);
      const gradient = new Float64Array(logits.length);
      prepared.measure(logits, targets, gradient);
      const numeric = gradient.map((_, i) => {
        const at = (shift: number): number =>
          prepared.value(
            logits.map((z, j) => (i === j ? z + shift : z)),
            targets,
          );
        const h = 1e-4;
        return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      });
      expect(difference(gradient, numeric)).toBeLessThan(1e-7);
    }),
    { numRuns: 40 },
  );
});

test.each(lossIds.filter((id) => losses[id].parameters.some(({ name }) => name === "beta")))(
  "%s stays finite with beta next to 1",
  (id) => {
    const prepared = prepareLoss(id, { beta: 1 - 1e-9 }, [1e9, 1, 0]);
    const { loss, gradient } = stepOf(prepared, [1, 2, 3, 3, 2, 1], labelsOf([0, 1]));
    expect([loss, ...gradient].every(Number.isFinite)).toBe(true);
  },
);

/** Counts, logits and labels at the ends of what the losses promise to bear, all at once. */
const extremes = {
  "one class": { classes: 1, labels: [0, 0, -100] },
  "1,230 classes, most of them absent": { classes: 1230, labels: [0, 1, 2, -100] },
  "ignored rows alone": { classes: 5, labels: [-100, -100] },
  "background alone": { classes: 5, labels: [-1, -1, -100] },
} as const;
const absentPolicies = ["exclude", "clamp1", "code"];

describe.each(Object.entries(extremes))("with %s", (_, { classes, labels }) => {
  test.each(lossIds)("%s stays finite under every policy for absent classes", (id) => {
    if (isSoftmax(id) && (labels as readonly number[]).includes(-1)) return;
    const { parameters } = losses[id];
    const absent = parameters.find(({ name }) => name === "absent");
    const policies = (absent?.choices ?? [undefined]).map((choice) => (choice ? { absent: choice } : {}));
    const beta = parameters.some(({ name }) => name === "beta") ? { beta: 1 - 1e-9 } : {};
    for (const choice of absent?.choices ?? []) expect(absentPolicies).toContain(choice);
    const counts = Array.from({ length: classes }, (_, k) => (k < 3 ? [1e9, 1, 37][k]! : 0));
    for (const policy of policies) {
      const prepared = prepareLoss(id, { ...policy, ...beta }, counts);
      for (let step = 0; step < 4; step++) {
        const logits = Array.from(
          { length: labels.length * classes },
          (_, i) => [1e4, -1e4, 0][(i * 7 + step) % 3]!,
        );
        const { loss, gradient, positive, negative } = stepOf(prepared, logits, labelsOf(labels));
        expect(Number.isFinite(loss)).toBe(true);
        for (const values of [gradient, positive, negative, ...Object.values(prepared.save().values)])
          expect(values.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe.each(lossIds.filter((id) => !isSoftmax(id)))("%s", (id) => {
  test("several classes a row stay finite at the ends, and rows without any do", () => {
    const [rows, classes] = [4, 6];
    const prepared = prepareLoss(id, {}, [1e9, 1, 5, 5, 0, 0]);
    const multiHot = Uint8Array.from({ length: rows * classes }, (_, i) =>
      Number(i < classes || i % 4 === 1),
    );
    multiHot.fill(0, 2 * classes, 3 * classes);
    for (let step = 0; step < 4; step++) {
      const logits = Array.from({ length: rows * classes }, (_, i) => [1e4, -1e4, 0.5][(i + step) % 3]!);
      const { loss, gradient } = stepOf(prepared, logits, { labels: new Int32Array(rows), multiHot });
      expect([loss, ...gradient].every(Number.isFinite)).toBe(true);
      // Each column on its own: its class pulls it up, the absence of its class down.
      expect(gradient.filter((g, i) => (multiHot[i] === 1 ? g > 0 : g < 0))).toHaveLength(0);
    }
  });
});

describe.each(lossIds)("%s", (id) => {
  test("loss, gradient and state stay finite for logits to 1e4 and counts from 0 to 1e9", () => {
    fc.assert(
      fc.property(batches({ largest: 1e4, smallestCount: 0, largestCount: 1e9 }), (drawn) => {
        const counts = drawn.counts.map((n, k) => (drawn.labels.includes(k) ? Math.max(1, n) : n));
        const batch = { ...drawn, counts };
        const prepared = warmedUp(id, batch);
        const { loss, gradient, positive, negative } = stepOf(prepared, batch.logits, labelsOf(batch.labels));
        expect(Number.isFinite(loss)).toBe(true);
        for (const values of [gradient, positive, negative, ...Object.values(prepared.save().values)]) {
          expect(values.every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("the loss is not below 0", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        expect(stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels)).loss).toBeGreaterThanOrEqual(
          0,
        );
      }),
      { numRuns: 40 },
    );
  });

  test("the tally is the sum of the gradient's sizes, by class, on positives and negatives", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const { gradient, positive, negative } = stepOf(
          warmedUp(id, batch),
          batch.logits,
          labelsOf(batch.labels),
        );
        const expected = {
          positive: new Float64Array(batch.classes),
          negative: new Float64Array(batch.classes),
        };
        gradient.forEach((g, i) => {
          const k = i % batch.classes;
          const hot = batch.labels[Math.floor(i / batch.classes)] === k;
          expected[hot ? "positive" : "negative"][k] += Math.abs(g);
        });
        expect(difference(positive, expected.positive)).toBeLessThan(1e-12);
        expect(difference(negative, expected.negative)).toBeLessThan(1e-12);
      }),
      { numRuns: 40 },
    );
  });

  test("ignored rows change nothing but have gradient 0", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const plain = stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels));
        const junk = new Array<number>(batch.classes).fill(Number.NaN);
        const prepared = warmedUp(id, batch);
        const more = stepOf(prepared, [...batch.logits, ...junk], labelsOf([...batch.labels, -100]));
        expect(more.loss).toBe(plain.loss);
        expect([...more.gradient]).toEqual([...plain.gradient, ...junk.fill(0)]);
        expect(more.negative).toEqual(plain.negative);
      }),
      { numRuns: 20 },
    );
  });

  test("a batch of ignored rows has loss 0 and leaves the state alone", () => {
    const batch: Batch = {
      classes: 3,
      counts: [9, 3, 1],
      labels: [0, 1, 2],
      logits: [1, 2, 3, 3, 2, 1, 0, 0, 0],
    };
    const prepared = warmedUp(id, batch);
    const before = structuredClone(prepared.save());
    const { loss, gradient, positive, negative } = stepOf(
      prepared,
      batch.logits,
      labelsOf([-100, -100, -100]),
    );
    expect(loss).toBe(0);
    expect([...gradient, ...positive, ...negative].every((value) => value === 0)).toBe(true);
    expect(prepared.save()).toEqual(before);
  });

  test("a saved and restored state gives the same next step, bit for bit", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const prepared = warmedUp(id, batch);
        const restored = prepareLoss(id, {}, batch.counts);
        restored.restore(structuredClone(prepared.save()));
        const targets = labelsOf(batch.labels);
        expect(stepOf(restored, batch.logits, targets)).toEqual(stepOf(prepared, batch.logits, targets));
        expect(restored.save()).toEqual(prepared.save());
      }),
      { numRuns: 20 },
    );
  });

  test("evaluating leaves the state alone", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const prepared = warmedUp(id, batch);
        const before = structuredClone(prepared.save());
        const logits = Float64Array.from(batch.logits);
        prepared.value(logits, labelsOf(batch.labels));
        prepared.measure(logits, labelsOf(batch.labels), new Float64Array(logits.length));
        expect(prepared.save()).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  test("measuring and advancing by hand is a step", () => {
    if (id === "seesaw") return;
    fc.assert(
      fc.property(batches(), (batch) => {
        const one = warmedUp(id, batch);
        const other = warmedUp(id, batch);
        const stepped = stepOf(one, batch.logits, labelsOf(batch.labels));
        const gradient = new Float64Array(batch.logits.length);
        const { loss, ...tally } = other.measure(
          Float64Array.from(batch.logits),
          labelsOf(batch.labels),
          gradient,
        );
        other.advance(tally);
        expect(loss).toBe(stepped.loss);
        expect(gradient).toEqual(stepped.gradient);
        expect(other.save()).toEqual(one.save());
      }),
      { numRuns: 20 },
    );
  });

  test("permuting the classes permutes everything", () => {
    // Masks are drawn by class index, so they do not move along.
    if (id === "softmax-equalization-2020") return;
    fc.assert(
      fc.property(batches(), (batch) => {
        const { classes } = batch;
        const turned: Batch = {
          classes,
          counts: turn(batch.counts, classes),
          labels: batch.labels.map((label) => (label + 1) % classes),
          logits: turn(batch.logits, classes),
        };
        const a = stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels));
        const b = stepOf(warmedUp(id, turned), turned.logits, labelsOf(turned.labels));
        expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-9 * Math.max(1, a.loss));
        expect(difference(turn([...a.gradient], classes), b.gradient)).toBeLessThan(1e-9);
        expect(difference(turn([...a.positive], classes), b.positive)).toBeLessThan(1e-9);
      }),
      { numRuns: 30 },
    );
  });

  test("32-bit logits and gradients agree with 64-bit ones", () => {
    fc.assert(
      fc.property(batches({ largest: 30 }), (batch) => {
        const logits = Float32Array.from(batch.logits);
        const gradient = new Float32Array(logits.length);
        const tally = {
          positive: new Float64Array(batch.classes),
          negative: new Float64Array(batch.classes),
        };
        const loss = warmedUp(id, batch).step(logits, labelsOf(batch.labels), gradient, tally);
        const exact = stepOf(warmedUp(id, batch), [...logits], labelsOf(batch.labels));
        expect(loss).toBe(exact.loss);
        expect(difference(gradient, exact.gradient)).toBeLessThan(1e-7);
      }),
      { numRuns: 20 },
    );
  });

  test("1,230 classes work, and one class too", () => {
    const classes = 1230;
    const counts = Array.from({ length: classes }, (_, k) => 1 + Math.floor(8000 / (k + 1)));
    const logits = Array.from({ length: 4 * classes }, (_, i) => Math.sin(i * 7.3) * 6);
    const wide = stepOf(prepareLoss(id, {}, counts), logits, labelsOf([0, 5, 600, 1229]));
    expect(Number.isFinite(wide.loss) && wide.loss > 0).toBe(true);
    const narrow = stepOf(prepareLoss(id, {}, [7]), [-0.4], labelsOf([0]));
    expect(Number.isFinite(narrow.loss)).toBe(true);
    if (isSoftmax(id)) expect(narrow).toMatchObject({ loss: 0 });
  });
});

/** Moves every column one to the right. */
function turn<T>(values: readonly T[], columns: number): T[] {
  return values.map((_, i) => {
    const k = i % columns;
    return values[i - k + ((k + columns - 1) % columns)];
  });
}

const softmaxIds = lossIds.filter(isSoftmax);

describe.each(softmaxIds)("%s", (id) => {
  test("each row of the gradient sums to 0", () => {
    fc.assert(
      fc.property(batches({ largest: 50 }), (batch) => {
        const { gradient } = stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels));
        for (let at = 0; at < gradient.length; at += batch.classes) {
          const row = gradient.subarray(at, at + batch.classes);
          const largest = row.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
          expect(Math.abs(row.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12 * largest);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("a constant added to a row of logits changes nothing", () => {
    fc.assert(
      fc.property(batches(), fc.double({ min: -20, max: 20, noNaN: true }), (batch, constant) => {
        const plain = stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels));
        const moved = batch.logits.map((z) => z + constant);
        const again = stepOf(warmedUp(id, batch), moved, labelsOf(batch.labels));
        expect(Math.abs(plain.loss - again.loss)).toBeLessThan(1e-9 * Math.max(1, plain.loss));
        expect(difference(plain.gradient, again.gradient)).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test("background and several classes a row are refused, with a way out", () => {
    const prepared = prepareLoss(id, {}, [5, 3]);
    expect(() => prepared.check(labelsOf([0, -1]))).toThrowError(/row 1 is background.*Use a sigmoid loss/);
    const multiHot = { labels: Int32Array.of(0), multiHot: Float32Array.of(1, 1) };
    expect(() => prepared.check(multiHot)).toThrowError(/one class a row.*Use a sigmoid loss/);
  });
});

describe.each(lossIds.filter((id) => !isSoftmax(id)))("%s", (id) => {
  test("background rows push every class down", () => {
    const prepared = prepareLoss(id, {}, [50, 3]);
    const { gradient, positive } = stepOf(prepared, [0.5, -1, 2, 0], labelsOf([-1, -1]));
    const weighted = id === "class-balanced-sigmoid" || id === "class-balanced-focal";
    if (weighted) expect(gradient.every((g) => g === 0)).toBe(true);
    else expect(gradient.every((g) => g > 0)).toBe(true);
    expect(positive.every((value) => value === 0)).toBe(true);
  });

  test("a multi-hot row with one class is that class's row", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const multiHot = new Float32Array(batch.logits.length);
        batch.labels.forEach((label, row) => {
          multiHot[row * batch.classes + label] = 1;
        });
        const targets = { labels: new Int32Array(batch.labels.length), multiHot };
        expect(stepOf(warmedUp(id, batch), batch.logits, targets)).toEqual(
          stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels)),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("positives are pulled up and negatives pushed down", () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const { gradient } = stepOf(warmedUp(id, batch), batch.logits, labelsOf(batch.labels));
        gradient.forEach((g, i) => {
          const hot = batch.labels[Math.floor(i / batch.classes)] === i % batch.classes;
          expect(hot ? g <= 0 : g >= 0).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  });
});
