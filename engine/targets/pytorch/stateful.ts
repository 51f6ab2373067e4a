/** PyTorch modules of the losses that collect gradients or counts while they train. */
import type { Settings } from "../code/settings.ts";
import type { SnippetOf } from "./snippet.ts";

export const equalizationV2: SnippetOf = ({ number, flag }) => {
  const objectness = flag("objectness");
  return {
    name: "EqualizationV2Loss",
    helpers: ["targets", "replicas"],
    code: `class EqualizationV2Loss(nn.Module):
    """Binary cross-entropy that follows the gradient ratio of each class: positives times q, negatives times r.

    Keep its state_dict with the model's. Only training mode changes the ratios.${objectness ? "\n    The last column of the logits is objectness: 1 on background rows." : ""}
    """

    positive: Tensor
    negative: Tensor
    ratio: Tensor

    def __init__(
        self,
        classes: int = len(COUNTS),
        gamma: float = ${number("gamma")},
        mu: float = ${number("mu")},
        alpha: float = ${number("alpha")},
    ) -> None:
        super().__init__()
        self.gamma, self.mu, self.alpha = gamma, mu, alpha
        # 64 bits: sums grow to millions while steps add millionths.
        self.register_buffer("positive", torch.zeros(classes, dtype=torch.float64))
        self.register_buffer("negative", torch.zeros(classes, dtype=torch.float64))
        # So large a ratio makes the first step plain binary cross-entropy, as in the authors' code.
        self.register_buffer("ratio", torch.full((classes,), ${number("initialRatio")}, dtype=torch.float64))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        ${objectness ? objectnessTargets : "logits, targets = targets_of(logits, labels)"}
        r = torch.sigmoid(self.gamma * (self.ratio - self.mu))
        q = 1.0 + self.alpha * (1.0 - r)
${objectness ? "        one = torch.ones(1, dtype=r.dtype, device=r.device)\n        r, q = torch.cat([r, one]), torch.cat([q, one])\n" : ""}        weights = (q * targets + r * (1.0 - targets)).to(logits.dtype)
        loss = F.binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum")
        if self.training:
            self._collect(logits.detach(), targets, weights)
        return loss / max(1, len(logits))

    @torch.no_grad()
    def _collect(self, logits: Tensor, targets: Tensor, weights: Tensor) -> None:
        gradient = (weights * (torch.sigmoid(logits) - targets).abs()).double()${objectness ? "[:, :-1]\n        targets = targets[:, :-1]" : ""}
        positive = (gradient * targets).sum(dim=0)
        negative = (gradient * (1.0 - targets)).sum(dim=0)
        rows = torch.tensor(float(len(targets)), device=targets.device)
        over_replicas(rows, positive, negative)
        if rows == 0:
            return
        self.positive += positive
        self.negative += negative
        self.ratio = self.positive / (self.negative + 1e-10)`,
  };
};

const objectnessTargets = `keep = (labels != -100) if labels.dim() == 1 else slice(None)
        _, targets = targets_of(logits[:, :-1], labels)
        logits = logits[keep]
        background = (targets.sum(dim=1, keepdim=True) == 0).to(targets.dtype)
        targets = torch.cat([targets, background], dim=1)`;

const indicators: Readonly<Record<string, string>> = {
  pos: "self.positive",
  neg: "self.negative",
  posAndNegCode: "self.positive / (self.negative + 1e-10) + self.negative",
};

