// The tables of docs/results.md, from what was trained.
import { section, table, withSection } from "./page.mjs";
import { experiments } from "./results-plan.mjs";
import { published } from "./results-published.mjs";

const steps = "▁▂▃▄▅▆▇█";

/** Gradient ratios as a row of blocks: ▅ is 1, a step up or down a factor of √2, ∞ a class without negatives. */
export function sparkline(ratios) {
  return [...ratios].map(block).join("");
}

function block(ratio) {
  if (Number.isNaN(ratio)) return "·";
  if (ratio === Number.POSITIVE_INFINITY) return "∞";
  const step = Math.round(4 + 2 * Math.log2(ratio));
  return steps[Math.min(steps.length - 1, Math.max(0, step))];
}

/**
 * Returns what one experiment measured, best loss first: balanced accuracy with the standard deviation over its seeds, the
 * difference to the first loss of the plan with its interval, mean recall of the thirds of the classes, and the gradient ratio of each class in the first epoch, most frequent
 * class first, summed over seeds. `engine` brings titles, thirds and the ratio.
 */
export function measurementsOf(name, snapshot, engine) {
  const { plan, counts, runs, comparison } = snapshot;
  const thirds = engine.thirds(counts);
  const order = engine.headToTail(counts);
  const losses = (comparison?.results ?? []).map((result) => {
    const ratios = engine.gradientRatio(firstEpoch(runs, result.choice));
    return {
      choice: plan.losses[result.choice],
      title: titleOf(plan.losses[result.choice], engine),
      seeds: result.seeds,
      accuracy: result.balancedAccuracy,
      deviation: result.seedDeviation,
      background: result.background,
      overlap: plan.inputs === "masks" ? engine.groupRecall(result.overlap, [...counts.keys()]) : undefined,
      difference: result.difference,
      recall: Object.values(thirds).map((classes) => engine.groupRecall(result.recall, classes)),
      ratios: order.map((k) => ratios[k]),
    };
  });
  losses.sort((a, b) => b.accuracy - a.accuracy);
  const failed = runs.filter(({ state }) => state.kind === "failed").length;
  return { name, plan, counts, losses, failed, begun: begunRuns(runs, plan, engine) };
}

/** Where runs that have not ended stand, a phrase each. */
function begunRuns(runs, plan, engine) {
  return runs
    .filter(({ state }) => state.kind === "stopped" || state.kind === "running")
    .map(({ choice, seed, state, epochs }) => {
      const last = epochs.at(-1);
      const so = last
        ? `, balanced accuracy ${percent(last.balancedAccuracy)} after epoch ${last.epoch}`
        : "";
      return `${titleOf(plan.losses[choice], engine)}, seed ${seed}, stands at step ${state.step}${so}`;
    });
}

/** Sums of the gradient over the first epoch of all runs of a loss that have finished it. */
function firstEpoch(runs, choice) {
  const ends = runs
    .filter((run) => run.choice === choice)
    .map(({ gradients, epochs }) => epochs.length > 0 && gradients.filter(({ epoch }) => epoch === 1).at(-1))
    .filter(Boolean);
  const sum = (side) =>
    ends.reduce(
      (sums, { window }) => sums.map((value, k) => value + window[side][k]),
      new Float64Array(ends[0]?.window[side].length ?? 0),
    );
  return { positive: sum("positive"), negative: sum("negative") };
}

/** Such as "Cross-entropy, square-root sampling" or "LDAM, scale 1". */
export function titleOf({ loss, parameters, sampler, recipe }, { losses, samplers, recipes }) {
  if (recipe) return `${losses[loss].title}, then ${recipes[recipe].title}`;
  const settings = Object.entries(parameters).map(([name, value]) =>
    value === true ? name : `${name} ${value}`,
  );
  const drawn = sampler === "instance-balanced" ? [] : [`${samplers[sampler].title.toLowerCase()} sampling`];
  return [losses[loss].title, ...settings, ...drawn].join(", ");
}

/** Returns the page with the tables of what was measured; one that was measured elsewhere stays. */
export function withTables(page, measured) {
  const withOne = (text, name) => {
    const own = measured.find((each) => each.name === name);
    const stays = !own?.losses.length && accuraciesOf(text, name).size > 0;
    return stays ? text : withSection(text, name, describe(name, own));
  };
  const tables = Object.keys(experiments).reduce(withOne, page);
  return withSection(tables, "published", besidePublished(tables));
}

/** Balanced accuracies in percent in an experiment's table, by loss. */
function accuraciesOf(page, name) {
  const rows = section(page, name).matchAll(/^\| ([^|]+) \| \d+ \| ([\d.]+)/gm);
  return new Map(Array.from(rows, ([, title, accuracy]) => [title, Number(accuracy)]));
}

