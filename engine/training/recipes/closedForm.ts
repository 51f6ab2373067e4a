/** Classifiers made from a trained network without further training. */

import { rowsOf } from "#engine/data/dataset.ts";
import { classMeans, nearness, tauNormalised } from "#engine/losses/decoupled.ts";
import { adjustment, adjustPostHoc } from "#engine/losses/logitAdjustment.ts";
import type { Classifier, Network } from "#engine/models/network.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { evaluate } from "../evaluation.ts";
import { featuresOf, linearHeadOf, products } from "./features.ts";
import type { Recipe } from "./recipe.ts";

/** Kang et al. 2020, equation 3. Chosen on the validation part by balanced accuracy, the smallest tau on a tie. */
export const tauNorm: Recipe = {
  needsLinearHead: true,
  validates: (values) => values.number("tau") < 0,
  async finish({ network, validation, values, pause }) {
    const { weights } = await linearHeadOf(network);
    const given = values.number("tau");
    if (given >= 0) return tauClassifier(network, weights, given);
    if (!validation) throw new EquipoiseError("internal", t`tau is to be chosen without a validation part`);
    const features = await featuresOf(network, validation, pause);
    const data = rowsOf(features, network.featureSize, validation.labels);
    const last = values.choice("range") === "paper" ? 10 : 20;
    let best = { tau: 0, balancedAccuracy: -1 };
    for (let tenth = 0; tenth <= last; tenth++) {
      const tau = tenth / 10;
      const { balancedAccuracy } = await evaluate(
        onFeatures(weights, network.classes, tau),
        data,
        network.classes,
        pause,
      );
      if (balancedAccuracy > best.balancedAccuracy) best = { tau, balancedAccuracy };
    }
    return tauClassifier(network, weights, best.tau);
  },
};

function tauClassifier(network: Network, weights: Float64Array, tau: number): Classifier {
  const { classes } = network;
  const { logits } = onFeatures(weights, classes, tau);
  return {
    classes,
    logits: async (batch) => logits({ inputs: await network.features(batch), rows: batch.rows }),
  };
}

function onFeatures(weights: Float64Array, classes: number, tau: number): Classifier {
  const normalised = tauNormalised(weights, classes, tau);
  return { classes, logits: async ({ inputs }) => products(inputs, normalised, classes) };
}

/** Nearest class mean: Kang et al. 2020, section 4.2. A class without samples has no mean and is never predicted. */
export const ncm: Recipe = {
  async finish({ network, train, counts, values, pause }) {
    const classes = counts.length;
    const means = classMeans(await featuresOf(network, train, pause), train.labels, classes);
    const measure = values.choice("measure") === "distance" ? "distance" : "cosine";
    return {
      classes,
      async logits(batch) {
        const scores = new Float32Array(batch.rows * classes);
        nearness(await network.features(batch), means, classes, measure, scores);
        return scores.map((score, i) => (counts[i % classes] === 0 ? -Infinity : score));
      },
    };
  },
};

/** Menon et al. 2021, equation 9. */
export const postHoc: Recipe = {
  needsLinearHead: true,
  async finish({ network, counts, values }) {
    const shift = adjustment(counts, { tau: values.number("tau"), form: "paper", absent: "clamp1" });
    return {
      classes: network.classes,
      async logits(batch) {
        const logits = await network.logits(batch);
        adjustPostHoc(logits.slice(), shift, logits);
        return logits;
      },
    };
  },
};