export const softmaxEqualization: SnippetOf = ({ number, choice }) => {
  const indicator = choice("indicator");
  // Before the first step the ratio is 1, which the quotient of the empty sums is not.
  const first = indicator === "posAndNegCode";
  const floor = number("floor");
  const shift =
    choice("form") === "v2"
      ? `((collected / (collected.sum() + ${floor})) ** self.pi + 1e-9).log()`
      : `self.pi * collected.clamp_min(${floor}).log()`;
  return {
    name: "SoftmaxEqualizationLoss",
    helpers: ["kept", "replicas"],
    code: `class SoftmaxEqualizationLoss(nn.Module):
    """Cross-entropy on logits shifted by pi log of the gradient that each class has collected.

    Keep its state_dict with the model's. Only training mode changes it. Predict with the plain logits.
    """

    positive: Tensor
    negative: Tensor
${first ? "    ratio: Tensor\n" : ""}
    def __init__(self, classes: int = len(COUNTS), pi: float = ${number("pi")}) -> None:
        super().__init__()
        self.pi = pi
        # 64 bits: sums grow to thousands while steps add millionths.
        self.register_buffer("positive", torch.zeros(classes, dtype=torch.float64))
        self.register_buffer("negative", torch.zeros(classes, dtype=torch.float64))
${first ? '        self.register_buffer("ratio", torch.ones(classes, dtype=torch.float64))\n' : ""}
    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        collected = ${first ? "self.ratio + self.negative" : indicators[indicator]}
        shift = ${shift}
        shifted = logits + shift.to(logits.dtype)
        loss = F.cross_entropy(shifted, labels, reduction="sum") / max(1, len(labels))
        if self.training:
            self._collect(shifted.detach(), labels)
        return loss

    @torch.no_grad()
    def _collect(self, shifted: Tensor, labels: Tensor) -> None:
        targets = F.one_hot(labels, shifted.shape[1]).to(shifted.dtype)
        gradient = (torch.softmax(shifted, dim=1) - targets).abs().double()
        positive = (gradient * targets).sum(dim=0)
        negative = (gradient * (1.0 - targets)).sum(dim=0)
        rows = torch.tensor(float(len(targets)), device=targets.device)
        over_replicas(rows, positive, negative)
        if rows == 0:
            return
        # The gradient of the loss that is divided by the rows of all processes.
        self.positive += positive / rows
        self.negative += negative / rows${first ? "\n        self.ratio = self.positive / (self.negative + 1e-10)" : ""}`,
  };
};

/** What the sum over the batch is divided by, as Python; a sum over rows is one over all processes where it is kept. */
function divided(settings: Settings, dynamic?: string): { readonly set: string; readonly collect: string } {
  const { choice, number } = settings;
  const normaliser = choice("normaliser");
  const summed = dynamic ?? (normaliser === "none" || normaliser === "fixed" ? undefined : "targets.sum()");
  const fixed = normaliser === "fixed" ? number("divisor") : "1.0";
  return {
    set:
      summed === undefined
        ? `        loss = loss.sum() / ${fixed}`
        : `        size = ${summed}\n        loss = loss.sum() / size.clamp_min(1.0)`,
    collect: collect(summed === undefined ? undefined : "size", fixed),
  };
}

const focusedState = (
  about: string,
  name: string,
  settings: Settings,
  alpha: boolean,
): string => `class ${name}(nn.Module):
    """${about}

    Keep its state_dict with the model's. Only training mode changes it. Not for half precision: loss scaling would
    disturb what it collects.
    """

    positive: Tensor
    negative: Tensor
    ratio: Tensor

    def __init__(
        self,
        classes: int = len(COUNTS),
        gamma: float = ${settings.number("gammaBase")},
        scale: float = ${settings.number("scale")},${alpha ? `\n        alpha: float = ${settings.number("alpha")},` : ""}
    ) -> None:
        super().__init__()
        self.gamma, self.scale = gamma, scale${alpha ? "\n        self.alpha = alpha" : ""}
        # 64 bits: sums grow to thousands while steps add millionths.
        self.register_buffer("positive", torch.zeros(classes, dtype=torch.float64))
        self.register_buffer("negative", torch.zeros(classes, dtype=torch.float64))
        self.register_buffer("ratio", torch.ones(classes, dtype=torch.float64))
`;

/** `size` names the sum that the loss was divided by; without it the divisor is a number. */
function collect(size: string | undefined, fixed: string): string {
  const gradient = "torch.autograd.grad(loss, logits, retain_graph=True)[0].abs().double()";
  const call = size
    ? `            gradient = ${gradient}
            self._collect(gradient * size.clamp_min(1.0), targets, size.double().clone())`
    : `            self._collect(${gradient} * ${fixed}, targets)`;
  const total = size ? "size.clamp_min(1.0)" : fixed;
  return `        if self.training and logits.requires_grad:
${call}
        return loss

    @torch.no_grad()
    def _collect(self, gradient: Tensor, targets: Tensor${size ? ", size: Tensor" : ""}) -> None:
        positive = (gradient * targets).sum(dim=0)
        negative = (gradient * (1.0 - targets)).sum(dim=0)
        rows = torch.tensor(float(len(targets)), device=targets.device)
        over_replicas(rows, positive, negative${size ? ", size" : ""})
        if rows == 0:
            return
        # The gradient of the divided loss, as the authors' hook sees it, with the divisor of all processes.
        self.positive += positive / ${total}
        self.negative += negative / ${total}
        self.ratio = (self.positive / (self.negative + 1e-10)).clamp_max(1.0)`;
}

