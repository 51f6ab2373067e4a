/** What each loss contributes to its Keras class, on TensorFlow. */
import type { Settings } from "../code/settings.ts";

export interface Snippet {
  /** Name of the class. */
  readonly name: string;
  /** Pieces that the class stands on, in order. */
  readonly helpers: readonly HelperId[];
  /** The class, without a blank line at either end. */
  readonly code: string;
  /** What the labels are, where they are more than labels. */
  readonly takes?: string;
  /** Whether it learns while it trains. */
  readonly memory?: true;
}

export type SnippetOf = (settings: Settings) => Snippet;
export type HelperId =
  | "rows"
  | "mean"
  | "targets"
  | "focal"
  | "effectiveExclude"
  | "effectiveClamp"
  | "memory";

/** An argument of a constructor: name, type, default. */
export type Argument = readonly [name: string, type: string, value: string];

export const counts: Argument = ["counts", "Sequence[int]", "COUNTS"];

export interface ClassParts {
  readonly name: string;
  readonly about: string;
  readonly arguments?: readonly Argument[];
  /** What the constructor does with its arguments, indented by 8. */
  readonly setup?: string;
  /** Body of `call`, indented by 8. */
  readonly call: string;
  /** Further methods, indented by 4. */
  readonly methods?: string;
  /** Whether the batch is summed rather than averaged, which Keras has to know to scale over replicas. */
  readonly summed?: boolean;
  /** Names of what it remembers with their first values; it is then a `MemoryLoss`. */
  readonly memory?: readonly (readonly [name: string, initial: string])[];
}

/** A Keras loss as a class whose constructor keeps its arguments for `get_config`. */
export function lossClass(parts: ClassParts): string {
  const given = parts.arguments ?? [];
  const named: Argument = ["name", "str", `"${snake(parts.name)}"`];
  const signature = [...given, named].map(([name, type, value]) => `${name}: ${type} = ${value}`);
  const line = `    def __init__(self, ${signature.join(", ")}) -> None:`;
  const definition =
    line.length <= 118
      ? line
      : `    def __init__(\n        self,\n${signature.map((each) => `        ${each},`).join("\n")}\n    ) -> None:`;
  const kept = given.map(([name]) =>
    name === "counts" ? "        self.counts = list(counts)" : `        self.${name} = ${name}`,
  );
  const config = ["name", ...given.map(([name]) => name)].map((name) => `"${name}": self.${name}`);
  const memory = parts.memory?.map(([name, initial]) => `${name}=${initial}`).join(", ");
  const parent = memory ? "MemoryLoss" : "keras.losses.Loss";
  const start = memory
    ? `super().__init__(name, ${memory})`
    : `super().__init__(name=name, reduction="${parts.summed ? "sum" : "sum_over_batch_size"}")`;
  return `@keras.saving.register_keras_serializable(package="equipoise")
class ${parts.name}(${parent}):
    """${parts.about}"""

${definition}
        ${start}
${[...kept, ...(parts.setup ? [parts.setup] : [])].map((text) => `${text}\n`).join("")}
    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
${asArray(parts.call)}
${parts.methods ? `\n${parts.methods}\n` : ""}
    def get_config(self) -> dict[str, Any]:
        return ${dictionary(config)}`;
}

/**
 * The body of `call` with its results as arrays of one entry: what is no array Keras does not divide by the number of
 * replicas, so that their sum would count as often.
 */
function asArray(body: string): string {
  const lines = body.replace(/^( *)return (.+)$/gm, "$1return tf.reshape($2, [1])").split("\n");
  const last = lines.pop() ?? "";
  const indent = /^ */.exec(last)?.[0] ?? "";
  return [
    ...lines,
    `${indent}# An array: Keras shares it out over replicas, which it does not with a number.`,
    last,
  ].join("\n");
}

/** Entries of a dictionary behind `return`, wrapped where they do not fit. */
function dictionary(entries: readonly string[]): string {
  const line = `{${entries.join(", ")}}`;
  return line.length <= 100
    ? line
    : `{\n${entries.map((each) => `            ${each},\n`).join("")}        }`;
}

const snake = (name: string): string =>
  name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();

