// Published accuracies on CIFAR-10-LT, to stand beside ours in docs/results.md.

/**
 * Accuracy in percent of ResNet-32 after 200 epochs, imbalance factors 100 and 50: an independent run of all methods
 * in one code base, BagofTricks-LT (Zhang et al. 2021, AAAI), which gives top-1 errors.
 */
export const published = [
  method("Cross-entropy", "Cross-entropy", fromErrors(30.12, 24.81)),
  method("Focal", "Focal (softmax)", fromErrors(30.88, 24.12)),
  method("Weights 1/n", "Weighted cross-entropy", fromErrors(31.22, 22.06)),
  method("Weights 1/√n", "Weighted cross-entropy, scheme sqrtInverse", fromErrors(31.58, 22.78)),
  method("Class-balanced softmax", "Class-balanced softmax", fromErrors(29.8, 22.91)),
  method("Class-balanced focal", "Class-balanced focal", fromErrors(26.83, 21.71)),
  method("LDAM", "LDAM", fromErrors(29.37, 23.15)),
  method("Balanced softmax", "Balanced softmax", fromErrors(23.63, 20.07)),
  method("Class-balanced sampling", "Cross-entropy, class-balanced sampling", fromErrors(30.35, 23.38)),
  method("Square-root sampling", "Cross-entropy, square-root sampling", fromErrors(30.81, 23.61)),
  method("Progressive sampling", "Cross-entropy, progressively balanced sampling", fromErrors(29.35, 24.06)),
  // The authors' figure, by their own longer recipe with AutoAugment: shown, not ranked among the others.
  { ...method("BALMS (its authors)", "Cross-entropy, then BALMS", [84.9, undefined]), apart: true },
];

/** `row`: what our tables call it. */
function method(title, row, accuracy) {
  return { title, row, accuracy };
}

function fromErrors(...errors) {
  return errors.map((error) => 100 - error);
}