export const equalizedFocal: SnippetOf = (settings) => {
  const alpha = Number(settings.number("alpha")) >= 0;
  const { set, collect } = divided(settings);
  const about =
    "Sigmoid focal loss that focuses more, and weighs more, where a class's gradient ratio is low.";
  return {
    name: "EqualizedFocalLoss",
    helpers: ["targets", "replicas"],
    code: `${focusedState(about, "EqualizedFocalLoss", settings, alpha)}
    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, targets = targets_of(logits, labels)
        focusing = (self.gamma + self.scale * (1.0 - self.ratio)).to(logits.dtype)
        # x is the logit of the right answer, so log p_t = logsigmoid(x) and log(1 - p_t) = logsigmoid(-x).
        x = (2.0 * targets - 1.0) * logits
        loss = focusing / self.gamma * torch.exp(focusing * F.logsigmoid(-x)) * -F.logsigmoid(x)
${alpha ? "        loss = loss * (self.alpha * targets + (1.0 - self.alpha) * (1.0 - targets))\n" : ""}${set}
${collect}`,
  };
};

export const equalizedQualityFocal: SnippetOf = (settings) => {
  const about =
    "As equalized focal loss, with the quality of a box, such as its overlap, as target on its class.";
  const dynamic = "(torch.sigmoid((1.0 - 2.0 * targets) * logits.detach()) ** self.gamma).sum().div(2.0)";
  const { set, collect } = divided(settings, settings.flag("dynamicNormaliser") ? dynamic : undefined);
  return {
    name: "EqualizedQualityFocalLoss",
    helpers: ["targets", "replicas"],
    takes: "labels, quality",
    code: `${focusedState(about, "EqualizedQualityFocalLoss", settings, false)}
    def forward(self, logits: Tensor, labels: Tensor, quality: Tensor) -> Tensor:
        """The loss; \`quality\` [rows] between 0 and 1 is the target of each row on its class."""
        if labels.dim() == 1:
            quality = quality[labels != -100]
        logits, targets = targets_of(logits, labels)
        soft = targets * quality.to(logits.dtype)[:, None]
        focusing = (self.gamma + self.scale * (1.0 - self.ratio)).to(logits.dtype)
        # p - target, from 1 - p where p is near 1: qualities often are 1 too.
        gap = torch.where(logits < 0, torch.sigmoid(logits) - soft, 1.0 - soft - torch.sigmoid(-logits))
        surprise = F.binary_cross_entropy_with_logits(logits, soft, reduction="none")
        loss = focusing / self.gamma * gap.abs() ** focusing * surprise
${set}
${collect}`,
  };
};

export const seesaw: SnippetOf = ({ number }) => ({
  name: "SeesawLoss",
  helpers: ["kept", "replicas"],
  code: `class SeesawLoss(nn.Module):
    """Cross-entropy in which a frequent class pushes rarer ones down less, and a wrong one more.

    Keep its state_dict with the model's: it counts while it trains, in training mode only.
    """

    counts: Tensor

    def __init__(self, classes: int = len(COUNTS), p: float = ${number("p")}, q: float = ${number("q")}) -> None:
        super().__init__()
        self.p, self.q = p, q
        self.register_buffer("counts", torch.zeros(classes, dtype=torch.float64))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        logits, labels = kept_rows(logits, labels)
        if self.training:
            met = torch.bincount(labels, minlength=len(self.counts)).double()
            over_replicas(met)
            self.counts += met
        log_n = self.counts.clamp_min(1.0).log().to(logits.dtype)
        mitigation = (self.p * (log_n - log_n[labels][:, None])).clamp_max(0.0)
        log_p = F.log_softmax(logits.detach(), dim=1)
        on_label = log_p.gather(1, labels[:, None]).clamp_min(math.log(${number("floor")}))
        compensation = (self.q * (log_p - on_label)).clamp_min(0.0)
        factor = (mitigation + compensation).scatter(1, labels[:, None], 0.0)
        return F.cross_entropy(logits + factor, labels, reduction="sum") / max(1, len(labels))`,
});