/** Pieces that several losses share. */
export const helpers: Readonly<Record<HelperId, string>> = {
  rows: `def rows_of(logits: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Logits [rows, classes], labels [rows], and 1 for each row that counts: those labelled -100 are left out."""
    logits = tf.reshape(logits, [-1, logits.shape[-1]])
    labels = tf.cast(tf.reshape(labels, [-1]), tf.int32)
    keep = tf.not_equal(labels, -100)
    return logits, tf.where(keep, labels, 0), tf.cast(keep, logits.dtype)`,

  mean: `def mean_over_rows(loss: tf.Tensor, keep: tf.Tensor) -> tf.Tensor:
    """The mean of a loss [rows] over the rows that count; 0 where none does."""
    return tf.reduce_sum(keep * loss) / tf.maximum(tf.reduce_sum(keep), 1.0)`,

  targets: `def targets_of(logits: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Logits and their targets, both [rows, classes], and [rows, 1]: 1 for each row that counts.

    Labels are class indices, -1 for background and -100 for rows to leave out; or a matrix of 0 and 1
    [rows, classes] where a row can have several classes.
    """
    classes = logits.shape[-1]
    several = labels.shape.rank == logits.shape.rank and labels.shape[-1] == classes
    logits = tf.reshape(logits, [-1, classes])
    if several:
        targets = tf.cast(tf.reshape(labels, [-1, classes]), logits.dtype)
        return logits, targets, tf.ones_like(logits[:, :1])
    labels = tf.cast(tf.reshape(labels, [-1]), tf.int32)
    keep = tf.cast(tf.not_equal(labels, -100), logits.dtype)
    return logits, tf.one_hot(labels, classes, dtype=logits.dtype), keep[:, None]`,

  focal: `def focal(logits: tf.Tensor, targets: tf.Tensor, gamma: tf.Tensor | float) -> tf.Tensor:
    """(1 - p_t)^gamma times -log p_t of each element."""
    # x is the logit of the right answer, so log p_t = log_sigmoid(x) and log(1 - p_t) = log_sigmoid(-x).
    x = (2.0 * targets - 1.0) * logits
    return tf.exp(gamma * tf.math.log_sigmoid(-x)) * -tf.math.log_sigmoid(x)`,

  effectiveExclude: effective(
    "A class without a sample gets weight 0 and leaves its share to the others.",
    "",
    ["    weights = np.divide(1.0, effective, out=np.zeros_like(n), where=n > 0)"],
  ),
  effectiveClamp: effective("A class without a sample counts as one.", ".clip(min=1.0)", [
    "    weights = 1.0 / effective",
  ]),

  memory: `def over_replicas(*sums: tf.Tensor) -> list[tf.Tensor]:
    """Sums over all replicas of a distributed training."""
    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return list(sums)
    return [replica.all_reduce(tf.distribute.ReduceOp.SUM, each) for each in sums]


class MemoryLoss(keras.losses.Loss):
    """A loss that learns while the model trains.

    Keras tells a loss neither whether it trains nor where to save: give \`memory_of(loss)\` to \`fit\` as a callback.
    Under a distribution strategy make the loss inside its scope.
    """

    def __init__(self, name: str, **memory: np.ndarray) -> None:
        super().__init__(name=name, reduction="sum_over_batch_size")
        first = tf.VariableAggregation.ONLY_FIRST_REPLICA
        self.learning = tf.Variable(True, trainable=False, aggregation=first)
        # 64 bits: sums grow to millions while steps add millionths.
        self.memory = {
            key: tf.Variable(value, trainable=False, dtype=tf.float64, aggregation=first)
            for key, value in memory.items()
        }

    def remember(self, rows: tf.Tensor, **values: tf.Tensor) -> None:
        """Keeps new values, unless the model is being tested or no row of the batch counted."""
        learns = tf.logical_and(self.learning, rows > 0)
        for key, value in values.items():
            self.memory[key].assign(tf.where(learns, value, self.memory[key]))

    def state(self) -> dict[str, np.ndarray]:
        """All that it remembers, to be saved with the weights of the model."""
        return {key: variable.numpy() for key, variable in self.memory.items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        for key, variable in self.memory.items():
            variable.assign(state[key])


class memory_of(keras.callbacks.Callback):
    """Stops a loss from learning while the model is tested, and keeps its memory in a file where one is named."""

    def __init__(self, loss: MemoryLoss, path: str | None = None) -> None:
        super().__init__()
        self.loss, self.path = loss, path

    def on_train_begin(self, logs: Any = None) -> None:
        if self.path and os.path.exists(self.path):
            self.loss.restore(np.load(self.path))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.path:
            draft = f"{self.path}.tmp.npz"
            np.savez(draft, **self.loss.state())
            os.replace(draft, self.path)

    def on_test_begin(self, logs: Any = None) -> None:
        self.loss.learning.assign(False)

    def on_test_end(self, logs: Any = None) -> None:
        self.loss.learning.assign(True)`,
};

function effective(about: string, clip: string, lines: readonly string[]): string {
  return `def class_weights(counts: Sequence[int], beta: float) -> np.ndarray:
    """One over the effective number (1 - beta^n) / (1 - beta) of each class, scaled to average 1.

    ${about}
    """
    n = np.asarray(counts, dtype="float64")${clip}
    # expm1 and log1p: the plain formula loses its digits where beta is near 1.
    with np.errstate(divide="ignore"):
        effective = np.expm1(n * np.log1p(beta - 1.0)) / (beta - 1.0)
${lines.join("\n")}
    return weights * len(weights) / weights.sum()`;
}

/** The helper that computes weights of effective numbers under a policy for absent classes. */
export function effectiveHelper(settings: Settings): HelperId {
  return settings.choice("absent") === "clamp1" ? "effectiveClamp" : "effectiveExclude";
}
