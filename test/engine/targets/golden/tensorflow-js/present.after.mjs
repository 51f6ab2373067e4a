import * as tf from "@tensorflow/tfjs";

const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: "softmax" })] });
model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
const y = tf.tensor1d([0, 1, 2, 0, 1, 2]);
// Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
await model.fit(tf.ones([6, 4]), y, { epochs: 1, verbose: 0, classWeight: { 0: 0.0282346, 1: 0.154644, 2: 2.81712 } });
console.log("trained");
