/** The sigmoid losses: each class is its own yes or no; rows may have no class or several. */
import { t } from "./l10n.ts";
import {
  absent,
  advanced,
  alpha,
  beta,
  choiceOf,
  flagOf,
  gamma,
  type LossInfo,
  numberOf,
  papers,
  rareClasses,
  reduction,
} from "./parameters.ts";

const doubleCorrection = t`Together with class-balanced sampling: that corrects twice.`;

const normaliser = [
  advanced(
    choiceOf(
      "normaliser",
      "D",
      ["positives", "none", "fixed"],
      t`Divides by the number of positives (at least 1), by nothing, or by the number given as divisor.`,
    ),
  ),
  advanced(
    numberOf("divisor", "D", 1, t`The number to divide by where the normaliser is fixed.`, {
      minimum: 0,
      exclusiveMinimum: true,
    }),
  ),
];

const equalizedScale = numberOf(
  "scale",
  "s",
  8,
  t`How much more rare classes are focused: γ_j = γ_b + s (1 − g_j).`,
);

export type SigmoidLossId =
  | "binary-cross-entropy"
  | "sigmoid-focal"
  | "class-balanced-sigmoid"
  | "class-balanced-focal"
  | "equalization"
  | "equalization-v2"
  | "equalized-focal"
  | "equalized-quality-focal";

export const sigmoidLosses: Readonly<Record<SigmoidLossId, LossInfo>> = {
  "binary-cross-entropy": {
    title: t`Binary cross-entropy`,
    family: "sigmoid",
    parameters: [
      reduction(
        ["sumOverClasses", "meanAll"],
        t`Sum over classes and mean over rows, or mean over all elements.`,
      ),
    ],
    equation: "L = Σ_j softplus(z_j) − y_j z_j",
    effect: t`Each class is its own yes or no; rare classes see almost only negatives.`,
    avoid: t`For single-label data, where softmax losses are the stronger baseline.`,
    source: "baseline",
  },
  "sigmoid-focal": {
    title: t`Focal (sigmoid)`,
    family: "sigmoid",
    parameters: [gamma(2), alpha],
    equation: "L = Σ_j α_j (1 − p_t)^γ (−log p_t)",
    effect: t`Fades out easy negatives; does not look at class counts.`,
    avoid: t`As a remedy for class imbalance alone: it balances easy and hard, not head and tail.`,
    source: papers.focal,
  },
  "class-balanced-sigmoid": {
    title: t`Class-balanced sigmoid`,
    family: "sigmoid",
    parameters: [beta, absent],
    equation: "L = (1 − β)/(1 − β^n_l) · Σ_j [softplus(z_j) − y_j z_j]",
    effect: t`As class-balanced softmax, with one yes or no per class.`,
    avoid: doubleCorrection,
    source: papers.classBalanced,
  },
  "class-balanced-focal": {
    title: t`Class-balanced focal`,
    family: "sigmoid",
    parameters: [beta, gamma(1), absent],
    equation: "L = (1 − β)/(1 − β^n_l) · Σ_j (1 − p_t)^γ (−log p_t)",
    effect: t`Class-balanced weights on the sigmoid focal loss; the weight takes the place of α.`,
    avoid: doubleCorrection,
    source: papers.classBalanced,
  },
  equalization: {
    title: t`Equalization 2020 (EQL)`,
    family: "sigmoid",
    parameters: rareClasses(
      0.00177,
      t`Classes below this share of the samples are rare: 0.00177 is for LVIS 0.5, 0.0011 for LVIS 1.`,
    ),
    equation: "L = Σ_j w_j [softplus(z_j) − y_j z_j], w_j = 1 − E [f_j < λ] (1 − y_j)",
    effect: t`Rare classes get no negative gradient from samples of other classes; background still pushes them down.`,
    avoid: t`Where no class falls below λ: it is then binary cross-entropy.`,
    source: papers.equalization,
  },
  "equalization-v2": {
    title: t`EQL v2`,
    family: "sigmoid",
    parameters: [
      numberOf("gamma", "γ", 12, t`Steepness of the step from rare to frequent.`),
      numberOf("mu", "μ", 0.8, t`Gradient ratio at which a class counts as half balanced.`),
      numberOf("alpha", "α", 4, t`How much more positives of unbalanced classes weigh.`),
      advanced(flagOf("objectness", "C + 1", t`One more column for background, as detection heads have it.`)),
      advanced(numberOf("initialRatio", "g₀", 100, t`Gradient ratio before the first step.`)),
    ],
    equation:
      "L = Σ_j [q_j y_j + r_j (1 − y_j)] [softplus(z_j) − y_j z_j], r = 1/(1 + e^(−γ(g − μ))), q = 1 + α(1 − r)",
    effect: t`Weighs positives up and negatives down for each class whose collected gradient ratio g is low; needs no counts.`,
    avoid: t`For short single-label training, where it stays below softmax losses; made for detection with many classes.`,
    source: papers.equalizationV2,
  },
  "equalized-focal": {
    title: t`Equalized focal (EFL)`,
    family: "sigmoid",
    parameters: [
      {
        ...gamma(2),
        name: "gammaBase",
        symbol: "γ_b",
        minimum: 0,
        exclusiveMinimum: true,
        description: t`Focusing of a balanced class.`,
      },
      equalizedScale,
      alpha,
      ...normaliser,
    ],
    equation: "L = Σ_j α_j (γ_j/γ_b) (1 − p_t)^γ_j (−log p_t), γ_j = γ_b + s (1 − g_j)",
    effect: t`Focal loss that focuses more, and weighs more, where a class's gradient ratio g is low.`,
    avoid: t`In half precision: loss scaling disturbs the collected gradient.`,
    source: papers.equalizedFocal,
  },
  "equalized-quality-focal": {
    title: t`Equalized quality focal (EQFL)`,
    family: "sigmoid",
    parameters: [
      {
        ...gamma(2),
        name: "gammaBase",
        symbol: "γ_b",
        minimum: 1,
        description: t`Focusing of a balanced class.`,
      },
      equalizedScale,
      ...normaliser,
      advanced(
        flagOf(
          "dynamicNormaliser",
          "D",
          t`Divides by half the sum of focusing factors, at least 1, instead.`,
        ),
      ),
    ],
    equation: t`L = Σ_j (γ_j/γ_b) |t_j − p_j|^γ_j [softplus(z_j) − t_j z_j], t = quality on the label, else 0`,
    effect: t`As EFL, with the quality of a box as its target, so that the score follows how well a box fits.`,
    avoid: t`Where there are no qualities: with quality 1 everywhere it is EFL without α.`,
    source: papers.equalizedFocal,
  },
};
