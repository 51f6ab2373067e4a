/** `equipoise export`: a loss as source code for a framework, with the counts of a manifest. */
import { writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import { lossAsCode } from "#engine/targets/code.ts";
import type { Recommendation } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { codeTargetIds, codeTargetTitles } from "#protocol/language.ts";
import { losses } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { analysePath, analysisHelp, analysisOptions, parseAnalysisOptions } from "../analysis.ts";
import { type Command, choice, onlyPath, parseCommand } from "../command.ts";
import { parseLossOption } from "../lossOption.ts";
import { adviceOf } from "./recommend.ts";

export const exportCommand: Command = {
  name: "export",
  usage: "export PATH --target TARGET",
  summary: "Writes a loss as source code with this dataset's counts.",
  options: [
    `--target TARGET      ${codeTargetIds.join(", ")}`,
    "--loss LOSS          such as class-balanced-focal:beta=0.999,gamma=1; default: the recommended one",
    "--out FILE           write a file instead of printing",
    ...analysisHelp,
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand(args, {
      target: { type: "string" },
      loss: { type: "string" },
      out: { type: "string" },
      ...analysisOptions,
    });
    const path = onlyPath(positionals, exportCommand.usage);
    const target = choice("target", values.target, codeTargetIds);
    if (!target) {
      throw new EquipoiseError("settings/invalid", `Name a --target: ${codeTargetIds.join(", ")}.`);
    }
    const given = values.loss === undefined ? undefined : parseLossOption(values.loss);
    const analysis = await analysePath(path, parseAnalysisOptions(values), surroundings);
    const { recommendation, classes } = adviceOf(path, analysis);
    const loss = withFinalWeights(given ?? recommendedChoice(recommendation));
    const code = lossAsCode(
      target,
      loss,
      classes.map(({ name }) => name),
      classes.map(({ count }) => count),
    );
    const { terminal } = surroundings;
    if (values.out === undefined) {
      terminal.print(code.trimEnd());
      return 0;
    }
    await writeFile(resolve(values.out), code);
    const file = relative(process.cwd(), resolve(values.out));
    terminal.print(`${file}: ${losses[loss.loss].title} as ${codeTargetTitles[target]}`);
    return 0;
  },
};

function recommendedChoice({ loss, parameters, sampler }: Recommendation): LossChoice {
  return { loss, parameters, sampler: sampler ?? "instance-balanced" };
}
