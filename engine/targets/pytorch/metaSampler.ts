/** The Meta Sampler as PyTorch: it learns how often to draw each class while a linear head trains. */
import { pythonCounts, pythonHead } from "../code/python.ts";
import { checkCounts } from "../code/settings.ts";
import { metaSamplerHeading, metaSamplerInPython } from "../samplers/metaSampler.ts";

/**
 * One self-contained Python file with the sampler and the counts it was made for. Needs PyTorch 2 and Python 3.9.
 * Throws `loss/unsuitable` where no class has a sample.
 */
export function metaSamplerAsPyTorch(classes: readonly string[], counts: readonly number[]): string {
  const data = { classes, counts };
  checkCounts(data);
  const example = `    sampler = MetaSampler(labels)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)  # of the head alone: nn.Linear on frozen features
    for _ in range(steps):
        rows = sampler.draw(512)
        meta = balanced_rows()  # as many of each class
        sampler.step(head, optimizer, balanced_softmax, features[rows], labels[rows], features[meta], labels[meta])

Its state is that of \`state_dict()\`; save it with the head and the optimiser.`;
  return `${pythonHead(metaSamplerHeading(data), example, "Made by Equipoise from the counts below.")}

import warnings
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

${pythonCounts(data)}


${sampler}
`;
}

const sampler = `${metaSamplerInPython("lr", "of the draws")}
        self.labels = torch.as_tensor(labels, dtype=torch.int64, device="cpu")
        if self.labels.numel() == 0 or self.labels.min() < 0 or self.labels.max() >= len(CLASSES):
            raise ValueError(f"labels must be 0 to {len(CLASSES) - 1}, and at least one")
        self.counts = torch.bincount(self.labels, minlength=len(CLASSES))
        for name, now, then in zip(CLASSES, self.counts.tolist(), COUNTS):
            if now != then:
                told = f"{name} has {now} samples, this file was made for {then}: the labels decide"
                warnings.warn(told, stacklevel=2)
        self.members = [(self.labels == k).nonzero().flatten() for k in range(len(CLASSES))]
        self.psi = initial_psi(self.counts, power).requires_grad_()
        self.adam = torch.optim.Adam([self.psi], lr=lr)
        self.temperature, self.unit = temperature, unit
        self.generator = torch.Generator().manual_seed(seed)

    def probabilities(self) -> Tensor:
        """Probability of each class in a draw."""
        rates = self.counts * torch.sigmoid(self.psi.detach())
        return rates / rates.sum()

    def draw(self, size: int, noise: Tensor | None = None) -> Tensor:
        """Indices of \`size\` rows, with replacement.

        noise: Gumbel noise [size, rows or classes]; drawn by default.
        """
        log_rates = F.logsigmoid(self.psi.detach())
        by_class = self.unit == "class"
        logits = log_rates + self.counts.double().log() if by_class else log_rates[self.labels]
        if noise is None:
            uniform = torch.rand(size, len(logits), dtype=torch.float64, generator=self.generator)
            noise = -torch.log(-torch.log(uniform.clamp(1e-300, 1.0 - 1e-16)))
        soft = torch.softmax((logits + noise) / self.temperature, dim=1)
        drawn = soft.argmax(dim=1)
        self.soft = soft.gather(1, drawn[:, None]).squeeze(1)
        if by_class:
            self.drawn_classes, self.class_sums = drawn, soft
            places = [int(torch.randint(len(self.members[k]), (), generator=self.generator)) for k in drawn]
            return torch.stack([self.members[k][place] for k, place in zip(drawn, places)])
        self.drawn_classes = self.labels[drawn]
        self.class_sums = torch.zeros(size, len(CLASSES), dtype=torch.float64).index_add_(1, self.labels, soft)
        return drawn

    def step(
        self,
        head: nn.Linear,
        optimizer: torch.optim.SGD,
        criterion: Callable[[Tensor, Tensor], Tensor],
        features: Tensor,
        labels: Tensor,
        meta_features: Tensor,
        meta_labels: Tensor,
    ) -> tuple[float, float]:
        """One step of the head on the rows that were drawn last, and one of the rates. Gives both losses.

        The criterion averages over rows. The look-ahead has the batch and the optimiser of the real step, so it is
        the real step.
        """
        if len(labels) != len(self.soft):
            raise ValueError(f"the last draw has {len(self.soft)} rows, and these are {len(labels)}")
        logits = head(features)
        logits.retain_grad()
        loss = criterion(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        residuals = logits.grad * len(labels)
        optimizer.step()
        meta_loss = F.cross_entropy(head(meta_features), meta_labels)
        along = torch.autograd.grad(meta_loss, [head.weight] if head.bias is None else [head.weight, head.bias])
        self.learn(residuals, F.linear(features.detach(), *along), optimizer.param_groups[0]["lr"])
        return loss.item(), meta_loss.item()

    def learn(self, residuals: Tensor, along: Tensor, lr: float) -> None:
        """Moves the rates: Adam on the gradient of the meta loss by psi.

        residuals: gradient of each drawn row's loss by its logits, [draws, classes].
        along: the same rows through the gradient of the meta loss by the head after its step, [draws, classes].
        """
        agreement = (residuals * along).sum(dim=1).double().cpu()
        # The loss of the step is linear in the straight-through factors, so first derivatives are enough.
        factors = -lr / len(agreement) * agreement * self.soft / self.temperature
        hit = F.one_hot(self.drawn_classes, len(CLASSES)).double()
        slope = torch.sigmoid(-self.psi.detach())
        self.psi.grad = slope * (factors[:, None] * (hit - self.class_sums)).sum(dim=0)
        self.adam.step()

    def state_dict(self) -> dict:
        psi, adam = self.psi.detach().clone(), self.adam.state_dict()
        return {"psi": psi, "adam": adam, "generator": self.generator.get_state()}

    def load_state_dict(self, state: dict) -> None:
        with torch.no_grad():
            self.psi.copy_(state["psi"])
        self.adam.load_state_dict(state["adam"])
        self.generator.set_state(state["generator"])


def initial_psi(counts: Tensor, power: float) -> Tensor:
    """Logits of rates that grow with (n/N)^-power, in the middle of their range; 0 for classes without a sample."""
    present = counts > 0
    u = (counts[present].double() / counts.sum()) ** -power
    v = u / (u.min() + u.max())
    psi = torch.zeros(len(counts), dtype=torch.float64)
    psi[present] = torch.log(v / (1.0 - v))
    return psi`;
