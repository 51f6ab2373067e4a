/** What each loss contributes to its PyTorch module. */
import type { Settings } from "../code/settings.ts";

export interface Snippet {
  /** Name of the class. */
  readonly name: string;
  /** Functions that the class calls, in order. */
  readonly helpers: readonly HelperId[];
  /** The class, without a blank line at either end. */
  readonly code: string;
  /** What `forward` takes besides the logits, for the example; `labels` where absent. */
  readonly takes?: string;
}

export type SnippetOf = (settings: Settings) => Snippet;

export type HelperId = keyof typeof helpers;

/** Functions that several losses share. */
export const helpers = {
  kept: `def kept_rows(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The rows that count: those labelled -100 are left out."""
    keep = labels != -100
    return logits[keep], labels[keep]`,

  targets: `def targets_of(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Logits and their targets, both [rows, classes].

    Labels are class indices, -1 for background and -100 for rows to leave out; or a matrix of 0 and 1
    [rows, classes] where a row can have several classes.
    """
    if labels.dim() == 2:
        return logits, labels.to(logits.dtype)
    keep = labels != -100
    logits, labels = logits[keep], labels[keep]
    classes = torch.arange(logits.shape[1], device=labels.device)
    return logits, (labels[:, None] == classes).to(logits.dtype)`,

  effectiveExclude: `def class_weights(counts: Sequence[int], beta: float) -> Tensor:
    """One over the effective number (1 - beta^n) / (1 - beta) of each class, scaled to average 1.

    A class without a sample gets weight 0 and leaves its share to the others.
    """
    n = torch.tensor(counts, dtype=torch.float64)
    # expm1 and log1p: the plain formula loses its digits where beta is near 1.
    log_beta = torch.log1p(torch.tensor(beta - 1.0, dtype=torch.float64))
    effective = torch.expm1(n * log_beta) / (beta - 1.0)
    weights = torch.where(n > 0, 1.0 / effective, torch.zeros_like(n))
    return (weights * len(counts) / weights.sum()).to(torch.get_default_dtype())`,

  effectiveClamp: `def class_weights(counts: Sequence[int], beta: float) -> Tensor:
    """One over the effective number (1 - beta^n) / (1 - beta) of each class, scaled to average 1.

    A class without a sample counts as one.
    """
    n = torch.tensor(counts, dtype=torch.float64).clamp_min(1.0)
    # expm1 and log1p: the plain formula loses its digits where beta is near 1.
    log_beta = torch.log1p(torch.tensor(beta - 1.0, dtype=torch.float64))
    effective = torch.expm1(n * log_beta) / (beta - 1.0)
    weights = 1.0 / effective
    return (weights * len(counts) / weights.sum()).to(torch.get_default_dtype())`,

  replicas: `def over_replicas(*sums: Tensor) -> None:
    """Adds per-class sums over all processes of a distributed training, in place."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        for each in sums:
            torch.distributed.all_reduce(each)`,
} as const;

/** The helper that computes weights of effective numbers under a policy for absent classes. */
export function effectiveHelper(settings: Settings): HelperId {
  return settings.choice("absent") === "clamp1" ? "effectiveClamp" : "effectiveExclude";
}
