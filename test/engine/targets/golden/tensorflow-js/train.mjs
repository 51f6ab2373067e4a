import * as tf from "@tensorflow/tfjs";

const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: "softmax" })] });
model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });

const x = tf.ones([12, 4]);
const y = tf.tensor1d(Array.from({ length: 12 }, (_, index) => index % 3));
// one epoch is enough to see that it runs
const history = await model.fit(x, y, {
  epochs: 1,
  verbose: 0,
});
console.log("trained");
