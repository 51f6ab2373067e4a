import * as tf from "@tensorflow/tfjs";
import { balancedSoftmaxLoss } from "./equipoise_loss.mjs";

const model = tf.sequential({ layers: [tf.layers.dense({ units: 10, inputShape: [32] })] });
model.compile({ optimizer: "sgd", loss: (labels, logits) => balancedSoftmaxLoss(logits, labels) });
await model.fit(x, y, { epochs: 90 });
