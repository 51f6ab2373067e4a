// From what the picks of each policy predict on the test parts of a data set to how far a policy is below the grid.

export const policies = ["grid", "advice", "ce", "bs", "rule"];

/**
 * Returns of each policy its balanced accuracy over the rows of all parts together, mean over the rounds, and how far it is
 * below the grid's, with half the 95 % interval. The interval is that of a comparison whose seeds are the rounds: rows and
 * rounds are two random effects that cross.
 * @param rounds of each round its parts, each with the rows `tested`, their `truth`, `picks[policy]`, `predictions[policy]`
 * @param engine `compare`, `countLabels`, `lossTitles`, `metricWeights`
 */
export async function resultOf(rounds, classes, engine) {
  const truth = joined(rounds[0], ({ truth }) => truth);
  const { results } = await engine.compare({
    truth,
    classes: classes.length,
    weights: engine.metricWeights("balanced", classes, engine.countLabels(truth, classes.length)),
    choices: policies.map((_, choice) => choice),
    finished: policies.flatMap((policy, choice) =>
      rounds.map((parts, round) => ({
        choice,
        seed: round,
        predicted: joined(parts, ({ predictions }) => predictions[policy]),
        truth: joined(parts, ({ truth }) => truth),
        tested: joined(parts, ({ tested }) => tested),
      })),
    ),
  });
  const picked = (policy) => rounds.flat().map(({ picks }) => JSON.stringify(picks[policy]));
  const grid = picked("grid");
  return Object.fromEntries(
    policies.map((policy, place) => {
      const { score, interval, difference } = results.find(({ choice }) => choice === place);
      const picks = picked(policy);
      const same = picks.filter((pick, i) => pick === grid[i]).length / picks.length;
      return [
        policy,
        {
          score,
          interval,
          same,
          below: same === 1 ? 0 : -difference.mean,
          // Where all picks are the grid's there is nothing to be uncertain of.
          half: same === 1 ? 0 : (difference.interval.high - difference.interval.low) / 2,
          picks: titled(counted(picks), engine).map(([title, times]) => ({
            title,
            share: times / picks.length,
          })),
        },
      ];
    }),
  );
}

function joined(parts, rowsOf) {
  return Int32Array.from(parts.flatMap(rowsOf));
}

/** Titles tell picks of one loss apart. */
function titled(counts, { lossTitles }) {
  const titles = lossTitles(counts.map(([pick]) => JSON.parse(pick)));
  return counts.map(([, times], i) => [titles[i], times]);
}

/** Distinct picks with how often each was made, the most frequent first. */
function counted(picks) {
  const times = new Map();
  for (const pick of picks) times.set(pick, (times.get(pick) ?? 0) + 1);
  return [...times].sort(([, a], [, b]) => b - a);
}