function describe(name, measured) {
  const command = `\`node bench/results.mjs DATA --only ${name}\``;
  if (!measured || measured.losses.length === 0) {
    const begun = measured?.begun.map((phrase) => ` ${phrase}.`).join("") ?? "";
    return `No run has ended yet.${begun} ${command}`;
  }
  const { plan, losses, failed } = measured;
  const { seeds } = plan;
  const [fewest, most] = [Math.min, Math.max].map((pick) => pick(...losses.map((each) => each.seeds)));
  const whole = losses.length === plan.losses.length && fewest === seeds;
  const reached = fewest === most ? fewest : `${fewest} to ${most}`;
  const extent = whole
    ? `${losses.length} losses, ${seeds} seeds each`
    : `${losses.length} of ${plan.losses.length} losses, ${reached} of ${seeds} seeds so far`;
  const sentence =
    `${extent}; ${plan.epochs} epochs, learning rate ${plan.learningRate}` +
    `${failed > 0 ? `; ${failed} runs failed` : ""}. ${command}`;
  return `${sentence}\n\n${resultTable(losses)}`;
}

function resultTable(losses) {
  const accuracy = ["balanced accuracy", "against cross-entropy"];
  const [boxes, masks] = ["background", "overlap"].map((part) =>
    losses.some((loss) => loss[part] !== undefined),
  );
  const parts = [...(boxes ? ["background found", "background right"] : []), ...(masks ? ["mean IoU"] : [])];
  const head = [
    "loss",
    "seeds",
    ...accuracy,
    "head",
    "middle",
    "tail",
    ...parts,
    "gradient ratio, head to tail",
  ];
  return table(
    head,
    losses.map((loss) => [
      loss.title,
      loss.seeds,
      percent(loss.accuracy) + (loss.deviation === undefined ? "" : ` ± ${percent(loss.deviation)}`),
      differenceOf(loss),
      ...loss.recall.map((value) => (value === null ? "" : percent(value))),
      ...(boxes ? [percent(loss.background.recall), percent(loss.background.precision)] : []),
      ...(masks ? [percent(loss.overlap)] : []),
      ratioCell(loss.ratios),
    ]),
  );
}

/** In points, with the 95 % interval where there is one. */
function differenceOf({ difference }) {
  if (!difference) return "";
  const { mean, interval } = difference;
  return signed(mean) + (interval ? ` (${signed(interval.low)} to ${signed(interval.high)})` : "");
}

function ratioCell(ratios) {
  const [first, last] = [ratios[0], ratios.at(-1)].map((ratio) =>
    Number.isFinite(ratio) ? ratio.toFixed(2) : "∞",
  );
  return `\`${sparkline(ratios)}\` ${first} … ${last}`;
}

function signed(share) {
  return `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
}

const percent = (share) => (100 * share).toFixed(1);

/** Published figures beside ours for the methods that both have, and how far the orders agree. */
function besidePublished(page) {
  const shown = Object.entries(experiments)
    .filter(([, { factor, learningRate }]) => factor && !learningRate)
    .map(([name, { factor }]) => ({ name, factor, accuracies: accuraciesOf(page, name) }))
    .filter(({ accuracies }) => accuracies.size > 0);
  const ours = (row) => shown.map(({ accuracies }) => accuracies.get(row));
  const words = (values) => values.map((value) => value?.toFixed(1) ?? "");
  const head = [
    "method",
    "ResNet-32, IF 100",
    "ResNet-32, IF 50",
    ...shown.map(({ name }) => `ours, ${name}`),
  ];
  const lines = published.map(({ title, row, accuracy }) => [title, ...words(accuracy), ...words(ours(row))]);
  const ranked = published.filter(({ apart }) => !apart);
  const agreement = shown.map(({ factor }, i) =>
    rankCorrelation(
      ranked.map(({ accuracy }) => accuracy[factor === 50 ? 1 : 0]),
      ranked.map(({ row }) => ours(row)[i]),
    ),
  );
  const correlations = agreement.map((value) => value?.toFixed(2) ?? "");
  return table(head, [...lines, ["rank correlation with ResNet-32", "", "", ...correlations]]);
}

/** Spearman's, over the places where both have a number; undefined below three of them. */
export function rankCorrelation(first, second) {
  const places = [...first.keys()].filter((i) => first[i] !== undefined && second[i] !== undefined);
  if (places.length < 3) return undefined;
  const [a, b] = [first, second].map((values) => ranks(places.map((i) => values[i])));
  const middle = (places.length + 1) / 2;
  const product = (x, y) => x.reduce((sum, value, i) => sum + (value - middle) * (y[i] - middle), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values) {
  const below = (value) => values.filter((other) => other < value).length;
  const equal = (value) => values.filter((other) => other === value).length;
  return values.map((value) => below(value) + (equal(value) + 1) / 2);
}
