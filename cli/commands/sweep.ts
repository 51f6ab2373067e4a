/** `equipoise sweep`: many independent trials, on this machine or on others. */
import { EquipoiseError } from "#protocol/errors.ts";
import type { Command, ExitCode, Surroundings } from "../command.ts";
import { jobHelp, kubernetesCommand, slurmCommand } from "../sweep/job.ts";
import { planCommand, planHelp } from "../sweep/plan.ts";
import { rayCommand, rayHelp } from "../sweep/ray.ts";
import { resultsCommand, resultsHelp } from "../sweep/results.ts";
import { runCommand, runHelp } from "../sweep/run.ts";
import { listCommand, statusCommand, statusHelp } from "../sweep/status.ts";

type Action = (args: readonly string[], surroundings: Surroundings) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = {
  plan: planCommand,
  run: runCommand,
  status: statusCommand,
  results: resultsCommand,
  list: listCommand,
  kubernetes: kubernetesCommand,
  slurm: slurmCommand,
  ray: rayCommand,
};

export const sweepCommand: Command = {
  name: "sweep",
  usage: "sweep ACTION ...",
  summary:
    "Plans many trials of losses, settings and seeds, runs them here or elsewhere, and tells which is best.",
  options: [...planHelp, ...runHelp, ...statusHelp, ...resultsHelp, ...jobHelp, ...rayHelp],
  async run([action = "", ...args], surroundings) {
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act) return act(args, surroundings);
    throw new EquipoiseError(
      "settings/invalid",
      `${action === "" ? "sweep" : `sweep ${action}`}: expected ${Object.keys(actions).join(", ")}. See equipoise sweep --help.`,
    );
  },
};
