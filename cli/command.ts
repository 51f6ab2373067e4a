/** What a command is, and how its arguments are read. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { EquipoiseError } from "#protocol/errors.ts";
import type { sweepExitCodes } from "#protocol/sweep.ts";
import type { Terminal } from "./terminal.ts";

/** 0 fine; 1 findings at or above `--fail-on`; 2 could not run. Trials of a sweep end with codes for schedulers. */
export type ExitCode = 0 | 1 | 2 | (typeof sweepExitCodes)[keyof typeof sweepExitCodes];

export interface Surroundings {
  readonly terminal: Terminal;
  /** Ends with Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** After `equipoise`, such as `inspect PATH`. */
  readonly usage: string;
  readonly summary: string;
  /** One line an option. */
  readonly options: readonly string[];
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Named and positional arguments of a command; throws `settings/invalid` for an option that it does not have, and for one
 * without its value.
 */
export function parseCommand<const O extends Options>(
  command: string,
  args: readonly string[],
  options: O,
): ReturnType<typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    throw new EquipoiseError(
      "settings/invalid",
      `${inOneSentence(message)}. See equipoise ${command} --help.`,
    );
  }
}

/** What Node says of arguments, in one sentence: its second says how to name a file that starts with a dash. */
function inOneSentence(message: string): string {
  const unclear = /'(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(message)?.[1];
  if (unclear !== undefined)
    return `${unclear} needs a value, and one that starts with a dash is written ${unclear}=-1`;
  return (message.split(/\.\s/)[0] ?? "").replace(/\.$/, "");
}

/** The only path among the arguments; throws where there is none or more than one. */
export function onlyPath(positionals: readonly string[], usage: string): string {
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new EquipoiseError("settings/invalid", `expected one path: equipoise ${usage}.`);
  return path;
}

/** One of the choices, or undefined where the option was not given. */
export function choice<const T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined)
    throw new EquipoiseError("settings/invalid", `--${option} ${value}: expected ${choices.join(", ")}.`);
  return found;
}

/** A whole number of at least 1, or undefined where the option was not given. */
export function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new EquipoiseError("settings/invalid", `--${option} ${value}: expected a whole number from 1.`);
  return number;
}

/** A number of at least 0, or undefined where the option was not given. */
export function positiveNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number) || number < 0)
    throw new EquipoiseError("settings/invalid", `--${option} ${value}: expected a number from 0.`);
  return number;
}
