/** `equipoise recommend`: which loss, which parameters, and why in this dataset's numbers. */
import { basename } from "node:path";
import type { MeasuredAdvice } from "#protocol/advice.ts";
import type { Alternative, Analysis, Objective, Recommendation, View } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses } from "#protocol/losses.ts";
import { parameterText, samplerText } from "#protocol/titles.ts";
import type { LossChoice } from "#protocol/training.ts";
import { analysePath, analysisHelp, analysisOptions, parseAnalysisOptions } from "../analysis.ts";
import { type Command, onlyPath, parseCommand, type Surroundings } from "../command.ts";
import { insertIntoConfig, manifestFor, openConfig } from "../config.ts";
import { insertLoss } from "../insert.ts";
import { paragraph, styled, type Terminal } from "../terminal.ts";

export const recommendCommand: Command = {
  name: "recommend",
  usage: "recommend PATH [--write [--config FILE]]",
  summary: "Names the loss to try first, with its parameters, reasons and source.",
  options: [
    ...analysisHelp,
    "--measure          try losses and their settings on the training data instead of going by counts",
    "--budget TIME      for --measure: 60s (default), 5m, 1h; it ends earlier where the order is settled",
    "--write            insert it into equipoise.yaml, or into --config; with what was measured",
    "--config FILE      a training configuration of another framework: insert what it can express",
    "--loss LOSS        insert this one instead, such as seesaw or cross-entropy:sampler=repeat-factor",
    "--json             print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand("recommend", args, {
      ...analysisOptions,
      measure: { type: "boolean" },
      budget: { type: "string" },
      write: { type: "boolean" },
      config: { type: "string" },
      loss: { type: "string" },
      json: { type: "boolean" },
    });
    if (values.loss !== undefined && !values.write) {
      throw new EquipoiseError(
        "settings/invalid",
        "--loss names what --write inserts. Add --write, or leave it out; equipoise compare trains losses.",
      );
    }
    const config = values.config === undefined ? undefined : await openConfig(values.config);
    const linked = config && positionals.length === 0 ? await manifestFor(config) : undefined;
    const path = linked ?? onlyPath(positionals, recommendCommand.usage);
    const options = parseAnalysisOptions(values);
    const analysis = await analysePath(path, options, surroundings);
    const { recommendation, view } = adviceOf(path, analysis);
    const { terminal } = surroundings;
    // Nothing stands beside the object that --json asks for.
    const say = values.json ? (): void => {} : terminal.print;
    const measured = await measure(path, values, options.objective, surroundings);
    if (values.json) terminal.print(JSON.stringify(measured?.advice ?? recommendation, null, 2));
    else if (measured) measured.print();
    else printRecommendation(terminal, recommendation);
    if (!values.write) return 0;
    const wished = values.loss === undefined ? measured?.advice.choice : await parsed(values.loss);
    if (config) {
      const choices = wished ? [wished] : choicesOf(recommendation);
      await insertIntoConfig(say, config, path, choices, view, !wished);
    } else {
      const evidence = values.loss === undefined ? measured?.advice.evidence : undefined;
      await insertLoss(say, path, wished ?? choiceOf(recommendation), view.classes, evidence);
    }
    return 0;
  },
};

/** What was measured, and how to print it, where it was asked for; the training engine is loaded only here. */
async function measure(
  path: string,
  {
    measure: wanted,
    budget,
  }: { readonly measure?: boolean | undefined; readonly budget?: string | undefined },
  objective: Objective | undefined,
  surroundings: Surroundings,
): Promise<{ readonly advice: MeasuredAdvice; print(): void } | undefined> {
  if (!wanted && budget !== undefined) {
    throw new EquipoiseError(
      "settings/invalid",
      "--budget is there for --measure. Add --measure, or leave it out.",
    );
  }
  if (!wanted) return undefined;
  const { measurePath, parseBudget, printMeasured } = await import("../measure.ts");
  const advice = await measurePath(path, parseBudget(budget), objective, surroundings);
  return { advice, print: () => printMeasured(surroundings.terminal, advice) };
}

/** The loss of `--loss`; what checks it brings every loss along. */
async function parsed(text: string): Promise<LossChoice> {
  const { parseLossOption } = await import("../lossOption.ts");
  return parseLossOption(text);
}

function choiceOf({ loss, parameters, sampler = "instance-balanced" }: Alternative): LossChoice {
  return { loss, parameters, sampler };
}

/** The recommended loss and the others that it names, best first. */
function choicesOf(recommendation: Recommendation): LossChoice[] {
  return [choiceOf(recommendation), ...recommendation.alternatives.map(choiceOf)];
}

/** The advice and the view that it was made from; throws `data/unreadable` where there are no labels. */
export function adviceOf(
  path: string,
  analysis: Analysis | undefined,
): { readonly recommendation: Recommendation; readonly view: View } {
  const view = analysis?.views.find(({ split }) => split === "train") ?? analysis?.views[0];
  if (analysis?.recommendation && view) return { recommendation: analysis.recommendation, view };
  const name = basename(path);
  const reason = analysis?.findings[0]?.message ?? "no labels found.";
  // Where the reason names the file it has its own next step.
  const message = reason.includes(name) ? reason : `${name}: ${reason} See equipoise inspect.`;
  throw new EquipoiseError("data/unreadable", message);
}

function printRecommendation(terminal: Terminal, recommendation: Recommendation): void {
  const { loss, objective, schedule, why, limits, source, alternatives } = recommendation;
  const shown = settingsText(recommendation);
  terminal.print(`${styled(terminal, "bold", losses[loss].title)}${shown}`);
  terminal.print(`  objective  ${typeof objective === "string" ? objective : "prior"}`);
  const say = (label: string, text: string): void =>
    terminal.print(paragraph(terminal, `  ${label.padEnd(11)}`, text));
  say("why", why);
  if (schedule) say("schedule", schedule);
  say("limits", limits);
  say("source", source);
  for (const other of alternatives) {
    const settings = settingsText(other);
    say("or", `${losses[other.loss].title}${settings}: ${other.why}`);
  }
}

/** Such as ", β 0.999, γ 1". */
export function settingsText({ loss, parameters, sampler = "instance-balanced" }: Alternative): string {
  const settings = [parameterText(loss, parameters), samplerText(sampler)].filter(Boolean).join(", ");
  return settings === "" ? "" : `, ${settings}`;
}
