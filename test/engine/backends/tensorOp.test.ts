import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { difference } from "#engine/backends/selfTest.ts";
import { tensorOp } from "#engine/backends/tensorOp.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { lossIds } from "#protocol/losses.ts";
import { presentTensorflow } from "./tensorflow/present.ts";

const counts = [100, 20, 5];
const labels = Int32Array.of(0, 2, 1, 0);
const values = Float32Array.from({ length: 4 * 3 }, (_, i) => Math.sin(3 * i));

const missing = await presentTensorflow();
if (missing) console.warn(`Losses are not tried as operations of tensorflow: ${missing}`);
const present = missing ? (["wasm", "cpu"] as const) : (["wasm", "cpu", "tensorflow"] as const);

describe.each(present)("a loss as an operation of TensorFlow.js on %s", (backend) => {
  beforeAll(() => startBackend(backend, 1), 60_000);
  afterAll(stopBackend);

  test.each(lossIds)("has the value and gradient of %s, times the gradient from outside", (id) => {
    const [one, other] = [prepareLoss(id, {}, counts), prepareLoss(id, {}, counts)];
    const columns = one.columns;
    const logits = Float32Array.from({ length: 4 * columns }, (_, i) => Math.sin(3 * i));
    const expected = new Float32Array(logits.length);
    const [wanted, tally] = [0, 1].map(() => ({
      positive: new Float64Array(3),
      negative: new Float64Array(3),
    }));
    const value = one.step(logits, { labels }, expected, wanted!);
    const op = tensorOp(other, tally);
    const x = tf.tensor2d(logits, [4, columns]);
    const made = tf.valueAndGrad((z) => op(z as tf.Tensor2D, { labels }).mul(3))(x);
    expect(made.value.dataSync()[0]! / 3).toBeCloseTo(value, 5);
    expect(
      difference(
        made.grad.dataSync(),
        expected.map((slope) => 3 * slope),
      ),
    ).toBeLessThan(1e-6);
    expect(tally).toEqual(wanted);
    expect(other.save()).toEqual(one.save());
  });

  test("leaves the state of a loss with memory alone outside of training", () => {
    const loss = prepareLoss("equalization-v2", {}, counts);
    const start = loss.save();
    const x = tf.tensor2d(values, [4, 3]);
    const measured = tensorOp(loss)(x, { labels }).dataSync()[0]!;
    expect(measured).toBeCloseTo(loss.value(values, { labels }), 6);
    expect(loss.save()).toEqual(start);
    tf.grad((z) => tensorOp(loss)(z as tf.Tensor2D, { labels }))(x);
    expect(loss.save()).not.toEqual(start);
  });

  test("trains variables through an optimiser, and leaves no tensor behind", () => {
    const loss = prepareLoss("balanced-softmax", {}, counts);
    const op = tensorOp(loss);
    const weight = tf.variable(tf.zeros([3, 3]) as tf.Tensor2D);
    const x = tf.tensor2d(values, [4, 3]);
    const optimiser = tf.train.sgd(0.5);
    const step = () => {
      const cost = optimiser.minimize(() => op(tf.matMul(x, weight), { labels }), true, [weight])!;
      const [value] = cost.dataSync();
      cost.dispose();
      return value!;
    };
    const first = step();
    const { numTensors } = tf.memory();
    for (let i = 0; i < 20; i++) step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(step()).toBeLessThan(0.7 * first);
  });

  test("refuses targets that the loss cannot take, in its words", () => {
    const op = tensorOp(prepareLoss("cross-entropy", {}, counts));
    expect(() => op(tf.tensor2d(values, [4, 3]), { labels: Int32Array.of(0, 1, 2, 9) })).toThrow(
      /row 3 has label 9/,
    );
  });
});
