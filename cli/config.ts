/** Writes a loss into a training configuration of another framework for the command line. */
import { basename, dirname, relative, resolve, sep } from "node:path";
import type { Configuration } from "#engine/targets/writeInto.ts";
import type { View } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { losses, samplers } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import type { LossChoice } from "#protocol/training.ts";
import { projectFile } from "./analysis.ts";
import { readToChange, writeOutput } from "./files.ts";

/** The configuration at a path. Throws `data/unreadable` where it is none that a loss can be inserted into. */
export async function openConfig(file: string): Promise<Configuration> {
  const path = resolve(file);
  const text = await readToChange(path);
  if (text === undefined)
    throw new EquipoiseError(
      "data/unreadable",
      `${basename(file)} cannot be read. Check the path of --config.`,
    );
  const { openTarget } = await import("#engine/targets/configurations.ts");
  const target = await openTarget(path, text);
  if (!target) {
    throw new EquipoiseError(
      "data/unreadable",
      `${basename(file)} is no training configuration that is known here. docs/targets.md lists what is; a loss can also be copied as code.`,
    );
  }
  return { path, text, target };
}

/** The manifest behind a configuration: a file that it names, else the one of the equipoise.yaml above it. */
export async function manifestFor(config: Configuration): Promise<string> {
  const { dataFiles } = await import("#engine/targets/configurations.ts");
  const [named] = await dataFiles(config);
  if (named !== undefined) return named;
  const { parseProject } = await import("#engine/project/project.ts");
  const { file, text } = await projectFile(config.path);
  const manifest = text === undefined ? undefined : parseProject(text).project?.manifest;
  if (manifest !== undefined) return resolve(dirname(file), manifest);
  throw new EquipoiseError(
    "settings/invalid",
    `${basename(config.path)} names no label file that is here. Give the manifest as PATH, or name it in an equipoise.yaml.`,
  );
}

/**
 * Inserts the first of the choices that the framework can express, and says what and why; `orElse` allows what frameworks
 * offer that have none of the advised losses. Throws `loss/unsuitable` where there is none.
 */
export async function insertIntoConfig(
  say: (text: string) => void,
  config: Configuration,
  manifest: string,
  choices: readonly LossChoice[],
  view: View,
  orElse: boolean,
): Promise<void> {
  const { insertInto, filesBeside, substitutes } = await import("#engine/targets/configurations.ts");
  const name = relative(dirname(config.path), resolve(manifest)).split(sep).join("/");
  const date = new Date().toISOString().slice(0, 10);
  const provenance = { manifest: name, classes: view.classes, date };
  const environment = process.env["VIRTUAL_ENV"] || process.env["CONDA_PREFIX"];
  const places = environment ? { environment } : {};
  const shown = relative(process.cwd(), config.path) || config.path;
  const reasons: string[] = [];
  for (const choice of orElse ? [...choices, ...substitutes] : choices) {
    const answer = await insertInto(config, { choice, provenance, basis: view.basis }, places);
    if (answer.kind === "refusal") {
      reasons.push(answer.reason);
      continue;
    }
    for (const reason of reasons.slice(0, 1)) say(`  ${reason}`);
    const what = `${choiceText(choice)} (${config.target.title})`;
    const files = (await filesBeside(config.path, answer.files)).filter(
      ({ before, text }) => before !== text,
    );
    if (answer.text === config.text && files.length === 0) say(`${shown}: has ${what} already`);
    else {
      for (const file of files) {
        await writeOutput(file.path, file.text);
        say(`${relative(process.cwd(), file.path)}: written`);
      }
      await writeOutput(config.path, answer.text);
      say(`${shown}: ${what} inserted`);
    }
    for (const note of answer.notes) say(`  ${note}`);
    return;
  }
  throw new EquipoiseError(
    "loss/unsuitable",
    `${basename(config.path)}: ${reasons[0] ?? "no loss to insert."}`,
  );
}

function choiceText({ loss, sampler }: LossChoice): string {
  const title = inSentence(losses[loss].title);
  return sampler === "instance-balanced"
    ? title
    : `${title} with ${inSentence(samplers[sampler].title)} sampling`;
}
