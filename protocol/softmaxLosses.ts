/** The softmax losses: classes compete, one label a row. */
import { t } from "./l10n.ts";
import {
  absent,
  advanced,
  beta,
  choiceOf,
  gamma,
  type LossInfo,
  numberOf,
  type Parameter,
  papers,
  rareClasses,
  reduction,
} from "./parameters.ts";

const doubleCorrection = t`Together with class-balanced sampling: that corrects twice.`;

const tau = (what: string): Parameter =>
  numberOf("tau", "τ", 1, t`Strength of the shift by ${what}; 1 is the paper, 0 is cross-entropy.`);

export type SoftmaxLossId =
  | "cross-entropy"
  | "weighted-cross-entropy"
  | "softmax-focal"
  | "class-balanced-softmax"
  | "class-balanced-softmax-bce"
  | "balanced-softmax"
  | "logit-adjustment"
  | "ldam"
  | "softmax-equalization-2020"
  | "softmax-equalization"
  | "seesaw";

export const softmaxLosses: Readonly<Record<SoftmaxLossId, LossInfo>> = {
  "cross-entropy": {
    title: t`Cross-entropy`,
    family: "softmax",
    parameters: [reduction(["mean", "sum"], t`Mean or sum over the rows of a batch.`)],
    equation: "L = −log softmax(z)_l",
    effect: t`Every sample counts the same, so head classes dominate; the tail is learnt last.`,
    avoid: t`When the rare classes matter as much as the frequent ones.`,
    source: "baseline",
  },
  "weighted-cross-entropy": {
    title: t`Weighted cross-entropy`,
    family: "softmax",
    parameters: [
      choiceOf(
        "scheme",
        "w",
        ["inverse", "sqrtInverse", "effective", "none"],
        t`Weight of a class: 1/n, 1/√n, one over its effective number, or 1.`,
      ),
      {
        ...beta,
        description: t`For the scheme effective: 0 is no weighting, towards 1 it is inverse frequency.`,
      },
      absent,
      reduction(
        ["weightedMean", "mean"],
        t`Divides by the sum of the sample weights, as PyTorch does, or by the number of rows.`,
      ),
      advanced(
        choiceOf(
          "normalize",
          "Σw",
          ["sumToC", "none"],
          t`Whether weights are scaled to sum to the number of classes.`,
        ),
      ),
    ],
    equation: "L = w_l · −log softmax(z)_l / Σ w",
    effect: t`Gives each class a say that does not follow its count; with 1/n all classes weigh the same in sum.`,
    avoid: doubleCorrection,
    source: "baseline",
  },
  "softmax-focal": {
    title: t`Focal (softmax)`,
    family: "softmax",
    parameters: [gamma(2)],
    equation: "L = (1 − p_l)^γ (−log p_l)",
    effect: t`Fades out well classified samples; within the noise of cross-entropy on long tails.`,
    avoid: t`As a remedy for class imbalance alone.`,
    source: papers.focal,
  },
  "class-balanced-softmax": {
    title: t`Class-balanced softmax`,
    family: "softmax",
    parameters: [beta, absent],
    equation: "L = (1 − β)/(1 − β^n_l) · −log softmax(z)_l",
    effect: t`Weights each sample by the inverse effective number of its class.`,
    avoid: doubleCorrection,
    source: papers.classBalanced,
  },
  "class-balanced-softmax-bce": {
    title: t`Class-balanced softmax, BCE variant`,
    family: "softmax",
    parameters: [beta, absent],
    equation: "L = −w_l/C · Σ_j [y_j log p_j + (1 − y_j) log(1 − p_j)], p = softmax(z)",
    effect: t`Binary cross-entropy on softmax probabilities, as a widely copied PyTorch port computes it; gradients are about C times smaller.`,
    avoid: t`For anything but reproducing that port: no paper defines this loss.`,
    source: "vandit15/Class-balanced-loss-pytorch",
  },
  "balanced-softmax": {
    title: t`Balanced softmax`,
    family: "softmax",
    parameters: [tau("log counts"), absent],
    equation: "L = −log softmax(z + τ log n)_l",
    effect: t`Shifts logits by log counts in training, so that plain logits suit a balanced test.`,
    avoid: t`With class-balanced sampling, or where the test distribution is as imbalanced as training.`,
    source: papers.balancedSoftmax,
  },
  "logit-adjustment": {
    title: t`Logit adjustment`,
    family: "softmax",
    parameters: [
      tau("log priors"),
      advanced(
        choiceOf(
          "form",
          "form",
          ["paper", "code"],
          t`Adds τ log π, or as the authors' code does, log(π^τ + 1e-12).`,
        ),
      ),
      { ...absent, default: "clamp1", choices: ["clamp1", "exclude"] },
    ],
    equation: "L = −log softmax(z + τ log π)_l, π = n/N",
    effect: t`As balanced softmax, from priors; at τ = 1 the two are the same function.`,
    avoid: t`With class-balanced sampling, or where the test distribution is as imbalanced as training.`,
    source: papers.logitAdjustment,
  },
  ldam: {
    title: t`LDAM`,
    family: "softmax",
    parameters: [
      numberOf("maxMargin", "m", 0.5, t`Margin of the rarest class; the others follow n^(−1/4).`, {
        minimum: 0,
      }),
      numberOf("scale", "s", 30, t`Multiplies the logits after the margin.`, {
        minimum: 0,
        exclusiveMinimum: true,
      }),
      {
        ...beta,
        default: 0,
        description: t`Class weights on top, of effective numbers; 0 is none. Deferred re-weighting sets it late.`,
      },
      absent,
      reduction(
        ["weightedMean", "mean"],
        t`Divides by the sum of the sample weights, as the authors' code does, or by the number of rows.`,
      ),
    ],
    equation: "L = −log softmax(s (z − m_l y))_l, m_j ∝ n_j^(−1/4)",
    effect: t`Asks rare classes for a larger margin, which helps where the training data are fitted well.`,
    avoid: t`On a head without normalised features and weights: the scale expects logits between −1 and 1, and larger ones make the steps far too long.`,
    source: papers.ldam,
  },
  "softmax-equalization-2020": {
    title: t`Softmax equalization 2020 (SEQL)`,
    family: "softmax",
    parameters: [
      ...rareClasses(
        4.3e-4,
        t`Classes below this share of the samples are rare. Choose it from your counts.`,
      ),
      numberOf("gamma", "γ", 0.9, t`Probability that a rare class is left out of the softmax of a row.`, {
        minimum: 0,
        maximum: 1,
      }),
      advanced(numberOf("seed", "seed", 1, t`Start of the random masks.`)),
    ],
    equation: "L = −log(e^z_l / Σ_k w̃_k e^z_k), w̃_k = 1 − b_k [f_k < λ] (1 − y_k)",
    effect: t`Rare classes are spared the negative gradient of other classes' samples, most of the time.`,
    avoid: t`Where no class falls below λ: it is then cross-entropy.`,
    source: papers.equalization,
  },
  "softmax-equalization": {
    title: t`Softmax equalization`,
    family: "softmax",
    parameters: [
      numberOf("pi", "π", 1, t`Power of the collected gradient; 0 is cross-entropy.`),
      advanced(
        choiceOf(
          "form",
          "form",
          ["v1", "v2"],
          t`Ratio to the label's class, or share of the sum over classes.`,
        ),
      ),
      advanced(
        choiceOf(
          "indicator",
          "I",
          ["pos", "neg", "posAndNegCode"],
          t`Positive gradient, negative gradient, or ratio plus negative gradient as in the authors' code.`,
        ),
      ),
      advanced(numberOf("floor", "ε", 1e-4, t`Smallest indicator.`, { minimum: 0, exclusiveMinimum: true })),
    ],
    equation: "L = −log softmax(z + π log G⁺)_l",
    effect: t`Shifts logits by the log of the positive gradient each class has had; needs no counts.`,
    avoid: t`Where batches are tiny: how fast a class leaves the floor depends on the batch size.`,
    source: papers.gradientDriven,
  },
  seesaw: {
    title: t`Seesaw`,
    family: "softmax",
    parameters: [
      numberOf("p", "p", 0.8, t`Mitigation: how much less a class punishes rarer ones; 0 switches it off.`),
      numberOf("q", "q", 2, t`Compensation: how much more a misclassified row punishes; 0 switches it off.`),
      advanced(
        numberOf("floor", "ε", 0.01, t`Smallest probability of the label in the compensation.`, {
          minimum: 0,
          exclusiveMinimum: true,
          maximum: 1,
        }),
      ),
    ],
    equation: "L = −log(e^z_l / Σ_k M_lk C_lk e^z_k), M = min(1, (n_k/n_l)^p), C = max(1, (σ_k/σ_l)^q)",
    effect: t`Counts while it trains; samples of frequent classes push rarer classes down less.`,
    avoid: t`Where a run may resume without its state: its counts would start anew.`,
    source: papers.seesaw,
  },
};
