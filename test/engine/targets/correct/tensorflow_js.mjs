import * as tf from "@tensorflow/tfjs-node";

const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] });
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
await model.fit(xs, ys, { epochs: 5, classWeight: { 0: 0.2, 1: 3.1 } });
