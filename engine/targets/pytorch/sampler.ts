/** A sampler as a PyTorch `Sampler` with this dataset's counts. */
import type { SamplerId } from "#protocol/losses.ts";
import { pythonCounts, pythonHead } from "../code/python.ts";
import { checkCounts, samplerHeadingOf } from "../code/settings.ts";
import { type ArrayDialect, samplerInPython, standardImports } from "../samplers/python.ts";
import { requiredArguments, samplerParts } from "../samplers/sampler.ts";

const dialect: ArrayDialect = {
  module: "torch",
  array: "Tensor",
  base: "(Sampler[int])",
  generator: "torch.Generator().manual_seed(self.seed + self.epoch)",
  generatorType: "torch.Generator",
  processes: `        distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.rank = rank if rank is not None else torch.distributed.get_rank() if distributed else 0
        self.replicas = replicas if replicas is not None else torch.distributed.get_world_size() if distributed else 1`,
  integers: (value) => `${value}.long()`,
  labels: (value) => `torch.as_tensor(${value}, dtype=torch.int64, device="cpu")`,
  floats: (value) => `${value}.double()`,
  array64: (values) => `torch.tensor(${values}, dtype=torch.float64)`,
  places: (mask) => `${mask}.nonzero().flatten()`,
  stableOrder: (value) => `torch.argsort(${value}, stable=True)`,
  permutation: (length) => `torch.randperm(${length}, generator=generator)`,
  random: (size) => `torch.rand(${size}, dtype=torch.float64, generator=generator)`,
  classes: (probabilities, size) =>
    `torch.multinomial(${probabilities}, ${size}, replacement=True, generator=generator)`,
  repeated: (values, times) => `${values}.repeat_interleave(${times})`,
};

/**
 * One self-contained Python file with the sampler, the counts it was made for and an example. Needs PyTorch 2 and
 * Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function samplerAsPyTorch(
  id: SamplerId,
  classes: readonly string[],
  counts: readonly number[],
): string {
  const data = { classes, counts };
  checkCounts(data);
  const code = samplerInPython(id, dialect);
  const example = `    sampler = ${samplerParts[id].name}(labels${requiredArguments(id)})
    loader = DataLoader(dataset, batch_size=64, sampler=sampler)  # without shuffle
    for epoch in range(epochs):
        sampler.set_epoch(epoch)`;
  return `${pythonHead(samplerHeadingOf(id, data), example, "Made by Equipoise from the counts below.")}

${standardImports(code).join("\n")}

import torch
import torch.distributed
from torch import Tensor
from torch.utils.data import Sampler

${pythonCounts(data)}


${code}
`;
}
