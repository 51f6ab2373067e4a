/** Samplers in Python, for PyTorch tensors and NumPy arrays. */
import { type SamplerId, samplers } from "#protocol/losses.ts";
import { drawsByClass, type SamplerOption, type SamplerParts, samplerParts } from "./sampler.ts";

/** How a library of arrays writes what the samplers need. */
export interface ArrayDialect {
  /** Name of the module, such as "np". */
  readonly module: string;
  readonly array: string;
  /** Base class of a sampler with its parentheses; empty where there is none. */
  readonly base: string;
  /** A generator from `self.seed` and `self.epoch`. */
  readonly generator: string;
  readonly generatorType: string;
  /** Rank and number of processes where they are not given, indented by 8. */
  readonly processes: string;
  /** Labels as an array of integers, whatever holds them. */
  labels(value: string): string;
  /** Rounds an array towards 0. */
  integers(value: string): string;
  floats(value: string): string;
  /** 64-bit floats of a Python list. */
  array64(values: string): string;
  /** Where a mask is true. */
  places(mask: string): string;
  stableOrder(value: string): string;
  permutation(length: string): string;
  /** `size` numbers in [0, 1). */
  random(size: string): string;
  /** `size` classes with replacement. */
  classes(probabilities: string, size: string): string;
  repeated(values: string, times: string): string;
}

/** The class of a sampler with all that it stands on. */
export function samplerInPython(id: SamplerId, dialect: ArrayDialect): string {
  const parts = samplerParts[id];
  const pieces = [probabilities(id, dialect), seededSampler(id, dialect), sampler(id, parts, dialect)];
  return pieces.filter((piece) => piece !== "").join("\n\n\n");
}

/** What the code imports from the standard library. */
export function standardImports(code: string): string[] {
  return [
    ...(code.includes("math.") ? ["import math"] : []),
    ...(code.includes("warnings.") ? ["import warnings"] : []),
    "from collections.abc import Iterator, Sequence",
    "from itertools import islice",
    ...(code.includes("Literal[") ? ["from typing import Literal"] : []),
  ];
}

const blockSize = 4096;

const checkCounts = `def check_counts(counts: Sequence[int]) -> None:
    """Warns where there are not as many samples as when this file was made."""
    for name, now, then in zip(CLASSES, counts, COUNTS):
        if now != then:
            told = f"{name} has {now} samples, this file was made for {then}: the labels decide"
            warnings.warn(told, stacklevel=4)
            return`;

/** Which samples belong to which class, where the sampler needs that. */
function members(id: SamplerId, { module, stableOrder }: ArrayDialect): string {
  if (id === "repeat-factor") return "";
  const counts = `        self.counts = ${module}.bincount(self.labels[self.labels >= 0], minlength=len(CLASSES))
        check_counts(self.counts.tolist())
`;
  if (id === "instance-balanced") return counts;
  return `${counts}        # Samples of class 0, then of class 1, and so on; class k begins at starts[k].
        self.order = ${stableOrder("self.labels")}[int((self.labels < 0).sum()) :]
        self.starts = self.counts.cumsum(0) - self.counts
`;
}

function seededSampler(id: SamplerId, dialect: ArrayDialect): string {
  const { array, base, generator, generatorType, processes } = dialect;
  return `${checkCounts}


class SeededSampler${base}:
    """An endless stream of training samples that follows from seed and epoch, cut to \`length\`.

    Call set_epoch before each epoch. The processes of a distributed training share one stream, of which each takes
    its own part; the parts are of the same size.
    """

    def __init__(
        self,
        labels: Sequence[int] | ${array},
        seed: int,
        length: int | None,
        rank: int | None,
        replicas: int | None,
    ) -> None:
        self.labels = ${dialect.labels("labels")}
        wrong = (self.labels >= len(CLASSES)) | ((self.labels < -1) & (self.labels != -100))
        if wrong.any():
            at = int(${dialect.places("wrong")}[0])
            raise ValueError(f"sample {at} has label {int(self.labels[at])}, outside 0 to {len(CLASSES) - 1}")
        if not (self.labels >= 0).any():
            raise ValueError("no sample has a class, so nothing can be drawn")
        self.drawable = ${dialect.places("(self.labels != -100)")}
${members(id, dialect)}        self.seed = seed
        self.epoch = 0
        self.length = len(self.drawable) if length is None else length
${processes}

    def set_epoch(self, epoch: int) -> None:
        """Names the epoch that is drawn next, from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        return math.ceil(self.length / self.replicas)

    def __iter__(self) -> Iterator[int]:
        generator = ${generator}
        return islice(self.draws(generator), self.rank, len(self) * self.replicas, self.replicas)

    def draws(self, generator: ${generatorType}) -> Iterator[int]:
        raise NotImplementedError`;
}

