/** PyTorch modules of the softmax losses without memory. */
import type { Settings } from "../code/settings.ts";
import { effectiveHelper, type Snippet, type SnippetOf } from "./snippet.ts";

export const crossEntropy: SnippetOf = ({ choice }) => ({
  name: "CrossEntropyLoss",
  helpers: ["kept"],
  code: `class CrossEntropyLoss(nn.Module):
    """Softmax cross-entropy, ${choice("reduction") === "sum" ? "summed" : "averaged"} over rows."""

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        loss = F.cross_entropy(logits, labels, reduction="sum")
        return ${choice("reduction") === "sum" ? "loss" : "loss / max(1, len(labels))"}`,
});

const weightings: Readonly<Record<string, string>> = {
  none: "torch.ones_like(n)",
  inverse: "1.0 / n",
  sqrtInverse: "1.0 / n.sqrt()",
};

export const weightedCrossEntropy: SnippetOf = (settings) => {
  const { choice, number } = settings;
  const scheme = choice("scheme");
  const perRow = choice("reduction") === "mean";
  const scaled = choice("normalize") === "sumToC";
  const clamp = choice("absent") === "clamp1";
  const divisor = perRow ? "max(1, len(labels))" : "weights.sum().clamp_min(torch.finfo(loss.dtype).tiny)";
  const weighting =
    scheme === "effective"
      ? `torch.expm1(n * torch.log1p(torch.tensor(${number("beta")} - 1.0, dtype=torch.float64)))`
      : weightings[scheme];
  const raw = scheme === "effective" ? `(${number("beta")} - 1.0) / ${weighting}` : weighting;
  return {
    name: "WeightedCrossEntropyLoss",
    helpers: ["kept"],
    code: `class WeightedCrossEntropyLoss(nn.Module):
    """Cross-entropy with class weights, divided by ${perRow ? "the number of rows" : "the sum of the weights of the rows"}."""

    weights: Tensor

    def __init__(self, counts: Sequence[int] = COUNTS) -> None:
        super().__init__()
        n = torch.tensor(counts, dtype=torch.float64)${clamp ? ".clamp_min(1.0)" : ""}
        weights = torch.where(n > 0, ${raw}, torch.zeros_like(n))
${scaled ? "        weights = weights * len(counts) / weights.sum()\n" : ""}        self.register_buffer("weights", weights.to(torch.get_default_dtype()))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        loss = F.cross_entropy(logits, labels, reduction="none")
        weights = self.weights.to(loss.dtype)[labels]
        return (weights * loss).sum() / ${divisor}`,
  };
};

export const softmaxFocal: SnippetOf = ({ number }) => ({
  name: "SoftmaxFocalLoss",
  helpers: ["kept"],
  code: `class SoftmaxFocalLoss(nn.Module):
    """Cross-entropy times (1 - p)^gamma, p the probability of the label; mean over rows."""

    def __init__(self, gamma: float = ${number("gamma")}) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        if logits.shape[1] == 1:
            return 0.0 * logits.sum()
        log_p = F.log_softmax(logits, dim=1)
        on_label = log_p.gather(1, labels[:, None]).squeeze(1)
        # log(1 - p) as the sum over the other classes: 1 - p itself would round to 0.
        others = log_p.scatter(1, labels[:, None], -torch.inf).logsumexp(dim=1)
        loss = torch.exp(self.gamma * others) * -on_label
        return loss.sum() / max(1, len(labels))`,
});

export const classBalancedSoftmax: SnippetOf = (settings) => ({
  name: "ClassBalancedSoftmaxLoss",
  helpers: ["kept", effectiveHelper(settings)],
  code: `class ClassBalancedSoftmaxLoss(nn.Module):
    """Cross-entropy, each row times the weight of its class; mean over rows, not over weights."""

    weights: Tensor

    def __init__(self, counts: Sequence[int] = COUNTS, beta: float = ${settings.number("beta")}) -> None:
        super().__init__()
        self.register_buffer("weights", class_weights(counts, beta))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        loss = F.cross_entropy(logits, labels, reduction="none")
        return (self.weights.to(loss.dtype)[labels] * loss).sum() / max(1, len(labels))`,
});

export const classBalancedSoftmaxBce: SnippetOf = (settings) => ({
  name: "ClassBalancedSoftmaxBceLoss",
  helpers: ["kept", effectiveHelper(settings)],
  code: `class ClassBalancedSoftmaxBceLoss(nn.Module):
    """Binary cross-entropy on softmax probabilities, logs clamped at -100; mean over all elements.

    Not the loss of the paper, but what a widely copied port computes.
    """

    weights: Tensor

    def __init__(self, counts: Sequence[int] = COUNTS, beta: float = ${settings.number("beta")}) -> None:
        super().__init__()
        self.register_buffer("weights", class_weights(counts, beta))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        log_p = F.log_softmax(logits, dim=1).gather(1, labels[:, None])
        p = torch.softmax(logits, dim=1)
        # Only the largest p can be so near 1 that 1 - p rounds to 0: there it is the sum of the others.
        top = p.argmax(dim=1, keepdim=True)
        rest = p.scatter(1, top, 0.0).sum(dim=1, keepdim=True)
        q = (1.0 - p).scatter(1, top, rest)
        seen = q > torch.finfo(q.dtype).tiny
        log_q = torch.where(seen, torch.where(seen, q, torch.ones_like(q)).log(), torch.full_like(q, -100.0))
        log_q = log_q.scatter(1, labels[:, None], 0.0)
        # Clamped in value only, as binary_cross_entropy does: the label keeps its gradient.
        log_p = log_p + (log_p.clamp_min(-100.0) - log_p).detach()
        loss = -(log_p.squeeze(1) + log_q.clamp_min(-100.0).sum(dim=1))
        return (self.weights.to(loss.dtype)[labels] * loss).sum() / max(1, logits.numel())`,
});

