// Published accuracies on CIFAR-10-LT, to stand beside ours in docs/results.md.

/**
 * Accuracy in percent of ResNet-32 after 200 epochs, imbalance factors 100 and 50: an independent run of all methods
 * in one code base, BagofTricks-LT (Zhang et al. 2021, AAAI), which gives top-1 errors.
 */
export const published = {
  methods: [
    { title: "Cross-entropy", loss: "cross-entropy", accuracy: fromErrors(30.12, 24.81) },
    { title: "Focal", loss: "softmax-focal", accuracy: fromErrors(30.88, 24.12) },
    { title: "Weights 1/n", loss: "weighted-cross-entropy", accuracy: fromErrors(31.22, 22.06) },
    {
      title: "Weights 1/√n",
      loss: "weighted-cross-entropy",
      scheme: "sqrtInverse",
      accuracy: fromErrors(31.58, 22.78),
    },
    { title: "Class-balanced softmax", loss: "class-balanced-softmax", accuracy: fromErrors(29.8, 22.91) },
    { title: "Class-balanced focal", loss: "class-balanced-focal", accuracy: fromErrors(26.83, 21.71) },
    { title: "LDAM", loss: "ldam", accuracy: fromErrors(29.37, 23.15) },
    { title: "Balanced softmax", loss: "balanced-softmax", accuracy: fromErrors(23.63, 20.07) },
    {
      title: "Class-balanced sampling",
      loss: "cross-entropy",
      sampler: "class-balanced",
      accuracy: fromErrors(30.35, 23.38),
    },
    {
      title: "Square-root sampling",
      loss: "cross-entropy",
      sampler: "square-root",
      accuracy: fromErrors(30.81, 23.61),
    },
    {
      title: "Progressive sampling",
      loss: "cross-entropy",
      sampler: "progressive",
      accuracy: fromErrors(29.35, 24.06),
    },
    // The authors' figure, by their own longer recipe with AutoAugment: shown, not ranked among the others.
    { title: "BALMS (its authors)", loss: "cross-entropy", recipe: "balms", accuracy: [84.9, undefined] },
  ],
};

function fromErrors(...errors) {
  return errors.map((error) => 100 - error);
}
