/** `equipoise sweep`: many independent trials, on this machine or on others. */
import { EquipoiseError } from "#protocol/errors.ts";
import type { Command, ExitCode, Surroundings } from "../command.ts";
import { planCommand, planHelp } from "../sweep/plan.ts";

type Action = (args: readonly string[], surroundings: Surroundings) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { plan: planCommand };

export const sweepCommand: Command = {
  name: "sweep",
  usage: `sweep ${Object.keys(actions).join("|")} ...`,
  summary:
    "Plans many trials of losses, settings and seeds, runs them here or elsewhere, and tells which is best.",
  options: planHelp,
  async run([action = "", ...args], surroundings) {
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act) return act(args, surroundings);
    throw new EquipoiseError(
      "settings/invalid",
      `sweep ${action}: expected ${Object.keys(actions).join(", ")}. See equipoise sweep --help.`,
    );
  },
};
