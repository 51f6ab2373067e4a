/** `equipoise runs`: the runs of a folder, listed, named, deleted and trained again. */
import { join, resolve } from "node:path";
import { readExperiment } from "#engine/runs/experimentFile.ts";
import { deleteRuns, listRuns, renameRun } from "#engine/runs/runList.ts";
import { formatPercent } from "#engine/statistics/format.ts";
import { adjustRuns } from "#engine/training/adjusted.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { RunSummary } from "#protocol/runs.ts";
import { type Command, type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import { percent, plainJson, printComparison } from "../comparison.ts";
import { trainPlan } from "../experiment.ts";
import { requireFolder } from "../files.ts";
import { table } from "../terminal.ts";

export const runs: Command = {
  name: "runs",
  usage: "runs [list | rename RUN TITLE | delete RUN... | again EXPERIMENT | adjust RUN...]",
  summary: "Lists, names, deletes and repeats runs, those of other programs too; adjusts logits.",
  options: [
    "list                         the runs of the folder, newest first; what is done where nothing else is named",
    "rename RUN TITLE             a name to show beside the id; an empty one takes it away",
    "delete RUN...                the folders of these runs, and nothing else",
    "again EXPERIMENT             trains the plan of an experiment once more; an interrupted one goes on",
    "adjust RUN...                what post-hoc logit adjustment would make of these runs of one loss, on their test samples",
    "--tau LIST                   of adjust: strengths with commas between; default: 0 to 2 in quarters",
    "--folder FOLDER              the one that holds .equipoise; default: this one",
    "--json                       print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand("runs", args, {
      folder: { type: "string" },
      json: { type: "boolean" },
      tau: { type: "string" },
    });
    const folder = resolve(values.folder ?? ".");
    await requireFolder(folder);
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
      case "adjust":
        required(words[0], "adjust RUN...");
        return adjust(folder, words, values, surroundings);
      default:
        throw new EquipoiseError(
          "settings/invalid",
          `runs ${action}: expected list, rename, delete, again or adjust.`,
        );
    }
  },
};

function required(word: string | undefined, usage: string): string {
  if (word !== undefined && word !== "") return word;
  throw new EquipoiseError(
    "settings/invalid",
    `expected more: equipoise runs ${usage} (the ids: equipoise runs).`,
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

const usualTaus = "0,0.25,0.5,0.75,1,1.25,1.5,1.75,2";

async function adjust(
  folder: string,
  ids: readonly string[],
  { tau = usualTaus, json }: { readonly tau?: string | undefined; readonly json?: boolean | undefined },
  { terminal }: Surroundings,
): Promise<ExitCode> {
  const taus = tau.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  const adjusted = await adjustRuns(folder, ids, taus);
  if (json) {
    terminal.print(JSON.stringify(plainJson(adjusted), null, 2));
    return 0;
  }
  const groups = ["head", "middle", "tail", "many", "medium", "few"] as const;
  const rows = adjusted.points.map((point) => [
    String(point.tau),
    percent(point.balancedAccuracy),
    percent(point.accuracy),
    percent(point.calibrationError),
    ...groups.map((group) => percent(point.groups[group])),
  ]);
  const heads = ["tau", "balanced accuracy", "accuracy", "calibration error", ...groups];
  for (const row of table([heads, ...rows])) terminal.print(row);
  terminal.print(
    "\nIn %, means over the runs. Read off test samples, so a tau chosen here is flattered by them.",
  );
  if (adjusted.isCorrectedInTraining)
    terminal.print(
      "Loss, sampler or recipe work against the imbalance already: a tau above 0 corrects twice.",
    );
  return 0;
}
