/** The command line without its process: finds the command, catches once, gives the exit code. */
import { version } from "#engine/version.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { Command, ExitCode } from "./command.ts";
import { paragraph, styled, type Terminal } from "./terminal.ts";

/** Whether the first word asks which version this is. */
export function asksVersion(name: string | undefined): boolean {
  return name === "--version" || name === "-v" || name === "version";
}

/** Runs one command line, the words after `equipoise`, and returns its exit code; never throws. */
export async function runWith(
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  const command = commands.find((candidate) => candidate.name === name);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    printHelp(
      terminal,
      commands,
      commands.find((candidate) => candidate.name === rest[0]),
    );
    return 0;
  }
  if (asksVersion(name)) {
    terminal.print(`equipoise ${version}`);
    return 0;
  }
  if (!command) {
    const known = commands.map((each) => each.name).join(", ");
    terminal.complain(`no command "${name}". Commands: ${known}. equipoise --help says what each does.`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    printHelp(terminal, commands, command);
    return 0;
  }
  try {
    return await command.run(rest, { terminal, signal });
  } catch (problem) {
    if (signal.aborted) terminal.complain("stopped.");
    else if (problem instanceof EquipoiseError) terminal.complain(problem.message);
    else
      terminal.complain(
        `a mistake in Equipoise: ${problem instanceof Error ? problem.stack : String(problem)}`,
      );
    return 2;
  }
}

function printHelp(terminal: Terminal, commands: readonly Command[], command: Command | undefined): void {
  if (command) {
    terminal.print(`equipoise ${command.usage}\n`);
    terminal.print(`${paragraph(terminal, "", command.summary)}\n`);
    for (const line of command.options) terminal.print(`  ${line}`);
    return;
  }
  terminal.print(`${styled(terminal, "bold", "equipoise")}: losses for long-tailed data\n`);
  const width = Math.max(...commands.map((each) => each.name.length));
  for (const { name, summary } of commands)
    terminal.print(paragraph(terminal, `  equipoise ${name.padEnd(width)}  `, summary));
  terminal.print(
    "\nequipoise COMMAND --help tells the options, equipoise --version which one this is.\n" +
      "Exit codes: 0 fine, 1 findings, 2 could not run.",
  );
}
