/** A recorder of gradient ratios for a user's own PyTorch training, which writes docs/run-format.md. */
import { pythonCounts, pythonHead, pythonString } from "../code/python.ts";
import { runFolder } from "../code/runFolder.ts";
import { type Counted, checkCounts, datasetText } from "../code/settings.ts";

/** Name of the module that the recorder is written as. */
export const recorderModule = "equipoise_recorder";

/**
 * One self-contained Python file that wraps a criterion and records what it sees. `folder` is where `.equipoise` lies.
 * Needs PyTorch 2 and Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function recorderForPyTorch(data: Counted, folder = "."): string {
  checkCounts(data);
  const heading = [
    `Records the gradient ratio of each class while PyTorch trains, for ${datasetText(data)}.`,
    "",
    "Ratio of the absolute gradient of a class's logit on its own samples to that on all others.",
    "Tan et al. 2021, arXiv 2012.08548, equation 3.",
  ];
  const example = `    from ${recorderModule} import RecordedLoss

    criterion = RecordedLoss(nn.CrossEntropyLoss(), epochs=90, steps_per_epoch=len(loader))

Use it as the criterion that it wraps: loss, gradient and state are the same. What it is called with under
torch.no_grad() counts as test.`;
  const made = "Made by Equipoise from the counts below. Writes Equipoise's run format, version 1.";
  return `${pythonHead(heading, example, made)}

${imports}

${pythonCounts(data)}
# Where the folder .equipoise lies, from this file.
FOLDER = ${pythonString(folder)}


${runFolder("pytorch")}


${replicas}


${module}
`;
}

const imports = `import atexit
import json
import math
import os
import struct
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import torch
import torch.distributed
from torch import Tensor, nn`;

const replicas = `def over_replicas(*sums: Tensor) -> None:
    """Adds sums over all processes of a distributed training, in place."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        for each in sums:
            torch.distributed.all_reduce(each)


def replicas() -> tuple[int, int]:
    """Number of this process and how many there are."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1`;

const module = `class RecordedLoss(nn.Module):
    """A criterion that records the gradient of its logits on the way back.

    Arguments
    ---------
    criterion: any module or function of (logits [rows, classes] or [rows, classes, ...], labels, ...).
    epochs: of the whole training, where known; a run that ends before them is recorded as stopped.
    steps_per_epoch: calls with gradient that make an epoch; by default the counts over the rows of the first batch.
    loss: what the run tries, as in equipoise.yaml; by default the name of the criterion.
    about: further keys of run.json, such as model="resnet18" or seed=1.
    """

    def __init__(
        self,
        criterion: Any,
        *,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        loss: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        **about: Any,
    ) -> None:
        super().__init__()
        self.criterion = criterion
        self.epochs, self.steps_per_epoch = epochs, steps_per_epoch
        self.place = Path(__file__).resolve().parent / FOLDER if folder is None else Path(folder)
        names = {"CrossEntropyLoss": "cross-entropy", "BCEWithLogitsLoss": "binary-cross-entropy"}
        name = type(criterion).__name__ if isinstance(criterion, nn.Module) else getattr(criterion, "__name__", "loss")
        self.about = {"choice": 0, "loss": loss or names.get(name, name), "parameters": {}, "seed": 1, **about}
        self.run: RunFolder | None = None
        self.steps, self.broken, self.closed = 0, False, False
        self.sums: Tensor | None = None
        self.loss_sum = 0.0
        self.pending: tuple[dict[str, Any], list[list[float]]] | None = None
        self.tested: list[tuple[Tensor, Tensor]] = []
        atexit.register(self._at_exit)

    def forward(self, logits: Tensor, labels: Tensor, *more: Any, **named: Any) -> Tensor:
        loss = self.criterion(logits, labels, *more, **named)
        if torch.is_grad_enabled() and logits.requires_grad:
            seen, value = labels.detach(), loss.detach()
            logits.register_hook(lambda gradient: self._collect(gradient.detach(), seen, value))
        elif not torch.is_grad_enabled():
            self.test(logits, labels)
        return loss

    def test(self, logits: Tensor, labels: Tensor) -> None:
        """Takes a test batch, where the training script does not call the criterion on it."""
        logits, labels = logits.detach(), labels.detach()
        if logits.dim() != labels.dim() + 1:
            return
        if logits.dim() > 2:
            logits, labels = logits.movedim(1, -1).flatten(0, -2), labels.flatten()
        keep = (labels >= 0) & (labels < len(CLASSES))
        self.tested.append((labels[keep].cpu(), logits[:, : len(CLASSES)].argmax(dim=1)[keep].cpu()))

    def close(self) -> None:
        """Ends the run. Done by itself when the program ends; with several processes call it on all of them."""
        self._end(self._tests(reduce=True))

    @torch.no_grad()
    def _collect(self, gradient: Tensor, labels: Tensor, loss: Tensor) -> None:
        if self.closed:
            return
        if self.pending:
            self._report_epoch(self._tests(reduce=True))
        gradient, targets = self._rows(gradient, labels)
        if self.sums is None:
            rank, world = replicas()
            dtype = torch.float32 if gradient.device.type == "mps" else torch.float64
            # Positive and negative sums of the epoch, then of the whole run.
            self.sums = torch.zeros(4, len(CLASSES), dtype=dtype, device=gradient.device)
            if self.steps_per_epoch is None:
                self.steps_per_epoch = max(1, math.ceil(sum(COUNTS) / max(1, len(gradient) * world)))
        size = gradient.abs().to(self.sums.dtype)
        step = torch.stack([(size * targets).sum(dim=0), (size * (1 - targets)).sum(dim=0)])
        self.sums += torch.cat([step, step])
        self.loss_sum += float(loss.float().mean())
        self.steps += 1
        epoch = (self.steps - 1) // self.steps_per_epoch + 1
        line = {"step": self.steps, "epoch": epoch}
        if self.steps % self.steps_per_epoch == 0:
            self.pending = ({**line, "loss": self.loss_sum / self.steps_per_epoch}, self._over_replicas())
            self.sums[:2] = 0
            self.loss_sum = 0.0
        elif epoch == 1 and round(10 ** (round(10 * math.log10(self.steps)) / 10)) == self.steps:
            self._write(line, [*self._over_replicas(), [math.nan] * len(CLASSES)])

    def _rows(self, gradient: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Gradient and targets [rows, classes] of the rows that count."""
        if gradient.dim() > 2:
            gradient = gradient.movedim(1, -1).flatten(0, -2)
            labels = labels.movedim(1, -1).flatten(0, -2) if labels.is_floating_point() else labels.flatten()
        # Columns beyond the classes are objectness.
        gradient = gradient[:, : len(CLASSES)]
        if labels.dim() == 2:
            return gradient, labels[:, : len(CLASSES)].to(gradient.dtype)
        keep = (labels >= -1) & (labels < len(CLASSES))
        classes = torch.arange(len(CLASSES), device=labels.device)
        return gradient[keep], (labels[keep][:, None] == classes).to(gradient.dtype)

    def _over_replicas(self) -> list[list[float]]:
        assert self.sums is not None
        sums = self.sums.clone()
        over_replicas(sums)
        return sums.cpu().double().tolist()

    def _tests(self, reduce: bool) -> tuple[Tensor, Tensor]:
        """Test samples and right answers of each class."""
        counts = torch.zeros(2, len(CLASSES), dtype=torch.float64)
        for truth, predicted in self.tested:
            counts[0] += torch.bincount(truth, minlength=len(CLASSES))
            counts[1] += torch.bincount(truth[truth == predicted], minlength=len(CLASSES))
        if reduce and replicas()[1] > 1:
            device = self.sums.device if self.sums is not None else counts.device
            on_device = counts.to(device, torch.float32 if device.type == "mps" else torch.float64)
            over_replicas(on_device)
            counts = on_device.cpu().double()
        return counts[0], counts[1]

    def _report_epoch(self, tests: tuple[Tensor, Tensor]) -> dict[str, float]:
        assert self.pending
        line, series = self.pending
        total, right = tests
        recall = right / total
        scores: dict[str, float] = {}
        if total.sum() > 0:
            balanced = recall[total > 0].mean()
            scores = {"accuracy": float(right.sum() / total.sum()), "balancedAccuracy": float(balanced)}
        self._write({**line, **scores}, [*series, recall.tolist()])
        self.pending = None
        if self.tested:
            self.last_tested = self.tested
        self.tested = []
        return scores

    def _write(self, line: dict[str, Any], series: list[list[float]]) -> None:
        if replicas()[0] != 0 or self.broken:
            return
        try:
            self._opened().report(line, series)
        except OSError as problem:
            self._break(problem)

    def _opened(self) -> RunFolder:
        if self.run is None:
            self.run = RunFolder(
                self.place,
                {
                    **self.about,
                    "sampler": self.about.get("sampler", "instance-balanced"),
                    **({} if self.epochs is None else {"epochs": self.epochs}),
                    "stepsPerEpoch": self.steps_per_epoch,
                    "backend": f"PyTorch {torch.__version__}, {self.sums.device if self.sums is not None else 'cpu'}",
                    "classes": CLASSES,
                    "counts": COUNTS,
                    "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                },
            )
        return self.run

    def _break(self, problem: OSError) -> None:
        # A full disk must not end a training that is not about this record.
        self.broken = True
        warnings.warn(f"Equipoise stops recording gradient ratios: {problem}", stacklevel=3)

    def _end(self, tests: tuple[Tensor, Tensor]) -> None:
        if self.closed:
            return
        self.closed = True
        scores = self._report_epoch(tests) if self.pending else {}
        if self.run is None or self.broken:
            return
        try:
            if scores and replicas()[1] == 1:
                pairs = self.last_tested
                self.run.predictions(*(torch.cat([pair[side] for pair in pairs]).tolist() for side in (0, 1)))
            self.run.state(self._state(scores))
            self.run.close()
        except OSError as problem:
            self._break(problem)

    def _state(self, scores: dict[str, float]) -> dict[str, Any]:
        problem = getattr(sys, "last_value", None)
        epoch = max(1, math.ceil(self.steps / (self.steps_per_epoch or 1)))
        if problem is not None and not isinstance(problem, KeyboardInterrupt):
            return {"kind": "failed", "step": self.steps, "message": f"{type(problem).__name__}: {problem}"}
        short = self.epochs is not None and self.steps < self.epochs * (self.steps_per_epoch or 1)
        if problem is not None or short:
            return {"kind": "stopped", "epoch": epoch, "step": self.steps}
        return {"kind": "finished", **scores}

    def _at_exit(self) -> None:
        # The other processes may be gone: nothing is asked of them any more.
        self._end(self._tests(reduce=False))`;
