/** `equipoise runs`: the runs of a folder, listed, named, deleted and trained again. */
import { join, resolve } from "node:path";
import { readExperiment } from "#engine/runs/experimentFile.ts";
import { deleteRuns, listRuns, renameRun } from "#engine/runs/runList.ts";
import { formatPercent } from "#engine/statistics/format.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { RunSummary } from "#protocol/runs.ts";
import { type Command, type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import { printComparison } from "../comparison.ts";
import { trainPlan } from "../experiment.ts";
import { table } from "../terminal.ts";

export const runs: Command = {
  name: "runs",
  usage: "runs [list | rename RUN TITLE | delete RUN... | again EXPERIMENT]",
  summary: "Lists, names, deletes and repeats runs, those of other programs too.",
  options: [
    "list                         the runs of the folder, newest first; what is done where nothing else is named",
    "rename RUN TITLE             a name to show beside the id; an empty one takes it away",
    "delete RUN...                the folders of these runs, and nothing else",
    "again EXPERIMENT             trains the plan of an experiment once more; an interrupted one goes on",
    "--folder FOLDER              the one that holds .equipoise; default: this one",
    "--json                       print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand(args, {
      folder: { type: "string" },
      json: { type: "boolean" },
    });
    const folder = resolve(values.folder ?? ".");
    const [action = "list", ...words] = positionals;
    const { terminal } = surroundings;
    switch (action) {
      case "list":
        return list(folder, values.json === true, surroundings);
      case "rename": {
        const [run, ...title] = words;
        await renameRun(folder, required(run, "rename RUN TITLE"), title.join(" "));
        terminal.print(title.length > 0 ? `${run}: named ${title.join(" ")}` : `${run}: name taken away`);
        return 0;
      }
      case "delete":
        required(words[0], "delete RUN...");
        await deleteRuns(folder, words);
        terminal.print(`deleted: ${words.join(", ")}`);
        return 0;
      case "again":
        return again(folder, required(words[0], "again EXPERIMENT"), surroundings);
      default:
        throw new EquipoiseError(
          "settings/invalid",
          `runs ${action}: expected list, rename, delete or again.`,
        );
    }
  },
};

function required(word: string | undefined, usage: string): string {
  if (word !== undefined && word !== "") return word;
  throw new EquipoiseError(
    "settings/invalid",
    `expected more: equipoise runs ${usage}. The ids: equipoise runs.`,
  );
}

async function list(folder: string, json: boolean, { terminal }: Surroundings): Promise<ExitCode> {
  const found = await listRuns(folder);
  if (json) terminal.print(JSON.stringify(found, null, 2));
  else if (found.length === 0) {
    terminal.print(`No runs in ${join(folder, ".equipoise", "runs")}. Name another folder with --folder.`);
  } else {
    const rows = found.map((run) => [
      run.title ?? run.id,
      run.loss,
      run.state,
      String(run.step),
      accuracyOf(run),
    ]);
    for (const row of table([["run", "loss", "state", "steps", "balanced accuracy"], ...rows]))
      terminal.print(row);
  }
  return 0;
}

function accuracyOf({ balancedAccuracy, experiment }: RunSummary): string {
  if (balancedAccuracy !== undefined) return formatPercent(balancedAccuracy);
  return experiment === undefined ? "another program's" : "";
}

async function again(folder: string, experiment: string, surroundings: Surroundings): Promise<ExitCode> {
  const file = await readExperiment(folder, experiment);
  if (!file) {
    throw new EquipoiseError(
      "run/unknown",
      `There is no experiment ${experiment} in ${folder}. See equipoise runs --json.`,
    );
  }
  const snapshot = await trainPlan(file.plan, false, surroundings);
  printComparison(surroundings.terminal, snapshot);
  return snapshot.state.kind === "finished" ? 0 : 2;
}
