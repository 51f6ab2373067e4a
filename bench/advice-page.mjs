// The table of bench/advice.mjs.
import { median, table } from "./page.mjs";

const percent = (share) => (100 * share).toFixed(1);
const signed = (share) => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
const whole = (share) => (100 * share).toFixed(0);
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/** Returns the table with a line of means below it and the sentences that it needs. */
export function adviceTable(measured, wanted, studentQuantile) {
  const rows = measured.map(({ name, parts, rounds, smallest, factor, share, result }) => [
    name,
    factor >= 10 ? factor.toFixed(0) : factor.toFixed(1),
    `${rounds} × ${parts}`,
    smallest,
    score(result.grid),
    score(result.advice),
    `${signed(result.advice.below)} ± ${percent(result.advice.half)}`,
    signed(result.ce.below),
    signed(result.bs.below),
    signed(result.rule.below),
    `${percent(share)} %`,
    `${whole(result.advice.same)} %`,
    picksText(result.advice.picks),
  ]);
  const column = (policy) => measured.map(({ result }) => result[policy].below);
  const line = (title, pick) => [
    ...[title, "", "", "", "", ""],
    ...["advice", "ce", "bs", "rule"].map((policy) => signed(pick(column(policy)))),
    ...["", "", ""],
  ];
  const head = [
    "data",
    "factor",
    "rounds × parts",
    "rows of the smallest tested class",
    "grid's picks",
    "advice's picks",
    "advice below grid",
    "cross-entropy below grid",
    "balanced softmax below grid",
    "rules below grid",
    "cost of advice, of the grid's",
    "advice's pick is the grid's",
    "advice",
  ];
  const extent =
    measured.length === wanted ? `${wanted} sets` : `${measured.length} of ${wanted} sets so far`;
  const mine = column("advice");
  return [
    `${extent}. Mean cost of the advice: ${percent(mean(measured.map(({ share }) => share)))} % of the grid's steps. ` +
      `Mean distance below the grid's picks: **${signed(mean(mine))} points**, median ${signed(median(mine))}; noise floor of the mean ` +
      `±${percent(floorOfMean(measured))} for these sets, ±${percent(floorOverSets(mine, studentQuantile))} by how much the sets differ. ` +
      "`node bench/advice.mjs DATA --page docs/results.md`",
    "",
    table(head, [...rows, line("mean", mean), line("median", median)]),
  ].join("\n");
}

/** Half the 95 % interval of the mean over these very sets, which are independent of each other. */
function floorOfMean(measured) {
  const squares = measured.map(({ result }) => result.advice.half ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / measured.length;
}

/** Half the 95 % interval of the mean over sets like these: by Student's t, whatever makes them differ. */
function floorOverSets(values, studentQuantile) {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return studentQuantile(0.95, values.length - 1) * Math.sqrt(variance / values.length);
}

/** The picks of all rounds and parts, the most frequent first. */
function picksText(picks) {
  const [first, second] = picks.map(({ title, share }) =>
    share === 1 ? title : `${title} (${whole(share)} %)`,
  );
  const others = picks.length - 2;
  return [first, second, others > 0 ? `${others} more` : ""].filter(Boolean).join("; ");
}

function score({ score: value, interval }) {
  return `${percent(value)} (${percent(interval.low)} to ${percent(interval.high)})`;
}
