/** Which piece of code belongs to which loss, the same for every language. */
import type { LossId } from "#protocol/losses.ts";

/** The modules of a language, by the family of their losses; each names its pieces alike. */
export interface Families<S> {
  readonly softmax: Readonly<
    Record<
      | "crossEntropy"
      | "weightedCrossEntropy"
      | "softmaxFocal"
      | "classBalancedSoftmax"
      | "classBalancedSoftmaxBce"
      | "balancedSoftmax"
      | "logitAdjustment"
      | "ldam"
      | "softmaxEqualization2020",
      S
    >
  >;
  readonly sigmoid: Readonly<
    Record<
      "binaryCrossEntropy" | "sigmoidFocal" | "classBalancedSigmoid" | "classBalancedFocal" | "equalization",
      S
    >
  >;
  readonly stateful: Readonly<
    Record<
      "equalizationV2" | "softmaxEqualization" | "equalizedFocal" | "equalizedQualityFocal" | "seesaw",
      S
    >
  >;
}

/** The piece of each loss. */
export function byLoss<S>({ softmax, sigmoid, stateful }: Families<S>): Readonly<Record<LossId, S>> {
  return {
    "cross-entropy": softmax.crossEntropy,
    "weighted-cross-entropy": softmax.weightedCrossEntropy,
    "binary-cross-entropy": sigmoid.binaryCrossEntropy,
    "sigmoid-focal": sigmoid.sigmoidFocal,
    "softmax-focal": softmax.softmaxFocal,
    "class-balanced-softmax": softmax.classBalancedSoftmax,
    "class-balanced-sigmoid": sigmoid.classBalancedSigmoid,
    "class-balanced-focal": sigmoid.classBalancedFocal,
    "class-balanced-softmax-bce": softmax.classBalancedSoftmaxBce,
    "balanced-softmax": softmax.balancedSoftmax,
    "logit-adjustment": softmax.logitAdjustment,
    ldam: softmax.ldam,
    equalization: sigmoid.equalization,
    "softmax-equalization-2020": softmax.softmaxEqualization2020,
    "equalization-v2": stateful.equalizationV2,
    "softmax-equalization": stateful.softmaxEqualization,
    "equalized-focal": stateful.equalizedFocal,
    "equalized-quality-focal": stateful.equalizedQualityFocal,
    seesaw: stateful.seesaw,
  };
}