export const balancedSoftmax: SnippetOf = ({ number, choice }) => ({
  name: "BalancedSoftmaxLoss",
  helpers: ["kept"],
  code: shifted(
    "BalancedSoftmaxLoss",
    `Cross-entropy on logits shifted by tau log n. Predict with the plain logits.`,
    number("tau"),
    choice("absent") === "clamp1"
      ? `        n = torch.tensor(counts, dtype=torch.float64).clamp_min(1.0)
        shift = tau * n.log()`
      : `        n = torch.tensor(counts, dtype=torch.float64)
        # A class without a sample is taken out of the softmax.
        shift = torch.where(n > 0, tau * n.log(), torch.full_like(n, -torch.inf))`,
  ),
});

export const logitAdjustment: SnippetOf = ({ number, choice }) => {
  const n = `        n = torch.tensor(counts, dtype=torch.float64)${choice("absent") === "clamp1" ? ".clamp_min(1.0)" : ""}
        prior = n / n.sum()`;
  const shift =
    choice("form") === "code"
      ? "        shift = (prior**tau + 1e-12).log()"
      : "        shift = torch.where(n > 0, tau * prior.log(), torch.full_like(n, -torch.inf))";
  return {
    name: "LogitAdjustedLoss",
    helpers: ["kept"],
    code: shifted(
      "LogitAdjustedLoss",
      "Cross-entropy on logits shifted by tau log prior. Predict with the plain logits.",
      number("tau"),
      `${n}\n${shift}`,
    ),
  };
};

function shifted(name: string, about: string, tau: string, shift: string): string {
  return `class ${name}(nn.Module):
    """${about}"""

    shift: Tensor

    def __init__(self, counts: Sequence[int] = COUNTS, tau: float = ${tau}) -> None:
        super().__init__()
${shift}
        self.register_buffer("shift", shift.to(torch.get_default_dtype()))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        shift = self.shift.to(logits.dtype)
        if torch.isinf(shift[labels]).any():
            raise ValueError("a label belongs to a class that has no sample in COUNTS: count anew")
        return F.cross_entropy(logits + shift, labels, reduction="sum") / max(1, len(labels))`;
}

export const ldam: SnippetOf = (settings: Settings): Snippet => {
  const perRow = settings.choice("reduction") === "mean";
  const divisor = perRow ? "max(1, len(labels))" : "weights.sum().clamp_min(torch.finfo(loss.dtype).tiny)";
  return {
    name: "LDAMLoss",
    helpers: ["kept", effectiveHelper(settings)],
    code: `class LDAMLoss(nn.Module):
    """Cross-entropy with a margin for each class, largest on the rarest.

    Logits must be cosines between -1 and 1: normalise features and weights, no bias. The scale is applied here.
    """

    margins: Tensor
    weights: Tensor

    def __init__(
        self,
        counts: Sequence[int] = COUNTS,
        max_margin: float = ${settings.number("maxMargin")},
        scale: float = ${settings.number("scale")},
        beta: float = ${settings.number("beta")},
    ) -> None:
        super().__init__()
        margins = torch.tensor(counts, dtype=torch.float64).clamp_min(1.0) ** -0.25
        self.scale = scale
        self.register_buffer("margins", (max_margin * margins / margins.max()).to(torch.get_default_dtype()))
        # Deferred re-weighting: start with beta 0, and set these weights anew late in training.
        self.register_buffer("weights", class_weights(counts, beta))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        margins = self.margins.to(logits.dtype)[labels]
        on_label = F.one_hot(labels, logits.shape[1]).to(logits.dtype)
        loss = F.cross_entropy(self.scale * (logits - margins[:, None] * on_label), labels, reduction="none")
        weights = self.weights.to(loss.dtype)[labels]
        return (weights * loss).sum() / ${divisor}`,
  };
};

/** Which classes are rare, as Python. */
export function rareClasses({ number, choice, flag }: Settings): string {
  const share = choice("threshold") === "count" ? "n" : "n / n.sum()";
  return `        n = torch.tensor(counts, dtype=torch.float64).clamp_min(1.0)
        self.register_buffer("rare", ${share} ${flag("inclusive") ? "<=" : "<"} ${number("lambda")})`;
}

export const softmaxEqualization2020: SnippetOf = (settings) => ({
  name: "SoftmaxEqualization2020Loss",
  helpers: ["kept"],
  takes: "labels",
  code: `class SoftmaxEqualization2020Loss(nn.Module):
    """Cross-entropy from which rare classes are left out at random where they are not the label."""

    rare: Tensor

    def __init__(self, counts: Sequence[int] = COUNTS, gamma: float = ${settings.number("gamma")}) -> None:
        super().__init__()
        self.gamma = gamma
${rareClasses(settings)}

    def forward(self, logits: Tensor, labels: Tensor, mask: Tensor | None = None) -> Tensor:
        """The loss; \`mask\` [rows, classes] replaces the random draw, 1 where a rare class is left out."""
        keep = labels != -100
        if mask is None:
            mask = torch.rand_like(logits) < self.gamma
        left_out = mask.bool()[keep] & self.rare
        logits, labels = kept_rows(logits, labels)
        left_out = left_out.scatter(1, labels[:, None], False)
        logits = logits.masked_fill(left_out, -torch.inf)
        return F.cross_entropy(logits, labels, reduction="sum") / max(1, len(labels))`,
});
