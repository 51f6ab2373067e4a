import * as tf from "@tensorflow/tfjs";

const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: "softmax" })] });
model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });

const x = tf.ones([12, 4]);
const y = tf.tensor1d(Array.from({ length: 12 }, (_, index) => index % 3));
// one epoch is enough to see that it runs
// Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
const history = await model.fit(x, y, {
  classWeight: { 0: 0.0282346, 1: 0.154644, 2: 2.81712 },
  epochs: 1,
  verbose: 0,
});
console.log("trained");
