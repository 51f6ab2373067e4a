/** `equipoise compare`: trains losses side by side and says which one wins, if any. */

import { type Command, type ExitCode, onlyPath, parseCommand, type Surroundings } from "../command.ts";
import { chosenLoss, comparisonJson, printComparison } from "../comparison.ts";
import { describePlan, proposeFor, trainingHelp, trainingOptions, trainPlan } from "../experiment.ts";
import { insertLoss } from "../insert.ts";

export const compare: Command = {
  name: "compare",
  usage: "compare PATH",
  summary: "Trains several losses with several seeds on the data of a manifest and compares them.",
  options: trainingHelp,
  run: (args, surroundings) => trainAndPrint(args, compare.usage, surroundings),
};

/** What `compare` and `train` share: options, plan, training, tables, insertion. */
export async function trainAndPrint(
  args: readonly string[],
  usage: string,
  surroundings: Surroundings,
  onlyOneLoss = false,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("compare", args, trainingOptions);
  const path = onlyPath(positionals, usage);
  const proposal = await proposeFor(path, values);
  const [baseline, recommended = baseline] = proposal.plan.losses;
  const single = values.loss?.length ? baseline : recommended;
  const plan = onlyOneLoss && single ? { ...proposal.plan, losses: [single] } : proposal.plan;
  const { terminal } = surroundings;
  const quiet = values.json === true;
  if (!quiet) {
    terminal.print(describePlan({ ...proposal, plan }));
    for (const note of proposal.notes) terminal.print(`  ${note}`);
  }
  const experiment = await trainPlan(plan, quiet, surroundings);
  if (quiet) terminal.print(JSON.stringify(comparisonJson(experiment), null, 2));
  else {
    // What only reading the inputs could tell, such as broken images.
    const known = new Set(proposal.notes);
    for (const note of experiment.notes ?? []) if (!known.has(note)) terminal.print(`  ${note}`);
    printComparison(terminal, experiment);
  }
  if (experiment.state.kind === "failed") {
    terminal.complain(experiment.state.message);
    return 2;
  }
  if (experiment.state.kind === "stopped") {
    terminal.complain("stopped. The same command goes on where it stopped.");
    return 2;
  }
  const chosen = chosenLoss(experiment);
  if (values.insert && chosen) {
    const classes = experiment.classes.map((name, index) => ({ name, count: experiment.counts[index] ?? 0 }));
    await insertLoss(quiet ? () => {} : terminal.print, path, chosen, classes);
  }
  return 0;
}
