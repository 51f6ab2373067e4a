/** The one loop over a batch for all losses: ignored rows, divisor, tally and memory. */
import { sigmoidBias } from "#engine/statistics/classWeights.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { type LossId, losses } from "#protocol/losses.ts";
import { blockPass } from "./blockPass.ts";
import type { Loss, LossDefinition, PreparedLoss, Setup, StepTally } from "./loss.ts";
import { copyMemory, restoreMemory } from "./memory.ts";
import { RowCursor } from "./rowCursor.ts";
import { checkTargets, copyRow, ignored, type Targets, type Values } from "./targets.ts";

/** Returns the loss of a definition: batch loop, ignored rows, divisor, tally and memory added. */
export function defineLoss<State extends object>(definition: LossDefinition<State>): Loss {
  const { id, memory = [] } = definition;
  return { id, memory, prepare: (setup) => prepare(definition, setup) };
}

function prepare<State extends object>(definition: LossDefinition<State>, setup: Setup): PreparedLoss {
  const { id, memory = [] } = definition;
  const { classes } = setup;
  const sigmoid = losses[id].family === "sigmoid";
  const state = definition.initial(setup);
  const batch = new Batch(definition, state, classes, classes + (definition.columns?.(setup).length ?? 0));
  const { columns } = batch;

  function check(targets: Targets): void {
    checkTargets(targets, { id, classes, sigmoid, takesQuality: definition.takesQuality === true });
    const { forbids } = definition;
    if (forbids) refuse(targets, (label) => forbids(state, label));
  }

  function refuse({ labels, multiHot }: Targets, absent: (label: number) => boolean): void {
    if (multiHot) return;
    for (let row = 0; row < labels.length; row++) {
      if (labels[row] >= 0 && absent(labels[row])) throw absentClass(id, labels[row], row);
    }
  }

  return {
    id,
    classes,
    columns,
    biasStart: sigmoid ? sigmoidBias(classes) : undefined,
    decayBias: !sigmoid,
    takesQuality: definition.takesQuality === true,
    state: state as Readonly<Record<string, unknown>>,
    step(logits, targets, gradient, tally) {
      check(targets);
      const active = targets.labels.some((label) => label !== ignored);
      if (active) definition.before?.(state, targets);
      const measured = batch.measure(logits, targets, gradient);
      const scale = inverse(measured.divisor);
      for (let k = 0; k < tally.positive.length; k++) {
        tally.positive[k] += measured.positive[k] * scale;
        tally.negative[k] += measured.negative[k] * scale;
      }
      if (active) definition.next?.(state, measured);
      return measured.loss;
    },
    measure(logits, targets, gradient) {
      check(targets);
      const { loss, positive, negative, divisor } = batch.measure(logits, targets, gradient);
      return { loss, positive: positive.slice(), negative: negative.slice(), divisor };
    },
    advance: (tally) => definition.next?.(state, tally),
    value(logits, targets) {
      check(targets);
      return batch.value(logits, targets);
    },
    check(targets) {
      check(targets);
      const { weighsNothing } = definition;
      if (weighsNothing) refuse(targets, (label) => weighsNothing(state, label));
    },
    save: () => ({ loss: id, classes, values: copyMemory(state, memory) }),
    restore(saved) {
      restoreMemory(saved, id, classes, state, memory);
      definition.derive?.(state);
    },
  };
}

/** The loop, with its working space; nothing is allocated per row. */
class Batch<State extends object> {
  readonly columns: number;
  private readonly definition: LossDefinition<State>;
  private readonly state: State;
  private readonly cursor: RowCursor;
  private readonly logitsRow: Float64Array;
  private readonly gradientRow: Float64Array;
  private readonly positive: Float64Array;
  private readonly negative: Float64Array;

  constructor(definition: LossDefinition<State>, state: State, classes: number, columns: number) {
    this.definition = definition;
    this.state = state;
    this.columns = columns;
    this.cursor = new RowCursor(classes, columns);
    this.logitsRow = new Float64Array(columns);
    this.gradientRow = new Float64Array(columns);
    this.positive = new Float64Array(columns);
    this.negative = new Float64Array(columns);
  }

  /** The sums that it returns are overwritten by the next call. */
  measure(logits: Values, targets: Targets, gradient: Values): { loss: number } & StepTally {
    this.enter(logits, targets);
    const divisor = this.divisor(logits, targets);
    const { positive, negative } = this;
    const sum = this.block(logits, targets, gradient, divisor) ?? this.rows(logits, gradient, divisor);
    return { loss: sum * inverse(divisor), positive, negative, divisor };
  }