/** The functions that give the class probabilities, or the repeat factors. */
function probabilities(id: SamplerId, { module, array, floats }: ArrayDialect): string {
  const power = `def class_probabilities(counts: ${array}, power: float) -> ${array}:
    """Probability that the next sample is of each class: proportional to n^power, 0 for a class without a sample."""
    n = ${floats("counts")}
    shares = ${module}.where(n > 0, n.clip(min=1.0) ** power, 0.0)
    return shares / shares.sum()`;
  const pieces: Readonly<Partial<Record<SamplerId, string>>> = {
    "class-balanced": power,
    "square-root": power,
    power,
    progressive: `${power}


def progressive_share(epoch: int, epochs: int, progress: Literal["code", "paper"] = "code") -> float:
    """Share of class-balanced sampling in an epoch, from 0."""
    last = epochs - 1 if progress == "code" else epochs
    return min(1.0, epoch / last) if last > 0 else 1.0


def mixed_probabilities(counts: ${array}, share: float) -> ${array}:
    """Instance-balanced and class-balanced sampling mixed, with this share of the latter."""
    return (1.0 - share) * class_probabilities(counts, 1.0) + share * class_probabilities(counts, 0.0)`,
    "effective-number": `def class_probabilities(counts: ${array}, beta: float) -> ${array}:
    """Probability that the next sample is of each class: n over its effective number (1 - beta^n) / (1 - beta)."""
    n = ${floats("counts")}
    # expm1 and log1p: the plain formula loses its digits where beta is near 1.
    log_beta = math.log1p(beta - 1.0) if beta > 0.0 else -math.inf
    effective = ${module}.expm1(n.clip(min=1.0) * log_beta) / (beta - 1.0) if beta < 1.0 else n.clip(min=1.0)
    shares = ${module}.where(n > 0, n / effective, 0.0)
    return shares / shares.sum()`,
    "repeat-factor": `def repeat_factors(frequencies: ${array}, threshold: float) -> ${array}:
    """max(1, sqrt(threshold / f)) of each class; 1 for a class that no sample has."""
    f = ${floats("frequencies")}
    return ${module}.where(f > 0, (threshold / f.clip(min=1e-12)) ** 0.5, 1.0).clip(min=1.0)`,
  };
  return pieces[id] ?? "";
}

function sampler(id: SamplerId, { name, options }: SamplerParts, dialect: ArrayDialect): string {
  const labelType = id === "repeat-factor" ? "Sequence[int] | Sequence[Sequence[int]]" : "Sequence[int]";
  const signature = [
    `labels: ${labelType} | ${dialect.array}`,
    ...options.filter(({ value }) => value === undefined).map(argument),
    ...options.filter(({ value }) => value !== undefined).map(argument),
    "seed: int = 0",
    "length: int | None = None",
    "rank: int | None = None",
    "replicas: int | None = None",
  ];
  return `class ${name}(SeededSampler):
    """${samplers[id].description}

${[...aboutLabels(id), ...options.map(({ name: each, about }) => `${each}: ${about}.`), ...aboutLength(id)]
  .map((line) => `    ${line}`)
  .join("\n")}
    """

    def __init__(
        self,
${signature.map((each) => `        ${each},`).join("\n")}
    ) -> None:
${body(id, options, dialect)}`;
}

function aboutLabels(id: SamplerId): readonly string[] {
  return id === "repeat-factor"
    ? [
        "labels: class of each training sample, or a list of its classes; -1 is background, -100 is left out. A sample",
        "    stands as often as the largest factor of its classes says; the fraction is rounded at random each pass.",
      ]
    : id === "instance-balanced"
      ? ["labels: class of each training sample; -1 is background, -100 is never drawn."]
      : ["labels: class of each training sample; those of -1 (background) and -100 are never drawn."];
}

function aboutLength(id: SamplerId): readonly string[] {
  const lengths: Readonly<Partial<Record<SamplerId, string>>> = {
    "class-aware": "length: samples an epoch; as if every class had as many as the largest, where not given.",
    "repeat-factor": "length: samples an epoch; what a pass has on average, where not given.",
  };
  return [
    lengths[id] ?? "length: samples an epoch; as many as there are, where not given.",
    "rank, replicas: which of how many processes this is.",
  ];
}

