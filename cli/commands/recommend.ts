/** `equipoise recommend`: which loss, which parameters, and why in this dataset's numbers. */
import { basename } from "node:path";
import type { Alternative, Analysis, Recommendation, View } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses } from "#protocol/losses.ts";
import { parameterText, samplerText } from "#protocol/titles.ts";
import { analysePath, analysisHelp, analysisOptions, parseAnalysisOptions } from "../analysis.ts";
import { type Command, onlyPath, parseCommand } from "../command.ts";
import { insertLoss } from "../insert.ts";
import { paragraph, styled, type Terminal } from "../terminal.ts";

export const recommendCommand: Command = {
  name: "recommend",
  usage: "recommend PATH",
  summary: "Names the loss to try first, with its parameters, reasons and source.",
  options: [
    ...analysisHelp,
    "--write            insert it into equipoise.yaml",
    "--json             print one JSON object",
  ],
  async run(args, surroundings) {
    const { values, positionals } = parseCommand(args, {
      ...analysisOptions,
      write: { type: "boolean" },
      json: { type: "boolean" },
    });
    const path = onlyPath(positionals, recommendCommand.usage);
    const options = parseAnalysisOptions(values);
    const analysis = await analysePath(path, options, surroundings);
    const { recommendation, classes } = adviceOf(path, analysis);
    const { terminal } = surroundings;
    if (values.json) terminal.print(JSON.stringify(recommendation, null, 2));
    else printRecommendation(terminal, recommendation);
    if (values.write) {
      const { loss, parameters, sampler = "instance-balanced" } = recommendation;
      // Nothing stands beside the object that --json asks for.
      await insertLoss(values.json ? () => {} : terminal.print, path, { loss, parameters, sampler }, classes);
    }
    return 0;
  },
};

/** The advice and the classes that it was made from; throws `data/unreadable` where there are no labels. */
export function adviceOf(
  path: string,
  analysis: Analysis | undefined,
): { readonly recommendation: Recommendation; readonly classes: View["classes"] } {
  const view = analysis?.views[0];
  if (analysis?.recommendation && view)
    return { recommendation: analysis.recommendation, classes: view.classes };
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
