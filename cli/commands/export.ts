/** `equipoise export`: a loss, a sampler or class weights as source code for a framework, with the counts of a manifest. */
import { relative, resolve } from "node:path";
import { withFinalWeights } from "#engine/project/insertChoice.ts";
import { lossAsCode, samplerAsCode, weightsAsCode } from "#engine/targets/code.ts";
import { recorderFor } from "#engine/targets/recorders.ts";
import type { Recommendation } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { codeTargetIds, codeTargetTitles } from "#protocol/language.ts";
import { losses, samplerCodeIds, samplerIds, samplerTitle } from "#protocol/losses.ts";
import type { LossChoice } from "#protocol/training.ts";
import { analysePath, analysisHelp, analysisOptions, parseAnalysisOptions } from "../analysis.ts";
import { type Command, choice, onlyPath, parseCommand } from "../command.ts";
import { exportEvents } from "../events.ts";
import { writeOutput } from "../files.ts";
import { parseLossOption } from "../lossOption.ts";
import { parseWeightsOption } from "../weightsOption.ts";
import { adviceOf } from "./recommend.ts";

export const exportCommand: Command = {
  name: "export",
  usage: "export PATH --target TARGET",
  summary: "Writes a loss, a sampler, class weights or a recorder as source code with this dataset's counts.",
  options: [
    `--target TARGET      ${codeTargetIds.join(", ")}`,
    "--loss LOSS          such as class-balanced-focal:beta=0.999,gamma=1; default: the recommended one",
    `--sampler SAMPLER    a sampler instead of a loss: ${samplerIds.slice(0, 4).join(", ")},`,
    `                     ${samplerCodeIds.slice(4).join(", ")}`,
    "--weights SCHEME     class weights instead of a loss: none, inverse, sqrtInverse or",
    "                     effective:beta=0.999,absent=clamp1,switch=160 (equal before that epoch)",
    "--recorder           the recorder of gradient ratios for a PyTorch or Keras script instead of a loss",
    "--out FILE           write a file instead of printing",
    "--tensorboard RUN    a run of the folder PATH (default: this one) as event file below --out (default: tensorboard)",
    ...analysisHelp,
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand("export", args, {
      target: { type: "string" },
      loss: { type: "string" },
      sampler: { type: "string" },
      weights: { type: "string" },
      recorder: { type: "boolean" },
      out: { type: "string" },
      tensorboard: { type: "string" },
      ...analysisOptions,
    });
    if (values.tensorboard !== undefined) {
      const out = resolve(values.out ?? "tensorboard");
      await exportEvents(resolve(positionals[0] ?? "."), values.tensorboard, out, surroundings.terminal);
      return 0;
    }
    const path = onlyPath(positionals, exportCommand.usage);
    const target = choice("target", values.target, codeTargetIds);
    if (!target) {
      throw new EquipoiseError("settings/invalid", `Name a --target: ${codeTargetIds.join(", ")}.`);
    }
    const asked = (["loss", "sampler", "weights", "recorder"] as const).filter((name) => values[name]);
    if (asked.length > 1) {
      throw new EquipoiseError(
        "settings/invalid",
        `One file holds one thing. Give --${asked[0]} or --${asked[1]}, not both.`,
      );
    }
    const sampler = choice("sampler", values.sampler, samplerCodeIds);
    const weights = values.weights === undefined ? undefined : parseWeightsOption(values.weights);
    const given = values.loss === undefined ? undefined : parseLossOption(values.loss);
    const analysis = await analysePath(path, parseAnalysisOptions(values), surroundings);
    const { recommendation, view } = adviceOf(path, analysis);
    const { classes } = view;
    const names = classes.map(({ name }) => name);
    const counts = classes.map(({ count }) => count);
    const written = (): readonly [what: string, code: string] => {
      if (values.recorder) {
        const recorder = recorderFor(target, { classes: names, counts });
        if (recorder !== undefined) return ["recorder of gradient ratios", recorder];
        throw new EquipoiseError(
          "settings/invalid",
          `There is no --recorder for ${codeTargetTitles[target]}. Give --target pytorch or keras.`,
        );
      }
      if (sampler) return [samplerTitle(sampler), samplerAsCode(target, sampler, names, counts)];
      if (weights) return ["class weights", weightsAsCode(target, weights, names, counts)];
      const loss = withFinalWeights(given ?? recommendedChoice(recommendation));
      return [losses[loss.loss].title, lossAsCode(target, loss, names, counts)];
    };
    const [what, code] = written();
    const { terminal } = surroundings;
    if (values.out === undefined) {
      terminal.print(code.trimEnd());
      return 0;
    }
    await writeOutput(values.out, code);
    const file = relative(process.cwd(), resolve(values.out));
    terminal.print(`${file}: ${what} as ${codeTargetTitles[target]}`);
    return 0;
  },
};

function recommendedChoice({ loss, parameters, sampler }: Recommendation): LossChoice {
  return { loss, parameters, sampler: sampler ?? "instance-balanced" };
}