  value(logits: Values, targets: Targets): number {
    this.enter(logits, targets);
    const divisor = this.divisor(logits, targets);
    return this.rows(logits, undefined, divisor) * inverse(divisor);
  }

  private enter(logits: Values, targets: Targets): void {
    const rows = targets.labels.length;
    if (logits.length !== rows * this.columns) {
      throw new EquipoiseError(
        "internal",
        `expected [${rows}, ${this.columns}] logits, got ${logits.length} values`,
      );
    }
    this.cursor.enter(targets);
  }

  private divisor(logits: Values, { labels }: Targets): number {
    const normaliser = this.definition.normaliser?.(this.state) ?? "rows";
    if (normaliser === "none") return 1;
    if (typeof normaliser === "number") return normaliser;
    let sum = 0;
    for (let row = 0; row < labels.length; row++) {
      if (this.cursor.moveTo(row)) sum += this.share(normaliser, logits);
    }
    return normaliser === "positives" || normaliser === "shares" ? Math.max(1, sum) : sum;
  }

  /** Part of a row in the divisor. */
  private share(normaliser: string, logits: Values): number {
    const { cursor, definition, state } = this;
    switch (normaliser) {
      case "rows":
        return 1;
      case "elements":
        return this.columns;
      case "positives":
        return cursor.label >= 0 ? 1 : cursor.positives();
      case "weights":
        return definition.weight?.(cursor, state) ?? 1;
      default:
        copyRow(logits, cursor.row * this.columns, this.logitsRow);
        return definition.share?.(cursor, this.logitsRow, state) ?? 0;
    }
  }

  /** Returns the sum over rows by a kernel, where one is there for all of this. */
  private block(logits: Values, targets: Targets, gradient: Values, divisor: number): number | undefined {
    if (!(logits instanceof Float32Array && gradient instanceof Float32Array)) return undefined;
    const { definition, state, cursor, positive, negative } = this;
    const form = targets.multiHot ? undefined : definition.block?.(state, targets);
    if (!form || logits.length < smallestBlock) return undefined;
    const weightOf = definition.weight;
    const weights =
      weightOf &&
      Float32Array.from(targets.labels, (_, row) => (cursor.moveTo(row) ? weightOf(cursor, state) : 0));
    const scale = inverse(divisor);
    return blockPass(form, {
      cursor,
      logits,
      gradient,
      positive,
      negative,
      scale,
      ...(weights && { weights }),
    });
  }

  /** Returns the sum over rows, row by row. */
  private rows(logits: Values, gradient: Values | undefined, divisor: number): number {
    const { cursor, columns, definition, state, logitsRow, gradientRow } = this;
    const scale = inverse(divisor);
    const rows = cursor.targets.labels.length;
    this.positive.fill(0);
    this.negative.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * columns;
      if (!cursor.moveTo(row)) {
        gradient?.fill(0, at, at + columns);
        continue;
      }
      copyRow(logits, at, logitsRow);
      const weight = definition.weight?.(cursor, state) ?? 1;
      sum += weight * definition.row(cursor, logitsRow, state, gradientRow);
      if (gradient) this.collect(weight, weight * scale, gradient, at);
    }
    return sum;
  }

  private collect(weight: number, scale: number, gradient: Values, at: number): void {
    const { gradientRow, positive, negative } = this;
    const { truth, single } = this.cursor;
    if (single < 0) this.collectSeveral(weight, scale, gradient, at);
    else {
      // All but one column are negatives: that one is put right afterwards, cheaper than asking each.
      const before = negative[single];
      for (let k = 0; k < truth.length; k++) {
        const value = gradientRow[k];
        negative[k] += weight * Math.abs(value);
        gradient[at + k] = value * scale;
      }
      negative[single] = before;
      positive[single] += weight * Math.abs(gradientRow[single]);
    }
  }

  private collectSeveral(weight: number, scale: number, gradient: Values, at: number): void {
    const { gradientRow, positive, negative } = this;
    const { truth } = this.cursor;
    for (let k = 0; k < gradientRow.length; k++) {
      const value = gradientRow[k];
      const size = weight * Math.abs(value);
      if (truth[k] === 1) positive[k] += size;
      else negative[k] += size;
      gradient[at + k] = value * scale;
    }
  }
}

/** Below this many logits the way to the kernel costs more than it saves. */
const smallestBlock = 4096;

/** One over the divisor; 0 where there is nothing to divide. */
const inverse = (divisor: number): number => (divisor > 0 ? 1 / divisor : 0);

function absentClass(id: LossId, label: number, row: number): EquipoiseError {
  return new EquipoiseError(
    "loss/unsuitable",
    `${losses[id].title}: row ${row} has class ${label}, which has no sample in the counts. Count the training labels again, or set absent to clamp1.`,
  );
}
