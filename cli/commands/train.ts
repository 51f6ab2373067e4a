/** `equipoise train`: trains one loss, the recommended one unless another is named, or a trial of a sweep. */
import { EquipoiseError } from "#protocol/errors.ts";
import { type Command, parseCommand } from "../command.ts";
import { trainingHelp, trainingOptions } from "../experiment.ts";
import { sweepTrialHelp, sweepTrialOptions, trainSweep } from "../sweepTrial.ts";
import { trainAndPrint } from "./compare.ts";

export const train: Command = {
  name: "train",
  usage: "train PATH | --sweep FILE [--index N]",
  summary:
    "Trains one loss on the data of a manifest: --loss, else the recommended one; or one trial of a sweep.",
  options: [...trainingHelp, ...sweepTrialHelp],
  run(args, surroundings) {
    const { values, positionals } = parseCommand("train", args, { ...trainingOptions, ...sweepTrialOptions });
    const { sweep, index, batch, results, frames, json, ...others } = values;
    if (sweep === undefined) {
      if ([index, batch, results, frames].some((value) => value !== undefined)) {
        throw new EquipoiseError(
          "settings/invalid",
          "--index, --batch, --results and --frames are there for --sweep FILE. Name the file.",
        );
      }
      return trainAndPrint(args, train.usage, surroundings, true);
    }
    const [other] = [...positionals, ...Object.keys(others).map((name) => `--${name}`)];
    if (other !== undefined) {
      throw new EquipoiseError(
        "settings/invalid",
        `${other}: what a sweep trains stands in its file. Plan another one: equipoise sweep plan.`,
      );
    }
    return trainSweep({ sweep, index, batch, results, frames, json }, surroundings);
  },
};