function argument({ name, type, value }: SamplerOption): string {
  const written = type === "form" ? 'Literal["code", "paper"]' : type;
  return `${name}: ${written}${value === undefined ? "" : ` = ${value}`}`;
}

/** What a value outside its range is told. */
function checks(options: readonly SamplerOption[]): string {
  return options
    .flatMap(({ name, range }) => {
      if (!range) return [];
      const [low, high] = range;
      const right = high === Infinity ? `${name} >= ${low}` : `${low} <= ${name} <= ${high}`;
      const words = high === Infinity ? `at least ${low}` : `${low} to ${high}`;
      return [
        `        if not ${right}:\n            raise ValueError(f"${name} is {${name}}: give ${words}")\n`,
      ];
    })
    .join("");
}

function body(id: SamplerId, options: readonly SamplerOption[], dialect: ArrayDialect): string {
  const setUp = (labels = "labels"): string =>
    `${checks(options)}        super().__init__(${labels}, seed, length, rank, replicas)\n${options
      .filter(({ name }) => name !== "threshold")
      .map(({ name }) => `        self.${name} = ${name}\n`)
      .join("")}`;
  const draws = `\n    def draws(self, generator: ${dialect.generatorType}) -> Iterator[int]:\n`;
  if (drawsByClass(id)) return `${setUp()}${draws}${byClass(id, dialect)}`;
  if (id === "class-aware") return `${setUp()}${classAware(dialect, draws)}`;
  if (id === "repeat-factor") return repeatFactor(setUp, dialect, draws);
  return `${setUp()}${draws}        while True:
            yield from self.drawable[${dialect.permutation("len(self.drawable)")}].tolist()`;
}

function byClass(id: SamplerId, dialect: ArrayDialect): string {
  const probability: Readonly<Partial<Record<SamplerId, string>>> = {
    "class-balanced": "class_probabilities(self.counts, 0.0)",
    "square-root": "class_probabilities(self.counts, 0.5)",
    power: "class_probabilities(self.counts, self.power)",
    "effective-number": "class_probabilities(self.counts, self.beta)",
    progressive: "mixed_probabilities(self.counts, share)",
  };
  const share =
    id === "progressive" ? "        share = progressive_share(self.epoch, self.epochs, self.progress)\n" : "";
  return `${share}        probabilities = ${probability[id]}
        while True:
            classes = ${dialect.classes("probabilities", String(blockSize))}
            places = ${dialect.integers(`(${dialect.random(String(blockSize))} * self.counts[classes])`)}
            yield from self.order[self.starts[classes] + places].tolist()`;
}

function classAware({ permutation }: ArrayDialect, draws: string): string {
  return `        self.present = [k for k, n in enumerate(self.counts.tolist()) if n > 0]
        if length is None:
            self.length = int(self.counts.max()) * len(self.present)
${draws}        left: dict[int, list[int]] = {k: [] for k in self.present}
        while True:
            for at in ${permutation("len(self.present)")}.tolist():
                k = self.present[at]
                for _ in range(self.per_class):
                    if not left[k]:
                        start, size = int(self.starts[k]), int(self.counts[k])
                        left[k] = self.order[start + ${permutation("size")}].tolist()
                    yield left[k].pop()`;
}

function repeatFactor(setUp: (labels: string) => string, dialect: ArrayDialect, draws: string): string {
  const { module, array, integers, floats, array64 } = dialect;
  return `        given = labels.tolist() if isinstance(labels, ${array}) else labels
        classes_of = [set(map(int, each)) if hasattr(each, "__iter__") else {int(each)} for each in given]
${setUp("[min(classes, default=-1) for classes in classes_of]")}        drawable = self.drawable.tolist()
        samples = [0] * len(CLASSES)
        for at in drawable:
            for k in classes_of[at] - {-1}:
                samples[k] += 1
        check_counts(samples)
        of_class = repeat_factors(${array64("samples")} / len(drawable), threshold).tolist()
        factors = [max((of_class[k] for k in classes_of[at] - {-1}), default=1.0) for at in drawable]
        self.factors = ${array64("factors")}
        if length is None:
            self.length = round(float(self.factors.sum()))
${draws}        whole = ${module}.floor(self.factors)
        while True:
            extra = ${dialect.random("len(whole)")} < self.factors - whole
            repeated = ${dialect.repeated("self.drawable", integers(`(whole + ${floats("extra")})`))}
            yield from repeated[${dialect.permutation("len(repeated)")}].tolist()`;
}
