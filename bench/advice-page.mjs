// The table of bench/advice.mjs.
import { median, table } from "./page.mjs";

const percent = (share) => (100 * share).toFixed(1);
const signed = (share) => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;

/** Returns the table with a line of means below it and the sentences that it needs. */
export function adviceTable(measured, wanted) {
  const rows = measured.map(({ name, facts, advice, result }) => [
    name,
    facts.factor >= 10 ? facts.factor.toFixed(0) : facts.factor.toFixed(1),
    facts.smallestTest,
    score(result.grid),
    score(result.advice),
    regretText(result, "advice"),
    signed(regret(result, "ce")),
    signed(regret(result, "bs")),
    signed(regret(result, "rule")),
    `${percent(advice.share)} %`,
    result.advice.title,
  ]);
  const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const column = (policy) => measured.map(({ result }) => regret(result, policy));
  const policies = ["advice", "ce", "bs", "rule"];
  const line = (title, pick) => [
    title,
    "",
    "",
    "",
    "",
    ...policies.map((policy) => signed(pick(column(policy)))),
    "",
    "",
  ];
  const share = mean(measured.map(({ advice }) => advice.share));
  const head = [
    "data",
    "factor",
    "rows of the smallest test class",
    "grid's pick",
    "advice's pick",
    "advice below grid",
    "cross-entropy below grid",
    "balanced softmax below grid",
    "rules below grid",
    "cost of advice, of the grid's",
    "advice",
  ];
  const floor = median(measured.map(({ result }) => halfWidth(result.grid.interval)));
  const extent =
    measured.length === wanted ? `${wanted} sets` : `${measured.length} of ${wanted} sets so far`;
  const mine = column("advice");
  return [
    `${extent}. Mean cost of the advice: ${percent(share)} % of the grid's steps. Mean distance below the grid's pick: ` +
      `${signed(mean(mine))} points, noise floor ±${percent(floorOfMean(measured))} (half the 95 % interval of that mean, test parts being ` +
      `independent of each other); median ${signed(median(mine))}. Half the 95 % interval of a ` +
      `single score is ${percent(floor)} points in the median. \`node bench/advice.mjs DATA --page docs/results.md\``,
    "",
    table(head, [...rows, line("mean", mean), line("median", median)]),
  ].join("\n");
}

/** How far a policy's pick is below the grid's on test data; negative where it is above. */
function regret(result, policy) {
  return result.grid.score - result[policy].score;
}

/** Half the 95 % interval of the mean of the differences; those of a pick that is the grid's own have none. */
function floorOfMean(measured) {
  const squares = measured.map(({ result }) => {
    const interval = result.advice.difference?.interval;
    return interval ? halfWidth(interval) ** 2 : 0;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / measured.length;
}

function regretText(result, policy) {
  const { difference } = result[policy];
  if (!difference?.interval) return "+0.0";
  // The comparison has the grid's pick as its baseline.
  const { low, high } = difference.interval;
  return `${signed(-difference.mean)} (${signed(-high)} to ${signed(-low)})`;
}

const halfWidth = ({ low, high }) => (high - low) / 2;

function score({ score: value, interval }) {
  return `${percent(value)} (${percent(interval.low)} to ${percent(interval.high)})`;
}
