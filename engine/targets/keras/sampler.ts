/** A sampler for Keras 3 in NumPy, with this dataset's counts, and batches in its order for `fit`. */
import type { SamplerId } from "#protocol/losses.ts";
import { pythonCounts, pythonHead } from "../code/python.ts";
import { checkCounts, samplerHeadingOf } from "../code/settings.ts";
import { type ArrayDialect, samplerInPython, standardImports } from "../samplers/python.ts";
import { requiredArguments, samplerParts } from "../samplers/sampler.ts";

const dialect: ArrayDialect = {
  module: "np",
  array: "np.ndarray",
  base: "",
  generator: "np.random.default_rng([self.seed, self.epoch])",
  generatorType: "np.random.Generator",
  processes: `        self.rank = 0 if rank is None else rank
        self.replicas = 1 if replicas is None else replicas`,
  integers: (value) => `${value}.astype(np.int64)`,
  labels: (value) => `np.asarray(${value}).astype(np.int64)`,
  floats: (value) => `${value}.astype(np.float64)`,
  array64: (values) => `np.array(${values}, dtype=np.float64)`,
  places: (mask) => `${mask}.nonzero()[0]`,
  stableOrder: (value) => `np.argsort(${value}, kind="stable")`,
  permutation: (length) => `generator.permutation(${length})`,
  random: (size) => `generator.random(${size})`,
  classes: (probabilities, size) => `generator.choice(len(CLASSES), ${size}, p=${probabilities})`,
  repeated: (values, times) => `${values}.repeat(${times})`,
};

const batches = `class SampledBatches(keras.utils.PyDataset):
    """Batches for \`fit\` in the order of a sampler.

    Give \`by_epoch()\` to \`fit\` as a callback, which draws anew for each epoch.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        sampler: SeededSampler,
        batch_size: int = 32,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.inputs, self.targets, self.sampler, self.batch_size = inputs, targets, sampler, batch_size
        self.followed = False
        self.draw(0)

    def draw(self, epoch: int) -> None:
        """Makes the batches of an epoch, from 0."""
        self.sampler.set_epoch(epoch)
        self.rows = np.fromiter(self.sampler, np.int64)

    def by_epoch(self) -> keras.callbacks.Callback:
        """Keras tells a data set of its own neither when an epoch begins nor which: a callback knows."""
        self.followed = True
        return keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: self.draw(epoch))

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.rows[index * self.batch_size : (index + 1) * self.batch_size]
        return self.inputs[rows], self.targets[rows]

    def on_epoch_end(self) -> None:
        if not self.followed:
            warnings.warn("every epoch has the samples of the first: give batches.by_epoch() to fit as a callback")`;

/**
 * One self-contained Python file with the sampler, the counts it was made for and an example. Needs Keras 3, NumPy and
 * Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function samplerAsKeras(id: SamplerId, classes: readonly string[], counts: readonly number[]): string {
  const data = { classes, counts };
  checkCounts(data);
  const code = `${samplerInPython(id, dialect)}\n\n\n${batches}`;
  const example = `    sampler = ${samplerParts[id].name}(labels${requiredArguments(id)})
    batches = SampledBatches(images, labels, sampler, batch_size=64)
    model.fit(batches, epochs=epochs, callbacks=[batches.by_epoch()])`;
  const standard = standardImports(code).join("\n");
  return `${pythonHead(samplerHeadingOf(id, data), example, "Made by Equipoise from the counts below.")}

${standard.includes("import Literal") ? standard.replace("import Literal", "import Any, Literal") : `${standard}\nfrom typing import Any`}

import keras
import numpy as np

${pythonCounts(data)}


${code}
`;
}
